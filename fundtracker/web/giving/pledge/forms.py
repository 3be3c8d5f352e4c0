"""The form of a promise: what was typed is checked here, and kept as it was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask_babel import gettext
from wtforms import HiddenField, StringField
from wtforms.validators import ValidationError

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.emails import email_address
from fundtracker.domain.errors import Invalid
from fundtracker.domain.promises import MOST_PARTS, USUAL_WAIT, check_day, check_promise, day_of
from fundtracker.domain.text import clean_line
from fundtracker.web.context import parts
from fundtracker.web.giving.forms import LONGEST_NAME, OfferForm, new_attempt
from fundtracker.web.i18n import decimal_mark, group_mark, say

if TYPE_CHECKING:
    from datetime import date

    from wtforms import Field

    from fundtracker.web.giving.offer import Offer


class PromiseForm(OfferForm):
    """A promise as it is typed; once valid, `money`, `number` and `day` are what was understood.

    The currency and the parts are checked first, because the amount is read by them.
    """

    attempt = HiddenField(default=new_attempt)
    # Found by the form's script; read where promises are counted.
    proof = HiddenField()
    currency = StringField()
    parts = StringField()
    amount = StringField()
    section = StringField()
    due = StringField()
    email = StringField()
    name = StringField()

    number = 1
    day: date | None = None

    def validate_parts(self, field: Field) -> None:
        """Take one of the numbers of monthly parts that are offered; one where none was chosen."""
        text = (field.data or "").strip() or "1"
        if text not in {str(number) for number in range(1, MOST_PARTS + 1)}:
            raise ValidationError(gettext("Choose one of the numbers of parts that are offered."))
        self.number = int(text)

    def validate_amount(self, field: Field) -> None:
        """Read the amount and hold it against the fund's limits."""
        if self.currency.errors or self.parts.errors:
            return
        code = self.currency.data
        try:
            money = parse_amount(
                field.data or "", code, decimal_mark=decimal_mark(), group_mark=group_mark()
            )
            check_promise(self.offer.fund, self.offer.rates[code], money, self.number)
        except Invalid as error:
            raise ValidationError(say(error)) from error
        self.money = money

    def validate_due(self, field: Field) -> None:
        """Take a day that is still to come; a month from now where none was named."""
        today = today_in(self.offer)
        if not (field.data or "").strip():
            self.day = today + USUAL_WAIT
            return
        try:
            day = day_of(field.data)
            check_day(day, today)
        except Invalid as error:
            raise ValidationError(say(error)) from error
        self.day = day

    def validate_email(self, field: Field) -> None:
        """Take an address that can be written to."""
        try:
            email_address(field.data or "")
        except Invalid as error:
            raise ValidationError(say(error)) from error

    def validate_name(self, field: Field) -> None:
        """Take a name of one line."""
        try:
            clean_line(field.data or "", field=field.name, limit=LONGEST_NAME)
        except Invalid as error:
            raise ValidationError(say(error)) from error


def today_in(offer: Offer) -> date:
    """Return what day it is in a fund's timezone."""
    return parts().clock().astimezone(ZoneInfo(offer.fund.timezone)).date()
