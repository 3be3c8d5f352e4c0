"""Stripe's signature of a webhook: a timestamp and an HMAC over it and the raw body."""

from __future__ import annotations

import hashlib
import hmac


def signature_header(body: bytes, secret: str, second: int) -> str:
    """Return the header; v0 stands in test mode beside v1, signs nothing and has to be ignored."""
    signed = f"{second}.".encode() + body
    mac = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={second},v1={mac},v0={hashlib.sha256(signed).hexdigest()}"
