"""The audit log: who did what, newest first."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import render_template, request
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Invalid
from fundtracker.domain.roles import Permission
from fundtracker.store import audit as store
from fundtracker.store import funds, staff
from fundtracker.web.access import requires, scope
from fundtracker.web.context import parts
from fundtracker.web.i18n import say
from fundtracker.web.office.audit_search import read, timezone, typed
from fundtracker.web.office.audit_words import Line, actor_in_words, line, tokens_of
from fundtracker.web.office.blueprint import bp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.scope import Scope
    from fundtracker.store.audit import AuditFilter, AuditRow

PAGE = 50
# No number of an entry is as large, and no database takes a larger one.
_BEYOND = 2**62


@bp.get("/audit")
@requires(Permission.READ_AUDIT)
def audit() -> str | tuple[str, int]:
    """Show the entries that are looked for."""
    reach = scope(Permission.READ_AUDIT)
    asked = typed(request.args)
    error, wanted = None, None
    with parts().database.reading(reach) as session:
        known = {fund.slug: fund for fund in funds.all_funds(session) if reach.allows_fund(fund.id)}
        try:
            wanted = read(asked, known)
        except Invalid as refused:
            error = refused
        lines, more = ([], None) if wanted is None else _lines(session, wanted, reach, known)
        actors = store.actors(session, reach)
        names = staff.names_of(session, tokens_of(actors))
        # The head tells how much was done outside of a narrow scope.
        head = store.head(session) if reach.is_everything else None
    page = render_template(
        "office/audit.html",
        asked=asked,
        lines=lines,
        more=more,
        head=head,
        actors={actor: actor_in_words(actor, names) for actor in actors},
        actions={action: gettext(action.label) for action in Action},
        funds={slug: fund.name for slug, fund in known.items()},
        timezone=timezone(asked, known),
        mistakes={} if error is None else {error.field: say(error)},
    )
    return page if error is None else (page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _lines(
    session: Session, wanted: AuditFilter, reach: Scope, known: Mapping[str, Fund]
) -> tuple[list[Line], int | None]:
    """Return a page, and below which number the next one begins, None after the last."""
    before = request.args.get("before", type=int)
    before = None if before is None else max(-_BEYOND, min(before, _BEYOND))
    rows = store.page(session, wanted, reach, before=before, limit=PAGE + 1)
    people = (each for row in rows for each in (row.actor, row.subject))
    names = staff.names_of(session, tokens_of(people))
    currencies = {fund.id: fund.currency for fund in known.values()}
    seen = scope(Permission.READ_NAMES)
    lines = [
        line(row, names, currencies.get(row.fund_id or 0), sees_donors=_holds(seen, row))
        for row in rows[:PAGE]
    ]
    return lines, lines[-1].number if len(rows) > PAGE else None


def _holds(reach: Scope, row: AuditRow) -> bool:
    """Tell whether an entry lies within a scope; one of no fund is for who sees everything."""
    if row.fund_id is None or row.section_id is None:
        return reach.is_everything
    return reach.allows(row.fund_id, row.section_id)
