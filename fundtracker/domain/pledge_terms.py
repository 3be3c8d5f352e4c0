"""On what terms a fund takes promises: up to which sum they count at once, how they are paid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.money import currency
from fundtracker.domain.text import clean_line, clean_text

if TYPE_CHECKING:
    from datetime import date

    from fundtracker.domain.funds import Fund

LONGEST_HOLDER = 70
LONGEST_DETAILS = 500
# One thousandth of the target is what a stranger may move the hall's number by with one address.
_OF_TARGET = 1000
# How many times that what strangers promise may count by itself within an hour.
_AN_HOUR = 20
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_MODULUS = 97
_GROUP = 4


@dataclass(frozen=True, slots=True)
class PledgeTerms:
    """What is decided about the promises of a fund.

    Up to `automatic_limit`, in minor units of the fund's currency, what is promised online counts
    as soon as its e-mail is answered; what is more waits for a treasurer, and so does what comes
    within the hour in which all that counted by itself has reached `hourly_limit`. `details` says
    in words how to transfer where there is no IBAN. Of what was transferred up to `booked_until`
    everything has been entered: nobody is reminded of a later day, for the money may be on its way.
    """

    automatic_limit: int
    holder: str = ""
    iban: str = ""
    bic: str = ""
    details: str = ""
    booked_until: date | None = None

    @property
    def hourly_limit(self) -> int:
        """Up to which sum all promises together count by themselves within an hour."""
        return _AN_HOUR * self.automatic_limit

    @property
    def takes_transfers(self) -> bool:
        """Whether a promise can be paid by bank."""
        return bool(self.iban or self.details)


def default_terms(fund: Fund) -> PledgeTerms:
    """Return the terms of a fund for which nobody has decided any."""
    unit = 10 ** currency(fund.currency).exponent
    limit = fund.first_target // _OF_TARGET // unit * unit
    return PledgeTerms(max(limit, currency(fund.currency).minimum))


def check_terms(terms: PledgeTerms, today: date) -> None:
    """Raise Invalid, with the field at fault, unless promises may be taken on these terms."""
    clean_line(terms.holder, field="holder", limit=LONGEST_HOLDER)
    clean_text(terms.details, field="details", limit=LONGEST_DETAILS)
    if terms.iban:
        check_iban(terms.iban)
        if not terms.holder:
            raise Invalid(N_("Banks ask for the name of the account's holder."), field="holder")
    if terms.bic and not _BIC.fullmatch(terms.bic):
        raise Invalid(N_("A BIC has eight or eleven letters and digits."), field="bic")
    if terms.booked_until is not None and terms.booked_until > today:
        raise Invalid(N_("This day has not come yet."), field="booked_until")


def check_iban(iban: str) -> None:
    """Raise Invalid unless the letters, the length and the check digits are those of an IBAN."""
    turned = iban[_GROUP:] + iban[:_GROUP]
    digits = "".join(str(int(character, 36)) for character in turned if character.isalnum())
    if not _IBAN.fullmatch(iban) or int(digits) % _MODULUS != 1:
        raise Invalid(
            N_("This is no IBAN: one of its letters or digits is not as it should be."),
            field="iban",
        )


def joined(text: str) -> str:
    """Return an IBAN or BIC as it is kept: in capital letters, without spaces."""
    return re.sub(r"[\s.-]", "", text).upper()


def in_groups(iban: str) -> str:
    """Write an IBAN as it stands on paper."""
    return " ".join(iban[start : start + _GROUP] for start in range(0, len(iban), _GROUP))
