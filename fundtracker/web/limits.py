"""How often one person, one address and everybody together may start a gift.

Thieves try out stolen cards on donation forms, by the thousand and from many addresses. A hall full
of donors shares one address, so a session is limited first and strictly, an address generously;
much less generously where forms come without the proof that a browser worked for them.
The counts are this process's own and are forgotten with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import structlog
from flask import current_app, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from fundtracker.web.proof import is_proved

if TYPE_CHECKING:
    from flask import Flask
    from flask_limiter import RequestLimit

    from config import Settings

View = TypeVar("View", bound=Callable[..., Any])

# Somebody who mistypes, hesitates and starts again stays far below it.
PER_SESSION = "10 per minute"
# A form is sent again after a mistake or an outage; one proof is not for a hundred cards.
PER_FORM = "20 per hour"
# Those whose browsers run no scripts: the few of a hall, and of everywhere at once.
UNPROVED_PER_ADDRESS = "30 per minute"
UNPROVED_IN_ALL = "300 per minute"
# A hall of two thousand that is called upon to give, everybody within two minutes.
PER_ADDRESS = "1200 per minute"
# The brake. Stripe makes a hundred sessions a second for an account; beyond that nobody's gift
# would go through, and so many people have never given at once.
IN_ALL = "6000 per minute"

_TOKEN = "csrf_token"  # noqa: S105 - its name: it stands in each session from which a form was loaded
_REHEARSAL = "GIFTS_ARE_A_REHEARSAL"

_log = structlog.get_logger(__name__)

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="fixed-window")


def setup_limits(app: Flask, settings: Settings) -> None:
    """Count from now on; call it after the CSRF protection, so that forged forms cost nothing.

    With the simulator there is no card to steal, and whoever rehearses a rush or measures one does
    it from a single address: there only sessions are limited.
    """
    # Counting is a defence, and a counter that breaks must not refuse a gift.
    app.config["RATELIMIT_SWALLOW_ERRORS"] = True
    limiter.init_app(app)
    app.config[_REHEARSAL] = settings.simulated


def limit_gifts(view: View) -> View:
    """Limit how often a view that makes payment pages is posted to; beyond it 429.

    What is set first is checked first, and the first refusal ends the counting: a single eager
    person must not use up a hall's share.
    """
    counted = limiter.limit(
        PER_SESSION,
        key_func=lambda: session[_TOKEN],
        exempt_when=lambda: _TOKEN not in session,
        methods=["POST"],
    )(view)
    counted = limiter.limit(
        PER_FORM,
        key_func=lambda: request.form["attempt"],
        exempt_when=lambda: _rehearsing() or not request.form.get("attempt"),
        methods=["POST"],
    )(counted)
    counted = limiter.limit(UNPROVED_PER_ADDRESS, exempt_when=_excused, methods=["POST"])(counted)
    counted = limiter.limit(
        UNPROVED_IN_ALL,
        key_func=lambda: "everybody without a proof",
        exempt_when=_excused,
        methods=["POST"],
    )(counted)
    counted = limiter.limit(PER_ADDRESS, exempt_when=_rehearsing, methods=["POST"])(counted)
    counted = limiter.limit(
        IN_ALL,
        key_func=lambda: "everybody",
        exempt_when=_rehearsing,
        methods=["POST"],
        on_breach=_alarm,
    )(counted)
    return cast("View", counted)


def _rehearsing() -> bool:
    return bool(current_app.config[_REHEARSAL])


def _excused() -> bool:
    return _rehearsing() or is_proved(request.form)


def _alarm(_breached: RequestLimit) -> None:
    _log.error("brake on gifts", limit=IN_ALL)
