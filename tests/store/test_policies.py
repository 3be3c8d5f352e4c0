"""PostgreSQL's policies, asked by roles that pass over none: the owner, and one with rights only.

On SQLite there are none, and `within` is alone.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from fundtracker.domain.actors import Actor
from fundtracker.domain.ledger import Account, Entry, Journal
from fundtracker.domain.scope import Reach, Scope
from fundtracker.store import database as module
from fundtracker.store import ledger, policies
from fundtracker.store.database import Database, engine_options
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow
from fundtracker.store.ledger import Booking
from fundtracker.store.pledges import PledgeRow
from tests.factories.owned import TABLES, a_gift_in_every_table, add
from tests.factories.rows import NOW, a_donation, a_fund, a_section
from tests.support import databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import RowMapping


PROTECTED = (*policies.OWNED, *policies.OF_A_DONATION, *policies.OF_A_PLEDGE)
# Tables that name a fund and a section, or a donation, and hold nothing that a section owns.
FOR_EVERYONE = {
    "audit": "each act is chained to the one before it, whoever did that",
    "staff_grant": "read to find out what the scope is",
}
SHARED = ("fund", "section", "staff", "inbox", "job")


class Cast(NamedTuple):
    """Two funds with the sections GB and CH, and gifts to each of these and to none."""

    hall: int
    strike: int
    gb: int
    ch: int


@pytest.fixture
def owner(postgres_url: str) -> Iterator[Database]:
    with databases.opened(postgres_url) as database:
        yield database


@pytest.fixture
def cast(owner: Database) -> Cast:
    with owner.unit_of_work() as session:
        funds = [a_fund(session), a_fund(session)]
        gb, ch = a_section(session, "GB", "GBP"), a_section(session, "CH", "CHF")
        for fund in funds:
            for section in (0, gb, ch):
                a_gift_in_every_table(session, fund, section)
        return Cast(funds[0].id, funds[1].id, gb, ch)


@pytest.fixture(params=["owner", "stranger"])
def database(
    request: pytest.FixtureRequest, owner: Database, postgres_url: str
) -> Iterator[Database]:
    """The database as its owner opens it, and as somebody who may only use the tables."""
    if request.param == "owner":
        yield owner
        return
    with databases.opened(databases.for_stranger(postgres_url)) as database:
        yield database


def test_every_table_that_belongs_to_a_section_has_a_policy_or_a_reason() -> None:
    placed = {name for name, t in TABLES.items() if {"fund_id", "section_id"} <= set(t.c.keys())}
    given = {name for name, table in TABLES.items() if "donation_id" in table.c} - placed

    assert placed == {*policies.OWNED, *FOR_EVERYONE}
    assert given == {*policies.OF_A_DONATION}
    promised = {name for name, table in TABLES.items() if "pledge_id" in table.c} - placed - given
    assert promised == {*policies.OF_A_PLEDGE}


def rows(session: Session, table: str) -> list[RowMapping]:
    # By name, for the columns that hold personal data are nobody's business here.
    named = [column for column in TABLES[table].c if column.name == "id" or column.foreign_keys]
    return list(session.execute(select(*named)).mappings())


def count(session: Session, table: str) -> int:
    return len(rows(session, table))


@pytest.mark.postgresql
@pytest.mark.usefixtures("cast")
def test_who_was_told_no_scope_sees_nothing(database: Database) -> None:
    address = database.writer.url.set(drivername="postgresql+psycopg")
    for setting in (None, "", "nonsense", "1", "*/x", "%", "*,", "[*]", "* "):
        engine = create_engine(address)
        with Session(engine) as session:
            if setting is not None:
                setup = text("SELECT set_config('fundtracker.scope', :setting, true)")
                session.execute(setup, {"setting": setting})
            seen = {table: count(session, table) for table in PROTECTED}
        engine.dispose()

        assert (setting, seen) == (setting, dict.fromkeys(PROTECTED, 0))


def scopes(cast: Cast) -> dict[str, Scope]:
    def to(*reaches: tuple[int | None, int | None]) -> Scope:
        return Scope(frozenset(Reach(*reach) for reach in reaches))

    return {
        "nothing": Scope.nothing(),
        "everything": Scope.everything(),
        "a section": Scope.of([cast.gb]),
        "two sections": Scope.of([cast.gb, cast.ch]),
        "a fund": to((cast.hall, None)),
        "a section of a fund": to((cast.hall, cast.gb)),
        "no section": Scope.of([0]),
        "sections of two funds": to((cast.hall, cast.gb), (cast.strike, cast.ch)),
        "a fund and a section": to((cast.hall, None), (None, cast.ch)),
        "everything and a section": to((None, None), (None, cast.ch)),
        "a section that begins like another": Scope.of([cast.gb * 10, cast.gb + 100]),
    }


@pytest.mark.postgresql
def test_a_scope_shows_what_it_allows_and_nothing_else(database: Database, cast: Cast) -> None:
    with database.reading() as session:
        places = {
            row.id: (row.fund_id, row.section_id) for row in session.scalars(select(DonationRow))
        }
    for name, scope in scopes(cast).items():
        allowed = {number for number, place in places.items() if scope.allows(*place)}
        with database.reading(scope) as session:
            seen = {table: rows(session, table) for table in PROTECTED}

        for table in ("allocation", "donation", "journal", *policies.OF_A_DONATION):
            key = "id" if table == "donation" else "donation_id"
            assert (name, table, {row[key] for row in seen[table]}) == (name, table, allowed)
        for table in ("day", "fund_section", "total"):
            found = {(row["fund_id"], row["section_id"]) for row in seen[table]}
            assert (name, table, found) == (name, table, {places[number] for number in allowed})
        pledges = {row["id"] for row in seen["pledge"]}
        assert (name, len(pledges)) == (name, len(allowed))
        for table in policies.OF_A_PLEDGE:
            assert (name, table, {row["pledge_id"] for row in seen[table]}) == (
                name,
                table,
                pledges,
            )
        # Both sides of what is booked for these donations.
        assert (name, len(seen["entry"])) == (name, 2 * len(allowed))


@pytest.mark.postgresql
@pytest.mark.usefixtures("cast")
def test_what_belongs_to_everyone_is_there_without_a_scope(database: Database) -> None:
    with database.reading(Scope.nothing()) as session:
        assert [count(session, table) for table in SHARED] == [2, 3, 0, 0, 0]


@contextmanager
def refused(database: Database, cast: Cast) -> Iterator[Session]:
    """A unit of work of section GB's, in which the tables refuse something."""
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        database.unit_of_work(Scope.of([cast.gb])) as session,
    ):
        yield session


@pytest.mark.postgresql
class TestWriting:
    def test_what_lies_within_the_scope_can_be_written(
        self, database: Database, cast: Cast
    ) -> None:
        with database.unit_of_work(Scope.of([cast.gb])) as session:
            fund = session.get_one(FundRow, cast.hall)
            donation = a_gift_in_every_table(session, fund, cast.gb)
            donation.kept = 5000

        with database.reading(Scope.of([cast.gb])) as session:
            assert session.get_one(DonationRow, donation.id).kept == 5000

    def test_nothing_can_be_put_beyond_it(self, database: Database, cast: Cast) -> None:
        with database.reading() as session:
            query = select(DonationRow.id).where(DonationRow.section_id == cast.ch)
            foreign = session.scalars(query).first()
            promised = select(PledgeRow.id).where(PledgeRow.section_id == cast.ch)
            pledge = session.scalars(promised).first()
        values = {
            "fund_id": cast.hall,
            "section_id": cast.ch,
            "donation_id": foreign,
            "pledge_id": pledge,
            "journal_id": 999,
        }
        for table in set(PROTECTED) - {"donation", "journal"}:
            columns = TABLES[table].columns
            known = {name: value for name, value in values.items() if name in columns}
            with refused(database, cast) as session:
                add(session, table, **known)

    def test_no_donation_can_be_put_beyond_it(self, database: Database, cast: Cast) -> None:
        with refused(database, cast) as session:
            a_donation(session, session.get_one(FundRow, cast.hall), section_id=cast.ch)

    def test_nothing_can_be_booked_beyond_it(self, database: Database, cast: Cast) -> None:
        own = Journal("x", "gift", (Entry(Account.BANK, 1, "GBP"), Entry(Account.CASH, -1, "GBP")))
        for section in (cast.ch, None):
            booking = Booking(own, cast.hall, section, None)
            with refused(database, cast) as session:
                ledger.post(session, "main", [booking], Actor.worker(), NOW)

    def test_nothing_beyond_it_can_be_changed_or_deleted(
        self, database: Database, cast: Cast
    ) -> None:
        with database.unit_of_work(Scope.of([cast.gb])) as session:
            for statement in (
                "UPDATE donation SET kept = 1 WHERE section_id <> :own",
                "UPDATE total SET received = 1 WHERE section_id <> :own",
                "DELETE FROM fund_section WHERE section_id <> :own",
            ):
                done = session.execute(text(statement), {"own": cast.gb})
                assert done.rowcount == 0  # type: ignore[attr-defined]

    def test_what_is_ours_cannot_be_moved_away(self, database: Database, cast: Cast) -> None:
        with refused(database, cast) as session:
            session.execute(text("UPDATE donation SET section_id = :other"), {"other": cast.ch})

    def test_a_journal_that_is_out_of_sight_is_sealed_all_the_same(
        self, database: Database, cast: Cast
    ) -> None:
        """The triggers see the whole ledger."""
        with database.reading() as session:
            query = text("SELECT id FROM journal WHERE section_id = :section")
            foreign = session.scalar(query, {"section": cast.ch})

        with (
            pytest.raises(DBAPIError, match="the ledger is sealed"),
            database.unit_of_work(Scope.of([cast.gb])) as session,
        ):
            add(session, "entry", fund_id=cast.hall, section_id=cast.gb, journal_id=foreign)

    def test_what_refers_to_a_row_out_of_sight_is_still_held_by_its_key(
        self, database: Database, cast: Cast
    ) -> None:
        with pytest.raises(IntegrityError), database.unit_of_work(Scope.of([cast.gb])) as session:
            session.execute(text("DELETE FROM section WHERE id = :other"), {"other": cast.ch})


@pytest.mark.postgresql
@pytest.mark.usefixtures("cast")
class TestPool:
    """One connection that serves everyone, one after the other."""

    @pytest.fixture
    def database(self, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
        options = engine_options(postgres_url) | {"pool_size": 1, "max_overflow": 0}
        monkeypatch.setattr(module, "engine_options", lambda _url: options)
        # Not over connections that stay for other tests: of these there may be several.
        database = Database.open(postgres_url, databases.KEYS)
        yield database
        database.close()

    def narrow(self, database: Database, cast: Cast, how: str) -> None:
        """Do something in a narrow scope, and see who comes next on the same connection."""
        for session_of in (database.reading, database.unit_of_work):
            with suppress(ProgrammingError), session_of(Scope.of([cast.gb])) as session:
                assert count(session, "donation") == 2
                connection = session.scalar(text("SELECT pg_backend_pid()"))
                session.execute(text(how))

            with database.reading() as session:
                assert session.scalar(text("SELECT pg_backend_pid()")) == connection
                assert session.scalar(text("SHOW fundtracker.scope")) == "*"
                assert count(session, "donation") == 6

    def test_a_narrow_scope_leaves_nothing_behind(self, database: Database, cast: Cast) -> None:
        self.narrow(database, cast, "SELECT 1")

    def test_nothing_is_left_behind_by_an_error(self, database: Database, cast: Cast) -> None:
        self.narrow(database, cast, "SELECT nonsense")

    def test_a_rollback_neither_widens_the_scope_nor_leaves_it_behind(
        self, database: Database, cast: Cast
    ) -> None:
        with database.reading(Scope.of([cast.gb])) as session:
            for _ in range(2):
                assert count(session, "donation") == 2
                session.rollback()

        self.narrow(database, cast, "SELECT 1")

    def test_one_scope_after_another_shows_what_each_allows(
        self, database: Database, cast: Cast
    ) -> None:
        for scope, seen in (
            (Scope.of([cast.gb]), 2),
            (Scope.nothing(), 0),
            (Scope.of([cast.gb, cast.ch]), 4),
        ):
            with database.reading(scope) as session:
                assert count(session, "donation") == seen


def test_what_the_operator_asks_of_a_connection_is_kept() -> None:
    asked = engine_options("postgresql://db/fund?options=-c%20work_mem%3D8MB")["connect_args"]
    plain = engine_options("postgresql://db/fund")["connect_args"]

    assert plain["options"] == "-c fundtracker.scope=* -c jit=off"
    assert asked["options"] == f"-c work_mem=8MB {plain['options']}"


@pytest.mark.postgresql
class TestMissing:
    @pytest.mark.parametrize(
        "how",
        [
            "DROP POLICY scope ON donation",
            "ALTER TABLE donation DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE donation NO FORCE ROW LEVEL SECURITY",
            "CREATE POLICY wide ON donation USING (true)",
            "ALTER POLICY scope ON donation USING (true)",
            "ALTER POLICY scope ON donation WITH CHECK (true)",
            "ALTER POLICY scope ON donation TO pg_monitor",
            "ALTER POLICY scope ON donation RENAME TO other",
        ],
    )
    def test_a_policy_that_is_gone_or_wider_is_missed(self, owner: Database, how: str) -> None:
        with owner.unit_of_work() as session:
            assert policies.missing(session.connection()) == set()
            session.execute(text(how))
            assert policies.missing(session.connection()) == {"donation"}
            policies.create(session.connection())
            assert policies.missing(session.connection()) == set()

    def test_down_a_step_there_are_none_and_up_again_they_are_there(self, owner: Database) -> None:
        owner.downgrade("0002")
        with owner.reading() as session:
            assert policies.missing(session.connection()) == set(PROTECTED)
            enabled = text("SELECT count(*) FROM pg_class WHERE relrowsecurity")
            assert session.scalar(enabled) == 0

        owner.upgrade()
        with owner.reading() as session:
            assert policies.missing(session.connection()) == set()


def test_nothing_is_missing_where_there_can_be_none(sqlite_url: str) -> None:
    with databases.opened(sqlite_url) as database, database.unit_of_work() as session:
        policies.create(session.connection())
        assert policies.missing(session.connection()) == set()
