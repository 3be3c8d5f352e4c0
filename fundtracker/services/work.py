"""Work on jobs, one at a time: leased first, done without a transaction, then marked.

What takes minutes is done beside the rest, in a loop of its own: mails and refunds do not wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from fundtracker.services import catch_up, notify, schedule, send_refund
from fundtracker.services.choose_password import mail_link
from fundtracker.services.clean_exports import clean_exports
from fundtracker.services.follow_line import follow_line
from fundtracker.services.forget_promises import forget_promises
from fundtracker.services.make_export import make_export
from fundtracker.services.remind import remind
from fundtracker.store import jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from fundtracker.services.parts import Parts

log = structlog.get_logger(__name__)

# What each kind does with its subject.
KINDS: Mapping[str, Callable[[Parts, str], object]] = {
    schedule.ASK_SESSION: catch_up.ask_session,
    schedule.READ_TRANSACTIONS: lambda parts, _: catch_up.read_transactions(parts),
    schedule.READ_EVENTS: lambda parts, _: catch_up.read_events(parts),
    schedule.ASK_OPEN: lambda parts, _: catch_up.ask_open(parts),
    schedule.REFUND: send_refund.send_refund,
    schedule.REFUNDS: lambda parts, _: send_refund.send_refunds(parts),
    schedule.ANALYZE: lambda parts, _: parts.database.analyze(),
    schedule.FORGET: lambda parts, _: (
        catch_up.forget(parts),
        notify.forget(parts),
        forget_promises(parts),
    ),
    schedule.MAIL: notify.send,
    schedule.LINK: mail_link,
    schedule.EXPORT: make_export,
    schedule.CLEAN_EXPORTS: lambda parts, _: clean_exports(parts),
    schedule.REMIND: lambda parts, _: remind(parts),
    schedule.FOLLOW_LINE: follow_line,
}
# A file of a million lines takes minutes.
LONG = frozenset({schedule.EXPORT})


def work_on_short(parts: Parts) -> bool:
    """Do the short job that is due longest; return whether there was one."""
    return work(parts, KINDS.keys() - LONG)


def work_on_long(parts: Parts) -> bool:
    """Do the long job that is due longest; return whether there was one."""
    return work(parts, LONG)


def work(parts: Parts, kinds: Collection[str] | None = None) -> bool:
    """Do the job that is due longest, of these kinds or of any; return whether there was one."""
    with parts.database.reading() as session:
        if not jobs.is_due(session, parts.clock(), kinds):
            return False
    with parts.database.unit_of_work() as session:
        job = jobs.lease(session, parts.clock(), kinds)
    if job is None:
        return False
    try:
        KINDS[job.kind](parts, job.subject)
    except Exception as error:  # noqa: BLE001 - one job that fails must not stop the others
        log.warning("job_failed", kind=job.kind, attempts=job.attempts, error=type(error).__name__)
        with parts.database.unit_of_work() as session:
            jobs.put_off(session, job.id, parts.clock(), type(error).__name__)
        return True
    with parts.database.unit_of_work() as session:
        jobs.finish(session, job.id, parts.clock())
    return True
