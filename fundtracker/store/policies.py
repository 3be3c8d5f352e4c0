"""PostgreSQL's row-level policies: the line of a scope, held by the tables themselves.

`database.py` hands the scope of each transaction over as the setting `fundtracker.scope`. Without
it nothing is there: whoever connects without being told sees empty tables. `FORCE` binds the owner
too; only superusers and roles with BYPASSRLS pass, so that the app signs in as neither. A
migration that adds a table of this kind ends with `create`, and `missing` tells `fund verify`
whether the policies are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

# They say themselves of which fund and section they are.
OWNED = (
    "allocation",
    "call",
    "day",
    "donation",
    "entry",
    "fund_section",
    "journal",
    "paper_sum",
    "pledge",
    "prepared",
    "refund",
    "total",
)
# They are seen by who sees their donation.
OF_A_DONATION = (
    "balance_transaction",
    "charge",
    "dispute",
    "dispute_transaction",
    "refund_order",
    "stripe_ref",
)
# They are seen by who sees their pledge.
OF_A_PLEDGE = ("instalment", "pledge_contact", "pledge_reminder")
NAME = "scope"

# In brackets of their own they are worked out once a statement, and not once a row.
_SETTING = "current_setting('fundtracker.scope', true)"
# Triggers hold the ledger together across sections.
_EVERYTHING = f"(SELECT {_SETTING} = '*' OR pg_trigger_depth() > 0)"
# The reaches within which a row lies, as `Reach` writes them.
_REACHES = "ARRAY[fund_id || '/*', '*/' || section_id, fund_id || '/' || section_id]"
_WITHIN = f"(SELECT string_to_array({_SETTING}, ',')) && {_REACHES}"
# The other table's own policy holds in here as well.
_WITH_DONATION = "EXISTS (SELECT FROM donation WHERE donation.id = donation_id)"
_WITH_PLEDGE = "EXISTS (SELECT FROM pledge WHERE pledge.id = pledge_id)"
_WITH_JOURNAL = "EXISTS (SELECT FROM journal WHERE journal.id = journal_id)"
# A journal's other side, the bank's or Stripe's, is of no fund; it goes in before its header.
_OTHER_SIDE = "fund_id IS NULL"

# What may be read of a table, and where it is not the same, what may be written.
_READ = (
    dict.fromkeys(OWNED, _WITHIN)
    | dict.fromkeys(OF_A_DONATION, _WITH_DONATION)
    | dict.fromkeys(OF_A_PLEDGE, _WITH_PLEDGE)
    | {"entry": f"{_WITHIN} OR {_WITH_JOURNAL}"}
)
_WRITTEN = {"entry": f"{_WITHIN} OR {_OTHER_SIDE}"}
_POLICIES_OF = text(
    "SELECT quote_ident(polname) FROM pg_policy WHERE polrelid = to_regclass(:table)"
)


def create(connection: Connection) -> None:
    """Make the policies of the tables that there are anew, in whatever state they are."""
    drop(connection)
    for table in _present(connection):
        read = f"{_EVERYTHING} OR {_READ[table]}"
        written = f"{_EVERYTHING} OR {_WRITTEN.get(table, _READ[table])}"
        policy = f"CREATE POLICY {NAME} ON {table} USING ({read}) WITH CHECK ({written})"
        connection.execute(text(policy))
        connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
        connection.execute(text(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))


def drop(connection: Connection) -> None:
    """Remove every policy, for a migration that changes the columns that ours look at."""
    for table in _present(connection):
        for name in connection.scalars(_POLICIES_OF, {"table": table}).all():
            connection.execute(text(f"DROP POLICY {name} ON {table}"))
        connection.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
        connection.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))


def missing(connection: Connection) -> set[str]:
    """The tables without their policy, with one beside it, or on which it is not in force."""
    if connection.dialect.name != "postgresql":
        return set()
    query = """SELECT relname AS name FROM pg_class
        WHERE oid = to_regclass(relname) AND relrowsecurity AND relforcerowsecurity
        AND (SELECT bool_and(polname = :policy AND polcmd = '*' AND polroles = '{0}'
                AND pg_get_expr(polqual, polrelid) LIKE '%fundtracker.scope%'
                AND pg_get_expr(polwithcheck, polrelid) LIKE '%fundtracker.scope%')
            FROM pg_policy WHERE polrelid = pg_class.oid)"""
    held = set(connection.scalars(text(query), {"policy": NAME}))
    return _READ.keys() - held


def _present(connection: Connection) -> list[str]:
    """Return the tables that are there: a migration knows only those of its time."""
    if connection.dialect.name != "postgresql":
        return []
    there = text("SELECT to_regclass(:table) IS NOT NULL")
    return [table for table in _READ if connection.scalar(there, {"table": table})]
