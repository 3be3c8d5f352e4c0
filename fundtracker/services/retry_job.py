"""Let a job that was given up be tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Changed, NotFound
from fundtracker.services.record import record, record_refusal
from fundtracker.store import jobs

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

MEANWHILE = N_("This job is under way again: somebody else has seen to it. Nothing was changed.")


def retry_job(parts: Parts, job_id: int) -> None:
    """Start a failed job from its first attempt; raises NotFound, or Changed once it was done."""
    with parts.database.unit_of_work() as session:
        job = jobs.locked(session, job_id)
        if job is None:
            raise NotFound
        subject = f"job:{job.key}"
        before = {"failed_at": job.failed_at, "attempts": job.attempts, "note": job.note}
        failed = job.failed_at is not None
        if failed:
            jobs.start_anew(job, parts.clock())
            after = {"failed_at": None, "attempts": 0, "note": None}
            record(session, parts, Action.JOB_RETRIED, subject, before=before, after=after)
    if not failed:
        record_refusal(parts, Action.JOB_RETRIED, subject, MEANWHILE)
        raise Changed(MEANWHILE)
