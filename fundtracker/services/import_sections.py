"""Import sections into a fund: all lines of a file or none, and a second time nothing new."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Invalid
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import FundSection, Visibility
from fundtracker.services.change_section import refuse_alias, refuse_moving
from fundtracker.services.hold import conceal
from fundtracker.services.read_sections import BadLines, Problem, read_sections
from fundtracker.services.record import record
from fundtracker.store import funds, sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts
    from fundtracker.services.read_sections import Line


@dataclass(frozen=True, slots=True)
class Imported:
    """The codes of the sections that are new in the fund, that changed, and that did not.

    `lines` are those that are new or changed: what is wanted, and what is there.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    lines: tuple[tuple[FundSection, FundSection | None], ...] = field(default=(), compare=False)


def import_sections(
    parts: Parts,
    slug: str,
    content: bytes,
    *,
    dry_run: bool = False,
) -> Imported:
    """Make the sections of a CSV file part of a fund; raises UnknownFund, BadLines or Invalid.

    Sections of the fund that the file does not name stay as they are. A dry run only tells.
    """
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        lines = read_sections(content, fund.currency)
        if dry_run:
            _refuse_moving(session, lines)
            return _told(_compare(session, fund, lines))
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        _refuse_moving(session, lines)
        comparison = _compare(session, fund, lines)
        touched = _write(session, fund, [part for part, before in comparison if part != before])
        versions = funds.bump(session, touched, now)
        conceal(session, slug)
        told = _told(comparison)
        if touched:
            _record(session, parts, fund, told)
    for changed_slug, version in versions.items():
        parts.broker.announce(changed_slug, version)
    return told


def _refuse_moving(session: Session, lines: Iterable[Line]) -> None:
    """Raise BadLines for another currency of a section that was given to, and for a taken code."""
    known = sections.by_code(session)
    problems = []
    for line in lines:
        before = known.get(line.section.code)
        try:
            if before is None:
                refuse_alias(session, line.section.code)
            else:
                refuse_moving(session, before, line.section)
        except Invalid as error:
            problems.append(Problem(line.number, error))
    if problems:
        raise BadLines(tuple(problems))


def _record(session: Session, parts: Parts, fund: Fund, told: Imported) -> None:
    record(
        session,
        parts,
        Action.SECTIONS_IMPORTED,
        f"fund:{fund.slug}",
        fund_id=fund.id,
        after={"added": list(told.added), "changed": list(told.changed)},
    )


def _compare(
    session: Session,
    fund: Fund,
    lines: Iterable[Line],
) -> list[tuple[FundSection, FundSection | None]]:
    """What each line wants, and what is there."""
    known = sections.by_code(session)
    parts = {
        part.section.code: part for part in sections.of_fund(session, fund.id, Scope.everything())
    }
    return [
        (_wanted(line, known[code].id if code in known else 0, parts.get(code)), parts.get(code))
        for line in lines
        for code in (line.section.code,)
    ]


def _wanted(line: Line, section_id: int, before: FundSection | None) -> FundSection:
    visibility = line.visibility or (Visibility.SHOWN if before is None else before.visibility)
    section = replace(line.section, id=section_id)
    return FundSection(section, line.target, line.members, visibility)


def _told(comparison: Sequence[tuple[FundSection, FundSection | None]]) -> Imported:
    found: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    for part, before in comparison:
        kind = "added" if before is None else "unchanged" if part == before else "changed"
        found[kind].append(part.section.code)
    return Imported(
        added=tuple(found["added"]),
        changed=tuple(found["changed"]),
        unchanged=tuple(found["unchanged"]),
        lines=tuple((part, before) for part, before in comparison if part != before),
    )


def _write(session: Session, fund: Fund, wanted: Sequence[FundSection]) -> set[int]:
    """Write what differs; return the funds that show any of it.

    A section's name is the same in all funds, so that a new one is seen in each of them.
    """
    ids = []
    for part in wanted:
        section_id = sections.save(session, part.section)
        row = sections.join(session, fund.id, section_id)
        row.target, row.members, row.visibility = part.target, part.members, part.visibility
        ids.append(section_id)
    session.flush()
    return sections.funds_with(session, ids)
