"""QR codes of a promise: its own page, and a transfer that banks' apps fill in by themselves."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import segno
from markupsafe import Markup
from segno import helpers

from fundtracker.domain.money import currency
from fundtracker.domain.references import reference
from fundtracker.web.context import parts

if TYPE_CHECKING:
    from fundtracker.services.show_pledge import ShownPledge

_QUIET = 4
# SEPA's code knows euros alone, up to a sum that nobody promises here.
_SEPA = "EUR"
_MOST = 99_999_999_999


def page_code(shown: ShownPledge) -> Markup:
    """The address of a promise's own page as a QR code."""
    return _drawn(segno.make_qr(f"{parts().public_url}/p/{shown.key}", error="m"))


def transfer_code(shown: ShownPledge) -> Markup | None:
    """A transfer of all that is open as a QR code; None where banks know no such code for it."""
    left, terms = shown.standing.open, shown.terms
    if not terms.iban or left.currency != _SEPA or not 0 < left.minor <= _MOST:
        return None
    amount = Decimal(left.minor).scaleb(-currency(left.currency).exponent)
    return _drawn(
        helpers.make_epc_qr(
            name=terms.holder,
            iban=terms.iban,
            bic=terms.bic or None,
            amount=amount,
            reference=reference(shown.number),
        )
    )


def _drawn(code: segno.QRCode) -> Markup:
    drawing = code.svg_inline(svgclass="qr", lineclass=None, omitsize=True, border=_QUIET)
    return Markup(drawing)  # noqa: S704 - segno draws squares only
