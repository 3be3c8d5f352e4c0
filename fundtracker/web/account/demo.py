"""One click instead of a password: for the sample's staff, at the machine itself, in the demo.

Whoever reaches the demo from elsewhere, or through anything that passes requests on, finds nothing
here; nor does anybody where a Stripe key is set.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import request

from config import LOOPBACK
from fundtracker.domain.errors import NotFound
from fundtracker.services.sample.staff import present, sign_in_as
from fundtracker.web.access import public
from fundtracker.web.account.blueprint import bp
from fundtracker.web.account.way_on import go_on, way_on
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.identity import admit
from fundtracker.web.security import PORT

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.services.sample.staff import SampleMember

# What a proxy adds: then the address that we see is not the visitor's.
PASSED_ON = (
    "Cf-Connecting-Ip",
    "Forwarded",
    "True-Client-Ip",
    "Via",
    "X-Client-Ip",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Real-Ip",
)


@bp.context_processor
def _offer() -> dict[str, list[SampleMember] | str]:
    """Let pages offer those whom a click signs in, on to `wanted`; nobody outside the demo."""
    return {"demo_staff": present(parts()) if is_open() else [], "wanted": way_on()}


@bp.post("/demo")
@public
def demo() -> Response:
    """Sign in as one of the sample's staff, with everything proved."""
    if not is_open():
        raise NotFound
    admit(sign_in_as(acting(), request.form.get("token", "")))
    return go_on()


def is_open() -> bool:
    """Tell whether whoever asks sits at this very machine, before the demo."""
    return (
        settings().simulated
        and _is_at_home()
        and PORT.sub("", request.host.lower()) in LOOPBACK
        and _is_loopback(request.remote_addr or "")
        and not any(header in request.headers for header in PASSED_ON)
    )


def _is_at_home() -> bool:
    """Tell whether the site is for this machine alone: a proxy need not say that it is one."""
    host = urlsplit(settings().public_url).hostname or ""
    return host in LOOPBACK or _is_loopback(host)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
