"""The page of one fund, whichever of its forms somebody is at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Invalid
from fundtracker.domain.fund_settings import FOLLOWING, settings_of
from fundtracker.domain.funds import CountingRule
from fundtracker.domain.local_times import timezones
from fundtracker.domain.roles import Permission
from fundtracker.services.change_fund import counted, refuse_unless_movable
from fundtracker.services.change_target import Mark, asks_for_mark, targets_of
from fundtracker.store import funds, pledge_terms, sections
from fundtracker.web.access import scope
from fundtracker.web.context import parts
from fundtracker.web.i18n import say
from fundtracker.web.office.entries import MADE_FROM, Entries, typed_amount
from fundtracker.web.office.found import find_fund, may, when, who
from fundtracker.web.office.fund_form import filled

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.web.office.effects import Effect


def page(
    slug: str,
    *,
    settings: Entries | None = None,
    target: Entries | None = None,
    milestone: Entries | None = None,
    effect: Effect | None = None,
    problem: str = "",
) -> str:
    """Show a fund with the forms that its reader may use, one of them perhaps as it was typed.

    `effect` is what has to be confirmed of that one.
    """
    reach = scope(Permission.READ_FUNDS)
    with parts().database.reading(reach) as session:
        fund = find_fund(session, slug, Permission.READ_FUNDS)
        changes = funds.target_changes(session, fund.id)
        return render_template(
            "office/fund.html",
            fund=fund,
            rehearsal=fund.rehearsal,
            may_change=may(Permission.CHANGE_FUNDS, fund),
            following=FOLLOWING[fund.status],
            changes=changes,
            who=who(session, [change.actor for change in changes]),
            when=when,
            milestones=funds.milestones(session, fund.id),
            section_count=len(sections.of_fund(session, fund.id, reach)),
            fixed=_fixed(session, fund),
            asks_for_mark=_asks(session, fund),
            terms=pledge_terms.of_fund(session, fund),
            may_change_terms=may(Permission.CHANGE_TERMS, fund),
            settings=_form(settings, filled(fund), settings_of(fund)),
            target=_form(target, _target(fund), targets_of(fund)),
            milestone=milestone or Entries({}),
            effect=effect,
            problem=problem,
            rules=CountingRule,
            marks=Mark,
            timezones=timezones(),
        )


def _form(typed: Entries | None, shown: dict[str, str], values: object) -> Entries:
    """Return a form made from what holds now; one that was typed keeps what was typed."""
    form = typed or Entries(shown)
    if form.is_stale:
        form.compare(shown)
    form.typed[MADE_FROM] = edition(values)
    return form


def _target(fund: Fund) -> dict[str, str]:
    return {"target": typed_amount(fund.target, fund.currency)}


def _fixed(session: Session, fund: Fund) -> str:
    """Say why address, currency and rehearsal are fixed; nothing while they are not."""
    try:
        refuse_unless_movable(session, fund)
    except Invalid as error:
        return say(error)
    return ""


def _asks(session: Session, fund: Fund) -> bool:
    """Tell whether the form has to ask what per cents are of."""
    return asks_for_mark(fund, counted(session, fund))
