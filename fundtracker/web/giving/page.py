"""The form of a gift as a template draws it: what is offered, what is chosen, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.errors import Invalid
from fundtracker.domain.money import CURRENCIES
from fundtracker.web.giving.forms import OTHER, GiveForm
from fundtracker.web.i18n import decimal_mark, format_short, group_mark, money_style
from fundtracker.web.proof import ZERO_BITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fundtracker.domain.money import Money
    from fundtracker.web.giving.offer import Offer

# The second of the offered amounts is chosen beforehand: a small one.
_CHOSEN_FIRST = 1
_ANCHORS = {"frequency": "", "attempt": ""}


@dataclass(frozen=True, slots=True)
class Preset:
    """An offered amount: as the form sends it, and as it is read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FormPage:
    """All that the form's template needs; `gift` is what the button says, if it is known."""

    offer: Offer
    form: GiveForm
    currency: str
    presets: tuple[Preset, ...]
    chosen: str
    other: str
    gift: Money | None
    data: dict[str, object]

    @property
    def tells(self) -> bool:
        """Whether something was written in, or is wrong with, the name and message."""
        fields = (self.form.public_name, self.form.message)
        return any(field.data or field.errors for field in fields)

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Each mistake with the id of the field that it belongs to, in the order of the form."""
        return [
            (_ANCHORS.get(name, self._anchor(name)), str(sentences[0]))
            for name, sentences in self.form.errors.items()
            if name
        ]

    def _anchor(self, name: str) -> str:
        return OTHER if name == "amount" and self.chosen == OTHER else name


def blank_form(offer: Offer, wanted: Mapping[str, str]) -> GiveForm:
    """A fresh form, filled in with what an address asks for as far as it is offered."""
    sections = {part.section.code: part.section for part in offer.sections}
    section = sections.get(wanted.get("section", "").upper())
    code = wanted.get("currency", "").upper()
    if code not in offer.rates:
        code = offer.currency_of(section) if section else offer.fund.currency
    choice = {
        "currency": code,
        "section": section.code if section else "",
        "amount": wanted.get("amount", ""),
    }
    form = GiveForm(formdata=None, data=choice)
    form.offer = offer
    return form


def form_page(offer: Offer, form: GiveForm) -> FormPage:
    """Draw a form: the amounts of its currency, and what was chosen or typed kept."""
    code = form.currency.data if form.currency.data in offer.rates else offer.fund.currency
    presets = tuple(Preset(_value(money), format_short(money)) for money in offer.presets(code))
    chosen, other = _choice(form, presets)
    return FormPage(
        offer=offer,
        form=form,
        currency=code,
        presets=presets,
        chosen=chosen,
        other=other,
        gift=_understood(other if chosen == OTHER else chosen, code),
        data=_data(offer),
    )


def _choice(form: GiveForm, presets: tuple[Preset, ...]) -> tuple[str, str]:
    """The offered amount that is chosen, or "other" and what was typed there."""
    amount, other = form.amount.data or "", form.other.data or ""
    values = [preset.value for preset in presets]
    if amount in values:
        return amount, other
    if amount == OTHER:
        return OTHER, other
    if amount:
        return OTHER, amount
    if not values:
        return OTHER, other
    return values[min(_CHOSEN_FIRST, len(values) - 1)], other


def _understood(text: str, code: str) -> Money | None:
    try:
        return parse_amount(text, code, decimal_mark=decimal_mark(), group_mark=group_mark())
    except Invalid:
        return None


def _value(money: Money) -> str:
    """An amount in digits and at most a decimal point, without decimals that say nothing."""
    digits = str(money).removeprefix(f"{money.currency} ")
    whole, _, decimals = digits.partition(".")
    return digits if decimals.strip("0") else whole


def _data(offer: Offer) -> dict[str, object]:
    """What the script needs to change the currency and the button without asking the server."""
    return {
        "words": {"give": str(gettext("Give %(amount)s")), "plain": str(gettext("Give"))},
        "money": money_style(offer.currencies),
        "presets": {
            code: [
                {"value": _value(money), "label": format_short(money)}
                for money in offer.presets(code)
            ]
            for code in offer.currencies
        },
        "exponents": {code: CURRENCIES[code].exponent for code in offer.currencies},
        "form": url_for("giving.give", slug=offer.fund.slug),
        "zeroBits": ZERO_BITS,
    }
