"""Figures: by day, by section, by way of paying, and the course of the collection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import StringIO
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Response, render_template, request

from fundtracker.domain.errors import Invalid, NotFound, UnknownSection
from fundtracker.domain.filters import WITHOUT_SECTION, LedgerFilter
from fundtracker.domain.roles import Permission
from fundtracker.reports import figure_tables
from fundtracker.reports.csv import ENCODING, write_csv
from fundtracker.reports.tables import Document, Part, Table
from fundtracker.store import funds, statistics
from fundtracker.web.access import requires, scope
from fundtracker.web.context import parts, settings
from fundtracker.web.i18n import say
from fundtracker.web.security import plotly_page
from fundtracker.web.treasury import lines
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.plates import Plates
from fundtracker.web.treasury.plotly_js import plotly_address
from fundtracker.web.treasury.rehearsal import is_of_rehearsal
from fundtracker.web.treasury.selection import select
from fundtracker.web.treasury.tables import WAYS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope
    from fundtracker.web.treasury.plates import Plate
    from fundtracker.web.treasury.selection import Selection


# What an export of each figure holds, by the name in its address.
Read = Callable[["Session", "Selection", "Scope"], Sequence[object]]
TABLES: dict[str, tuple[Table, Read]] = {
    "course": (figure_tables.COURSE, lines.course_lines),
    "day": (figure_tables.BY_DAY, lines.day_lines),
    "section": (figure_tables.BY_SECTION, lines.section_lines),
    "method": (figure_tables.BY_METHOD, lines.method_lines),
}


@bp.get("/figures")
@plotly_page
@requires(Permission.READ_LEDGER)
def figures() -> tuple[str, int]:
    """Show the figures of a fund, each with the table that it is drawn from."""
    reach = scope(Permission.READ_LEDGER)
    mistake = None
    with parts().database.reading(reach) as session:
        known = statistics.funds_within(session, reach)
        try:
            chosen = select(session, LedgerFilter.parse(request.args), reach, known)
        except (Invalid, UnknownSection) as error:
            mistake = error
            chosen = select(session, _fund_alone(), reach, known)
        plates = [] if mistake or chosen is None else _plates(session, chosen, reach)
    page = render_template(
        "treasury/figures.html",
        funds=known,
        chosen=chosen,
        rehearsal=is_of_rehearsal("" if chosen is None else chosen.filter.fund),
        plates=plates,
        drawings={plate.key: plate.drawing for plate in plates},
        typed=request.args if mistake or chosen is None else chosen.filter.to_query(),
        mistake=mistake,
        mistake_words="" if mistake is None else say(mistake),
        without_section=WITHOUT_SECTION if reach.allows(0, 0) else "",
        ways=WAYS,
        plotly=plotly_address(),
        simulated=settings().simulated,
    )
    return page, 200 if mistake is None else mistake.status


@bp.get("/figures/<name>.csv", endpoint="figure_csv")
@requires(Permission.READ_LEDGER)
def figure_csv(name: str) -> Response:
    """Hand out the table of a figure, narrowed as the page is."""
    reach = scope(Permission.READ_LEDGER)
    with parts().database.reading(reach) as session:
        known = statistics.funds_within(session, reach)
        chosen = select(session, LedgerFilter.parse(request.args), reach, known)
        if name not in TABLES or chosen is None:
            raise NotFound
        table, read = TABLES[name]
        part = Part(table, read(session, chosen, reach))
    document = Document(
        title=chosen.fund.name,
        facts=(),
        parts=(part,),
        filters=urlencode(chosen.filter.to_query()),
        made_at=parts().clock(),
    )
    text = StringIO(newline="")
    write_csv(document, text)
    answer = Response(text.getvalue().encode(ENCODING), mimetype="text/csv")
    answer.headers.set(
        "Content-Disposition", "attachment", filename=f"{chosen.fund.slug}-{table.name}.csv"
    )
    return answer


def _fund_alone() -> LedgerFilter:
    """Keep the fund of a question that cannot be answered, if it can be read at all."""
    try:
        return LedgerFilter.parse({"fund": request.args.get("fund", "")})
    except Invalid:
        return LedgerFilter()


def _plates(session: Session, chosen: Selection, reach: Scope) -> list[Plate]:
    draw = Plates(chosen)
    milestones = [row.amount for row in funds.milestones(session, chosen.fund.id)]
    return [
        draw.course(lines.course_lines(session, chosen, reach), milestones),
        draw.day(lines.day_lines(session, chosen, reach)),
        draw.section(lines.section_lines(session, chosen, reach)),
        draw.method(lines.method_lines(session, chosen, reach)),
    ]
