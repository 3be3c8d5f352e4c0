"""The list of journals, each with its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.errors import Invalid
from fundtracker.domain.filters import LedgerFilter
from fundtracker.domain.roles import Permission
from fundtracker.store import staff, treasury
from fundtracker.web.access import requires, scope
from fundtracker.web.context import parts
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.listing import PAGE, after_number, ask, refused, render_list
from fundtracker.web.treasury.wording import staff_tokens

if TYPE_CHECKING:
    from fundtracker.store.treasury import JournalLine


@bp.get("/journals")
@requires(Permission.READ_LEDGER)
def journals() -> tuple[str, int]:
    """Show the journals that the address asks for, the newest first."""
    reach = scope(Permission.READ_LEDGER)
    lines: list[JournalLine] = []
    with parts().database.reading(reach) as session:
        asked = ask(session, reach, LedgerFilter)
        try:
            if asked.wanted:
                after = after_number()
                lines = treasury.journals(session, asked.wanted, reach, after=after, limit=PAGE + 1)
        except Invalid as error:
            asked = refused(asked, error)
        names = staff.names_of(session, staff_tokens({line.actor for line in lines}))
    shown = lines[:PAGE]
    return render_list(
        "treasury/journals.html",
        asked,
        shown,
        kind="journals",
        last=shown[-1].id if len(lines) > PAGE else None,
        names=names,
        several_funds=asked.several_funds,
    )
