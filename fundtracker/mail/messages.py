"""Messages, written from the templates of templates/email: a subject, plain text, and HTML.

Each is in one language, with money and days as that one writes them: where it lacks a sentence, the
whole mail is in English.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from fundtracker.domain.emails import email_address
from fundtracker.domain.errors import N_
from fundtracker.domain.text import clean_line
from fundtracker.languages import formats
from fundtracker.languages.catalogues import ENGLISH, Untranslated, language_of, sentences

if TYPE_CHECKING:
    from datetime import datetime
    from gettext import NullTranslations

    from fundtracker.domain.funds import Fund

LONGEST_SUBJECT = 200
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "email"
_PARTS = ("subject.txt", "body.txt", "body.html")
# In a mail a rehearsal has no band.
_REHEARSAL = N_("Rehearsal: %(fund)s")


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


def write(kind: str, to: str, at: datetime, *, tag: str | None = None, **values: object) -> Message:
    """Write a mail of a kind, which is a folder of templates; every value must be given.

    `tag` is the language of whoever reads it, if we know it.
    """
    try:
        written = _rendered(kind, language_of(tag), values)
    except Untranslated:
        written = _rendered(kind, ENGLISH, values)
    subject, text, html = written
    return Message(secrets.token_urlsafe(16), at, to, subject.strip(), text, html)


def _rendered(kind: str, language: str, values: dict[str, object]) -> list[str]:
    templates = templates_in(language)
    return [templates.get_template(f"{kind}/{part}").render(values) for part in _PARTS]


@lru_cache
def templates_in(language: str) -> Environment:
    """The templates as a language fills them in."""
    own, said = Locale.parse(language), sentences(language)
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.filters.update(
        money=partial(formats.short, own),
        day=partial(formats.calendar_day, own),
        moment=partial(formats.long_moment, own),
        named=partial(_named, said),
    )
    made.globals["locale"] = own
    made.install_gettext_translations(said, newstyle=True)  # type: ignore[attr-defined] # the extension's
    return made


def _named(said: NullTranslations, fund: Fund) -> str:
    return said.gettext(_REHEARSAL) % {"fund": fund.name} if fund.rehearsal else fund.name
