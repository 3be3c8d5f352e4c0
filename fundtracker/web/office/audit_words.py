"""An entry of the audit log in plain words: who, what, to what, from what to what."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask_babel import gettext

from fundtracker.domain.actors import ActorKind
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.roles import Role
from fundtracker.store.base import UNREADABLE
from fundtracker.web.i18n import format_money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fundtracker.store.audit import AuditRow

NAMES = {
    "account": N_("account"),
    "aliases": N_("aliases"),
    "amount": N_("amount"),
    "asked": N_("asked for"),
    "automatic_limit": N_("automatic limit"),
    "bic": N_("BIC"),
    "booked_until": N_("bank entered up to"),
    "ceiling": N_("largest gift"),
    "closes_at": N_("closes"),
    "code": N_("code"),
    "copied_from": N_("copied from"),
    "counting_rule": N_("counting rule"),
    "currency": N_("currency"),
    "details": N_("how to transfer"),
    "due_on": N_("due"),
    "email": N_("e-mail"),
    "first_target": N_("first target"),
    "fund": N_("fund"),
    "given_on": N_("given on"),
    "holder": N_("held by"),
    "in_fund_currency": N_("bare amounts are in the fund's currency"),
    "label": N_("label"),
    "iban": N_("IBAN"),
    "method": N_("way of paying"),
    "milestone": N_("milestone"),
    "name": N_("name"),
    "name_before": N_("name before"),
    "note": N_("note"),
    "opens_at": N_("opens"),
    "people": N_("people"),
    "parts": N_("parts"),
    "place": N_("from"),
    "pledge": N_("the pledge"),
    "presets": N_("amounts offered"),
    "reason": N_("reason"),
    "reference": N_("reference"),
    "refused": N_("what was refused"),
    "rehearsal": N_("rehearsal"),
    "role": N_("role"),
    "section": N_("section"),
    "sees_emails": N_("sees e-mail addresses"),
    "sees_names": N_("sees names"),
    "short_name": N_("short name"),
    "state": N_("state"),
    "status": N_("status"),
    "target": N_("target"),
    "timezone": N_("timezone"),
    "two_keyers": N_("two keyers"),
    "visibility": N_("shown"),
    "waits_for": N_("waits for"),
}
# Private details that may name a donor: a search is by a reference, and what was typed into an
# address or a form may be anything. They are for who sees names.
_OF_DONORS = frozenset({"asked", "label", "public_name", "reference", "text"})
# Amounts in minor units of the currency of the entry's fund.
_MONEY = frozenset({"automatic_limit", "ceiling", "first_target", "milestone", "target"})
# Values that have words of their own.
_WORDS: dict[str, dict[str, str]] = {
    "refused": {action: action.label for action in Action},
    "role": {role: role.label for role in Role},
    "status": {status: status.label for status in (*PledgeStatus, *FundStatus)},
}
_ACTORS = {
    ActorKind.COMMAND: N_("%(name)s at the command line"),
    ActorKind.DONOR: N_("a donor"),
    ActorKind.STRIPE: N_("Stripe"),
    ActorKind.WORKER: N_("the background process"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value, as it was and as it is now; None where there was or is none."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as a page shows it; `details` are the private ones, None once they are erased."""

    number: int
    at: datetime
    actor: str
    actor_words: str
    action: str
    action_words: str
    subject: str
    subject_words: str
    changes: tuple[Change, ...]
    details: tuple[tuple[str, str], ...] | None


def line(
    row: AuditRow, names: Mapping[str, str], currency: str | None, *, sees_donors: bool
) -> Line:
    """Put an entry into words; `names` are those of staff by token.

    Unless the reader `sees_donors`, what may name one is said to be there, and not what it is.
    """
    return Line(
        number=row.number,
        at=row.at,
        actor=row.actor,
        actor_words=actor_in_words(row.actor, names),
        action=row.action,
        action_words=action_in_words(row.action),
        subject=row.subject,
        subject_words=_subject_in_words(row.subject, names),
        changes=tuple(_changes(row.facts, currency)),
        details=_details(row, sees_donors=sees_donors),
    )


def actor_in_words(actor: str, names: Mapping[str, str]) -> str:
    """Say who acted: staff by their names, as far as they are known."""
    kind, _, name = actor.partition(":")
    if kind == ActorKind.STAFF:
        return names.get(name, name) or str(gettext("somebody not signed in"))
    message = _ACTORS.get(ActorKind(kind)) if kind in set(ActorKind) else None
    return actor if message is None else str(gettext(message)) % {"name": name}


def action_in_words(action: str) -> str:
    """Say what was done; an act of another version of this program by its own word."""
    return str(gettext(Action(action).label)) if action in set(Action) else action


def tokens_of(people: Iterable[str]) -> set[str]:
    """Return the tokens of staff among actors and subjects."""
    pieces = (each.partition(":") for each in people)
    return {name for kind, _, name in pieces if kind == ActorKind.STAFF and name}


def _subject_in_words(subject: str, names: Mapping[str, str]) -> str:
    kind, _, token = subject.partition(":")
    return names.get(token, subject) if kind == ActorKind.STAFF else subject


def _changes(facts: str, currency: str | None) -> list[Change]:
    known = _parsed(facts)
    before, after = _mapping(known.get("before")), _mapping(known.get("after"))
    return [
        Change(
            _name(name),
            _value(name, before[name], currency) if name in before else None,
            _value(name, after[name], currency) if name in after else None,
        )
        # What stayed as it was tells nothing.
        for name in {**before, **after}
        if name not in before or name not in after or before[name] != after[name]
    ]


def _details(row: AuditRow, *, sees_donors: bool) -> tuple[tuple[str, str], ...] | None:
    if row.private is None:
        return None if row.commitment else ()
    if row.private == UNREADABLE:
        return ((str(gettext("cannot be read")), str(gettext("its key is not in DATA_KEYS"))),)
    return tuple(
        (
            _name(name),
            _value(name, value, None)
            if sees_donors or name not in _OF_DONORS
            else str(gettext("only for who sees names")),
        )
        for name, value in _parsed(row.private).items()
        if name != "salt" and value is not None and value != ""
    )


def _parsed(text: str) -> dict[str, object]:
    try:
        return _mapping(json.loads(text))
    except ValueError:
        # Nobody writes this but who tampers with the log; `flask audit verify` says so.
        return {"after": {"?": text}}


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _name(name: str) -> str:
    return str(gettext(NAMES[name])) if name in NAMES else name.replace("_", " ")


def _value(name: str, value: object, currency: str | None) -> str:
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if value is None:
        return str(gettext("none"))
    if isinstance(value, int) and name in _MONEY and currency is not None:
        return format_money(Money(value, currency))
    if isinstance(value, list):
        return ", ".join(_value("", item, currency) for item in value)
    if isinstance(value, dict):
        return ", ".join(
            f"{_name(key)} {_value(key, item, currency)}" for key, item in value.items()
        )
    return _text(name, str(value))


def _text(name: str, text: str) -> str:
    if text in _WORDS.get(name, {}):
        return str(gettext(_WORDS[name][text]))
    if name.endswith("_at"):
        return _moment(text)
    return text


def _moment(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return text
