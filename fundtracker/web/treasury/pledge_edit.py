"""Another sum, or other days: the instalments of a pledge, each with its day and its amount."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.errors import (
    N_,
    Changed,
    FundtrackerError,
    Invalid,
    NotNow,
)
from fundtracker.domain.filters import parse_day
from fundtracker.domain.pledges import Instalment
from fundtracker.domain.roles import Permission
from fundtracker.services.restate_pledge import restate_pledge
from fundtracker.services.write_pledge import MOST_PARTS
from fundtracker.store import funds
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.i18n import decimal_mark, group_mark, say
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.pledge import line_of, seen
from fundtracker.web.treasury.pledge_decide import shown

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.domain.money import Money
    from fundtracker.store.treasury_pledges import PledgeLine

    Row = tuple[str, str]

# Rows that wait for what comes beside what there is.
_MORE = 3


@bp.get("/pledges/<token>/edit")
@requires(Permission.CHANGE_PLEDGES)
def pledge_edit(token: str) -> tuple[str, int]:
    """Show the form, filled in with what holds now."""
    return _form(token)


@bp.post("/pledges/<token>/edit")
@requires(Permission.CHANGE_PLEDGES)
def pledge_save(token: str) -> Response | tuple[str, int]:
    """Let the pledge be due as it was typed."""
    held, reach = acting(), scope(Permission.CHANGE_PLEDGES)
    try:
        with parts().database.reading(reach) as session:
            code = line_of(session, token, reach).currency
        restate_pledge(held, shown(token), _typed_parts(code), reach)
    except (Invalid, NotNow, Changed) as error:
        return _form(token, error)
    flash(gettext("The pledge is changed."))
    return redirect(url_for("treasury.pledge", token=token), HTTPStatus.SEE_OTHER)


def _rows() -> list[Row]:
    days, amounts = request.form.getlist("due"), request.form.getlist("amount")
    return [(day.strip(), amount.strip()) for day, amount in zip(days, amounts, strict=False)]


def _typed_parts(code: str) -> list[Instalment]:
    """The rows that say anything, by their day; raises Invalid for one that says half."""
    found = []
    for day, amount in _rows()[:MOST_PARTS]:
        if not day and not amount:
            continue
        due = parse_day(day, "due")
        if due is None or not amount:
            raise Invalid(N_("A part needs both a day and an amount."), field="due")
        marks = {"decimal_mark": decimal_mark(), "group_mark": group_mark()}
        found.append(Instalment(due, parse_amount(amount, code, **marks)))
    if not found:
        raise Invalid(N_("Enter at least one part, with a day and an amount."), field="due")
    return sorted(found, key=lambda part: part.due)


def _form(token: str, error: FundtrackerError | None = None) -> tuple[str, int]:
    reach = scope(Permission.CHANGE_PLEDGES)
    with parts().database.reading(reach) as session:
        line = line_of(session, token, reach)
        fund = funds.by_slug(session, line.fund)
    typed = [row for row in _rows() if any(row)] if error else _filled(line)
    page = render_template(
        "treasury/pledge_edit.html",
        line=line,
        rehearsal=fund.rehearsal,
        rows=[*typed, *[("", "")] * _MORE],
        # What was typed is compared with what holds now, and sent again as such.
        now=line.parts if isinstance(error, Changed) else (),
        seen=seen(line),
        error=error,
        error_words="" if error is None else say(error),
        simulated=settings().simulated,
    )
    return page, HTTPStatus.OK if error is None else error.status


def _filled(line: PledgeLine) -> list[Row]:
    return [(part.due.isoformat(), _plain(part.amount)) for part in line.parts]


def _plain(money: Money) -> str:
    digits = str(money).removeprefix(f"{money.currency} ")
    return digits.replace(".", decimal_mark())
