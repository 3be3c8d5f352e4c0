"""Messages, written from the templates of templates/email: a subject, plain text, and HTML."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from fundtracker.domain.emails import email_address
from fundtracker.domain.text import clean_line

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_SUBJECT = 200
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "email"

_templates = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n"],
)
_templates.policies["ext.i18n.trimmed"] = True
# Nobody has told us the language of whoever reads it: a mail is in English.
_templates.filters["moment"] = lambda at: f"{at.day} {at:%B %Y, %H:%M} UTC"
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
