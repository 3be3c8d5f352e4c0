"""The form of a gift: what was typed is checked here, and kept as it was typed."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.errors import Invalid, NoRate, UnknownSection
from fundtracker.domain.funds import check_gift
from fundtracker.domain.money import currency
from fundtracker.domain.references import LONGEST_TYPED
from fundtracker.domain.text import clean_line, clean_text
from fundtracker.web.i18n import decimal_mark, group_mark, say

if TYPE_CHECKING:
    from wtforms import Field

    from fundtracker.domain.money import Money
    from fundtracker.web.giving.offer import Offer

LONGEST_NAME = 80
LONGEST_MESSAGE = 500
OTHER = "other"
# What the treasurer reads beside the gift of somebody who has no number at hand.
PROMISED = "promised in the hall"
_ATTEMPT = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_attempt() -> str:
    """Return a name for a form, which nobody can guess."""
    return secrets.token_urlsafe(16)


def is_attempt(text: str) -> bool:
    """Tell whether a form's name can be one of ours."""
    return _ATTEMPT.fullmatch(text) is not None


class OfferForm(FlaskForm):
    """What forms of a fund have in common: a name of their own, a currency, a section."""

    offer: Offer
    money: Money | None = None

    def start_over(self) -> None:
        """Take a new token.

        Who knows a form's token can find its gift; a form without a valid CSRF token may have been
        sent by a foreign page, with a token that it knows.
        """
        self.attempt.data = new_attempt()

    def validate_attempt(self, field: Field) -> None:
        """Give a new token to a form that came without a good one."""
        if not is_attempt(field.data or ""):
            self.start_over()

    def validate_currency(self, field: Field) -> None:
        """Take a currency that the fund has a rate for; the fund's own where none was named."""
        try:
            field.data = currency(field.data or self.offer.fund.currency).code
            if field.data not in self.offer.rates:
                raise NoRate
        except Invalid as error:
            raise ValidationError(say(error)) from error

    def validate_section(self, field: Field) -> None:
        """Take one of the sections that are offered, or none."""
        field.data = (field.data or "").upper()
        if field.data and field.data not in self.offer.codes:
            raise ValidationError(say(UnknownSection()))


class GiveForm(OfferForm):
    """A gift as it is typed; once valid, `money` is what was understood.

    `amount` is one of the offered amounts, any other amount, or "other" with the amount in `other`.
    The currency is checked first, because the amount is read in it.
    """

    attempt = HiddenField(default=new_attempt)
    # Found by the form's script; read where gifts are counted.
    proof = HiddenField()
    frequency = HiddenField(default="once")
    currency = StringField()
    amount = StringField()
    other = StringField()
    section = StringField()
    public_name = StringField()
    message = TextAreaField()
    # "I promised this in the hall", and the number of the promise, if it is at hand.
    promised = StringField()
    pledge = StringField()

    def validate_frequency(self, field: Field) -> None:
        """Refuse what is not offered."""
        if field.data not in {"", None, "once"}:
            raise ValidationError(gettext("Monthly gifts are not possible here yet."))

    def validate_amount(self, _field: Field) -> None:
        """Read the amount and hold it against the fund's limits."""
        if self.currency.errors:
            return
        code = self.currency.data
        try:
            money = parse_amount(
                self.typed_amount,
                code,
                decimal_mark=decimal_mark(),
                group_mark=group_mark(),
            )
            check_gift(self.offer.fund, self.offer.rates[code], money)
        except Invalid as error:
            raise ValidationError(say(error)) from error
        self.money = money

    def validate_public_name(self, field: Field) -> None:
        """Take a name of one line."""
        try:
            clean_line(field.data or "", field=field.name, limit=LONGEST_NAME)
        except Invalid as error:
            raise ValidationError(say(error)) from error

    def validate_message(self, field: Field) -> None:
        """Take a message of several lines."""
        try:
            clean_text(field.data or "", field=field.name, limit=LONGEST_MESSAGE)
        except Invalid as error:
            raise ValidationError(say(error)) from error

    def validate_pledge(self, field: Field) -> None:
        """Take what can be a number, and words in its place."""
        if len(field.data or "") > LONGEST_TYPED:
            raise ValidationError(
                gettext(
                    "This is too long for the number of a promise. Without it your gift counts all"
                    " the same, and the treasurer looks for your promise."
                )
            )

    @property
    def promise(self) -> str:
        """What was typed to name a promise that this gift pays; words where it has no number."""
        return (self.pledge.data or "").strip() or (PROMISED if self.promised.data else "")

    @property
    def choices(self) -> dict[str, str]:
        """What was chosen, without the name and the message, to be chosen again later."""
        return {
            "amount": self.typed_amount,
            "currency": self.currency.data,
            "section": self.section.data,
        }

    @property
    def typed_amount(self) -> str:
        """The amount as it was chosen or typed."""
        chosen = self.amount.data or OTHER
        return (self.other.data or "") if chosen == OTHER else chosen
