"""The list of pledges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.pledge_filters import EXPECTED, PledgeFilter
from fundtracker.domain.pledge_stages import Age, Stage
from fundtracker.domain.pledge_tasks import PledgeTask
from fundtracker.domain.pledges import PledgeSource
from fundtracker.domain.roles import Permission
from fundtracker.store import pledge_sums, treasury_pledges
from fundtracker.web.access import me, requires, scope
from fundtracker.web.context import parts
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.listing import PAGE, after_number, ask, refused, render_list

if TYPE_CHECKING:
    from fundtracker.store.pledge_sums import PledgeSum
    from fundtracker.store.treasury_pledges import PledgeLine

# What the list can be narrowed to, in the order of its choices.
STAGES = {
    EXPECTED: N_("anything still open"),
    **{stage.value: stage.label for stage in Stage},
}
AGES = {age.value: age.label for age in Age}
TASKS = {task.value: task.label for task in PledgeTask}
SOURCES = {source.value: source.label for source in PledgeSource}


@bp.get("/pledges")
@requires(Permission.READ_LEDGER)
def pledges() -> tuple[str, int]:
    """Show the pledges that the address asks for, the newest first; nobody's name is among them."""
    reach, names = scope(Permission.READ_LEDGER), scope(Permission.READ_NAMES)
    now = parts().clock()
    lines: list[PledgeLine] = []
    sums: list[PledgeSum] = []
    with parts().database.reading(reach) as session:
        asked = ask(session, reach, PledgeFilter)
        try:
            if asked.wanted:
                after = after_number()
                lines = treasury_pledges.pledges(
                    session,
                    asked.wanted,
                    reach,
                    now=now,
                    after=after,
                    limit=PAGE + 1,
                    names=names,
                )
                sums = pledge_sums.sums(session, asked.wanted, reach, now, names)
        except Invalid as error:
            asked = refused(asked, error)
    shown = lines[:PAGE]
    return render_list(
        "treasury/pledges.html",
        asked,
        shown,
        kind="pledges",
        last=shown[-1].id if len(lines) > PAGE else None,
        sums=sums,
        stages=STAGES,
        ages=AGES,
        tasks=TASKS,
        sources=SOURCES,
        may_change=me().may(Permission.CHANGE_PLEDGES),
        several_funds=asked.several_funds,
    )
