"""Messages, written from the templates of templates/email: a subject, plain text, and HTML."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from babel.numbers import get_currency_symbol
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from fundtracker.domain.emails import email_address
from fundtracker.domain.money import Money, currency
from fundtracker.domain.text import clean_line

if TYPE_CHECKING:
    from datetime import date, datetime

LONGEST_SUBJECT = 200
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "email"


def _written(money: Money) -> str:
    """Write an amount as one is spoken of: €50, CHF 1,234.50."""
    whole, rest = divmod(money.minor, 10 ** (exponent := currency(money.currency).exponent))
    symbol = get_currency_symbol(money.currency, locale="en")
    space = "\N{NO-BREAK SPACE}" if symbol[-1].isalpha() else ""
    return f"{symbol}{space}{whole:,}" + (f".{rest:0{exponent}}" if rest else "")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


_templates = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n"],
)
_templates.policies["ext.i18n.trimmed"] = True
# Nobody has told us the language of whoever reads it: a mail is in English.
_templates.filters["moment"] = lambda at: f"{at.day} {at:%B %Y, %H:%M} UTC"
_templates.filters.update(money=_written, day=_day)
_templates.install_null_translations(newstyle=True)  # type: ignore[attr-defined] # the extension's


@dataclass(frozen=True, slots=True)
class Message:
    """A mail; `key` makes it one however often it is sent. Raises InvalidText for a forged head."""

    key: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str

    def __post_init__(self) -> None:
        email_address(self.to)
        clean_line(self.subject, field="subject", limit=LONGEST_SUBJECT)


def write(kind: str, to: str, at: datetime, **values: object) -> Message:
    """Write a mail of a kind, which is a folder of templates; every value must be given."""
    subject, text, html = (
        _templates.get_template(f"{kind}/{part}").render(values)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return Message(secrets.token_urlsafe(16), at, to, subject.strip(), text, html)
