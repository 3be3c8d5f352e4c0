"""Every seal of the database: what must never change is refused by triggers.

Batch migrations on SQLite drop triggers, so that a migration ends with `create`, and `missing`
tells `fund verify` whether they are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.store.audit_seal import AUDIT
from fundtracker.store.ledger_seal import LEDGER

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

SEALS = (LEDGER, AUDIT)


def create(connection: Connection) -> None:
    """Seal anew what there is, in whatever state the seals are."""
    for seal in SEALS:
        if seal.is_needed(connection):
            seal.create(connection)
        else:
            seal.drop(connection)


def drop(connection: Connection) -> None:
    """Break every seal, for a migration that rebuilds a sealed table."""
    for seal in SEALS:
        seal.drop(connection)


def missing(connection: Connection) -> set[str]:
    """The triggers that should be there and are not, are switched off, or do something else."""
    return set().union(*(seal.missing(connection) for seal in SEALS))
