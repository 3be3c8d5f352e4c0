"""What passes between a browser's passkeys and us: challenges, options, and signatures verified."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from fundtracker.domain.errors import N_, NotFound
from fundtracker.store import staff
from fundtracker.store.staff import StaffRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
    from webauthn.helpers.structs import AuthenticationCredential
    from webauthn.registration.verify_registration_response import VerifiedRegistration

    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts
    from fundtracker.store.staff import PasskeyRow

NAME = "Fundtracker"
# What an answer weighs at most; the largest signatures are far smaller.
LONGEST_ANSWER = 16_384
PATIENCE = timedelta(minutes=5)
NAMELESS = N_("Passkeys need a site with a name: open it by its name instead of its number.")
# What the library lets through of answers that no browser would give.
_MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError, RecursionError)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a device is asked to sign, and when it was asked."""

    value: bytes
    at: datetime

    def is_over(self, now: datetime) -> bool:
        """Tell whether nobody waits for the answer any more."""
        return now - self.at > PATIENCE


def new_challenge(parts: Parts) -> Challenge:
    """Return a challenge that nobody can foresee."""
    return Challenge(secrets.token_bytes(32), parts.clock())


def host_of(parts: Parts) -> str | None:
    """Return the name that passkeys are bound to; None where the site has but a number."""
    host = urlsplit(parts.public_url).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host
    return None


def creation_options(parts: Parts, who: Visitor, challenge: Challenge) -> str:
    """Return what a browser needs to make a passkey, as JSON; raises NotFound without a name."""
    with parts.database.reading() as session:
        email = session.get_one(StaffRow, who.staff_id).email
        there = _descriptors(session, who)
    options = webauthn.generate_registration_options(
        rp_id=_host(parts),
        rp_name=NAME,
        user_id=who.token.encode(),
        user_name=email,
        user_display_name=who.name,
        challenge=challenge.value,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=there,
    )
    return webauthn.options_to_json(options)


def request_options(parts: Parts, who: Visitor | None, challenge: Challenge) -> str:
    """Return what a browser needs to sign, as JSON: with the visitor's passkeys, or anybody's.

    Raises NotFound without a name.
    """
    there = None
    if who is not None:
        with parts.database.reading() as session:
            there = _descriptors(session, who)
    options = webauthn.generate_authentication_options(
        rp_id=_host(parts),
        challenge=challenge.value,
        allow_credentials=there,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def read_answer(answer: str) -> AuthenticationCredential | None:
    """Read what a browser signed, without believing it; None for what cannot be read."""
    if len(answer) > LONGEST_ANSWER:
        return None
    try:
        return parse_authentication_credential_json(answer)
    except _MALFORMED:
        return None


def verify_answer(
    parts: Parts, challenge: Challenge, signed: AuthenticationCredential, passkey: PasskeyRow
) -> VerifiedAuthentication | None:
    """Verify a signature; None for one that is forged, of another site, or of a copied device."""
    try:
        return webauthn.verify_authentication_response(
            credential=signed,
            expected_challenge=challenge.value,
            expected_rp_id=_host(parts),
            expected_origin=parts.public_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _MALFORMED:
        return None


def verify_creation(parts: Parts, challenge: Challenge, made: str) -> VerifiedRegistration | None:
    """Verify a passkey that was made for a challenge; None where anything is wrong with it."""
    if len(made) > LONGEST_ANSWER:
        return None
    try:
        return webauthn.verify_registration_response(
            credential=made,
            expected_challenge=challenge.value,
            expected_rp_id=_host(parts),
            expected_origin=parts.public_url,
            require_user_verification=True,
        )
    except _MALFORMED:
        return None


def _host(parts: Parts) -> str:
    host = host_of(parts)
    if host is None:
        raise NotFound(NAMELESS)
    return host


def _descriptors(session: Session, who: Visitor) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=row.credential_id)
        for row in staff.passkeys_of(session, who.staff_id)
    ]
