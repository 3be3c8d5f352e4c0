"""Change a section itself, and its part in a fund: target, members, what the public sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import differences, refuse_stale
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.sections import (
    NO_SECTION,
    Section,
    Visibility,
    check_section,
)
from fundtracker.services.hold import conceal
from fundtracker.services.record import record
from fundtracker.store import aliases, funds, sections

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts

_MOST_MEMBERS = 999_999_999


@dataclass(frozen=True, slots=True)
class FundPart:
    """A section's part in a fund; `target` is minor units of the fund's currency."""

    target: int | None = None
    members: int | None = None
    visibility: Visibility = Visibility.SHOWN


def add_section(parts: Parts, wanted: Section) -> None:
    """Add a section that takes part in no fund yet; raises Invalid."""
    check_section(wanted.code, wanted.name, wanted.short_name, wanted.currency)
    with parts.database.unit_of_work() as session:
        if wanted.code in sections.by_code(session):
            raise _taken(wanted.code)
        refuse_alias(session, wanted.code)
        id = _save(session, Section(NO_SECTION, *_words(wanted)))
        record(
            session,
            parts,
            Action.SECTION_CHANGED,
            f"section:{wanted.code}",
            section_id=id,
            after=dict(
                zip(("code", "name", "short_name", "currency"), _words(wanted), strict=True)
            ),
        )


def change_section(
    parts: Parts, code: str, wanted: Section, *, made_from: str | None = None
) -> bool:
    """Change what a section is called, in every fund at once; return whether anything differed.

    Code and currency are fixed once somebody has given to it. Raises NotFound, Invalid or Changed.
    """
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        row = sections.locked(session, code)
        before = sections.by_code(session)[code]
        refuse_stale(made_from, before)
        after = Section(before.id, *_words(wanted))
        check_section(after.code, after.name, after.short_name, after.currency)
        if after == before:
            return False
        refuse_moving(session, before, after)
        if after.code != before.code:
            refuse_alias(session, after.code)
        _save(session, after)
        versions = funds.bump(session, sections.funds_with(session, [row.id]), now)
        old, new = differences(before, after)
        subject = f"section:{after.code}"
        record(
            session,
            parts,
            Action.SECTION_CHANGED,
            subject,
            section_id=row.id,
            before=old,
            after=new,
        )
    for slug, version in versions.items():
        parts.broker.announce(slug, version)
    return True


def change_part(
    parts: Parts, slug: str, code: str, wanted: FundPart, *, made_from: str | None = None
) -> bool:
    """Let a section take part in a fund, or change how it does; return whether anything differed.

    Raises UnknownFund, NotFound, Invalid or Changed.
    """
    now = parts.clock()
    _check_part(wanted)
    with parts.database.unit_of_work() as session:
        section = sections.locked(session, code)
        fund = funds.row_of(session, slug)
        before = part_of(session, fund.id, section.id)
        refuse_stale(made_from, before)
        if wanted == before:
            return False
        row = sections.join(session, fund.id, section.id)
        row.target, row.members, row.visibility = wanted.target, wanted.members, wanted.visibility
        session.flush()
        version = funds.bump(session, [fund.id], now)[slug]
        conceal(session, slug)
        old, new = differences(before or FundPart(), wanted)
        record(
            session,
            parts,
            Action.SECTION_CHANGED,
            f"section:{code}",
            fund_id=fund.id,
            section_id=section.id,
            before=old if before else None,
            after=new if before else {"joined": slug, **new},
        )
    parts.broker.announce(slug, version)
    return True


def part_of(session: Session, fund_id: int, section_id: int) -> FundPart | None:
    """Return a section's part in a fund, or None where it takes no part."""
    row = session.get(sections.FundSectionRow, (fund_id, section_id))
    if row is None:
        return None
    return FundPart(row.target, row.members, Visibility(row.visibility))


def refuse_moving(session: Session, before: Section, after: Section) -> None:
    """Raise Invalid where the code or the currency of a section that was given to would change."""
    field = (
        "code"
        if before.code != after.code
        else "currency"
        if before.currency != after.currency
        else None
    )
    if field is not None and sections.has_donations(session, before.id):
        raise Invalid(
            N_("%(code)s has donations: its code and its currency stay as they are."),
            field=field,
            code=before.code,
        )


def refuse_alias(session: Session, code: str) -> None:
    """Raise Invalid for a code by which tellers call another section."""
    if code in aliases.all_aliases(session):
        raise Invalid(N_("%(code)s means something else at the desk."), field="code", code=code)


def _words(section: Section) -> tuple[str, str, str, str]:
    return section.code, section.name.strip(), section.short_name.strip(), section.currency


def _save(session: Session, section: Section) -> int:
    try:
        return sections.save(session, section)
    except IntegrityError:
        raise _taken(section.code) from None


def _taken(code: str) -> Invalid:
    return Invalid(N_("There is a section %(code)s already."), field="code", code=code)


def _check_part(part: FundPart) -> None:
    if part.target is not None and part.target <= 0:
        raise Invalid(N_("The target has to be more than zero."), field="target")
    if part.members is not None and not 0 <= part.members <= _MOST_MEMBERS:
        raise Invalid(N_("Enter a whole number without a point or comma."), field="members")
