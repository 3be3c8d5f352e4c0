"""Notify: write a mail in the act that it tells of, and send it afterwards, at least once."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from fundtracker.mail.delivery import Undelivered
from fundtracker.mail.messages import Message, write
from fundtracker.services.schedule import MAIL
from fundtracker.store import jobs, outbox

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts

log = structlog.get_logger(__name__)


def notify(
    session: Session,
    parts: Parts,
    kind: str,
    to: str,
    *,
    tag: str | None = None,
    **values: object,
) -> None:
    """Write a mail of a kind, within the unit of work of the act: both happen, or neither.

    `kind` is a folder of templates/email, `tag` the language of whoever reads it, and the values
    are what its templates name.
    """
    now = parts.clock()
    message = write(kind, to, now, tag=tag, site=parts.public_url, **values)
    subject = str(outbox.put(session, _to_json(message), now))
    jobs.enqueue(session, f"{MAIL}:{subject}", MAIL, subject, now)


def send(parts: Parts, subject: str) -> None:
    """Send a mail by its number, unless it has gone; raises Undelivered, to be tried again.

    Whoever dies between the sending and the remembering sends it twice, under the same Message-ID.
    """
    mail_id = int(subject)
    with parts.database.reading() as session:
        content = outbox.content(session, mail_id)
    if content is None:
        return
    try:
        parts.delivery.deliver(_from_json(content))
    except Undelivered as error:
        log.warning("mail_not_sent", mail=mail_id, reason=str(error))
        raise
    with parts.database.unit_of_work() as session:
        outbox.mark_sent(session, mail_id, parts.clock())


def forget(parts: Parts) -> int:
    """Empty mails that could not be sent for long; return how many."""
    with parts.database.unit_of_work() as session:
        return outbox.forget(session, parts.clock())


def _to_json(message: Message) -> str:
    return json.dumps(asdict(message), default=datetime.isoformat)


def _from_json(content: str) -> Message:
    fields = json.loads(content)
    return Message(**fields | {"at": datetime.fromisoformat(fields["at"])})
