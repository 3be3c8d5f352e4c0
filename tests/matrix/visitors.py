"""Somebody who asks, with what belongs to them and what does not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, StrEnum, auto
from functools import reduce
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from fundtracker.domain.roles import Grant, Permission, Role, permissions, scope
from fundtracker.domain.scope import Scope
from fundtracker.store.staff import GrantRow
from tests.factories.staff import a_member, a_session
from tests.matrix.belongings import a_failed_job, a_parked_row, a_passkey, an_export
from tests.matrix.leaks import text_of
from tests.matrix.routes import NUMBERED, ROUTES, RULES, STREAMS, Thing
from tests.matrix.words import READ

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.routing import Rule as Route

    from fundtracker.web.access import Rule
    from tests.matrix.world import Place, World

Value = str | int

MISSING: dict[Thing, Value] = dict.fromkeys(Thing, "nobodysthing") | dict.fromkeys(
    NUMBERED, 987_654
)
# What is used up by what is done to it.
USED_UP = {Thing.INBOX_ROW: a_parked_row, Thing.JOB: a_failed_job}
# What is new in every answer.
_NEW = re.compile(
    r'(name="(?:csrf[-_]token|key|attempt)" (?:value|content)="|"csrf": ")[^"]*'
    r"|^Set-Cookie: .*\n",
    re.MULTILINE,
)
# Shorter words stand on pages anyway.
_LONG = 4


class Whose(StrEnum):
    """Of whom a thing is that somebody asks for."""

    OWN = "own"
    FOREIGN = "foreign"
    NOBODYS = "nobody's"


class Proof(Enum):
    """When somebody showed their second factor."""

    NOW = auto()
    LONG_AGO = auto()
    NOT_YET = auto()


class Answer(NamedTuple):
    """What came back, read as far as it goes, without what is new in every answer."""

    status: int
    text: str


@dataclass(frozen=True)
class Case:
    """A route, and a way to ask it."""

    route: Route
    method: str
    rule: Rule

    @property
    def endpoint(self) -> str:
        """By what the route is called."""
        return str(self.route.endpoint)

    @property
    def things(self) -> list[Thing]:
        """What the address names."""
        return [part for part in ROUTES[self.endpoint].values() if isinstance(part, Thing)]

    @property
    def label(self) -> str:
        """What stands in the table."""
        return f"{self.method:4} {self.route.rule}"


def cases(app: Flask) -> list[Case]:
    """Every route with every method that it takes, files of `static/` left out."""
    return [
        Case(route, method, RULES[route.endpoint])
        for route in sorted(app.url_map.iter_rules(), key=lambda each: each.rule)
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"})
        if route.endpoint in RULES
    ]


class Visitor:
    """Somebody with these grants; without any they have not signed in at all."""

    def __init__(self, world: World, name: str, grants: tuple[Grant, ...] | None) -> None:
        self.name = name
        self.grants = grants or ()
        self._world = world
        self._values: dict[tuple[Thing, Whose], Value] = {}
        self._browsers: dict[Proof, FlaskClient] = {}
        with world.office.database.unit_of_work() as session:
            self._member = None if grants is None else a_member(session, *grants)
            self._values |= dict(self._of_staff(session))

    def may(self, permission: Permission | None) -> bool:
        """Tell whether a rule lets them in."""
        return permission is None or permission in permissions(self.grants)

    def scope(self, permission: Permission | None) -> Scope:
        """Return where they have a permission; for pages that ask for none, where they read."""
        return scope(self.grants, permission or Permission.READ_LEDGER)

    @property
    def names(self) -> Scope:
        """Return where they are told names."""
        return scope(self.grants, Permission.READ_NAMES)

    def elsewhere(self, world: World) -> list[Place]:
        """Return the places of which no permission of theirs lets them read."""
        return [
            place
            for place in world.places
            if not any(place.lies_within(self.scope(each)) for each in permissions(self.grants))
        ]

    def has(self, case: Case, whose: Whose) -> bool:
        """Tell whether there is something of that kind for this route."""
        return self._address(case, whose) is not None

    def ask(
        self,
        case: Case,
        whose: Whose = Whose.OWN,
        *,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        proof: Proof = Proof.NOW,
        read: set[str] | None = None,
    ) -> Answer:
        """Ask a route at a browser of one's own, and note what is read of the address."""
        values = self._address(case, whose)
        assert values is not None, "there is nothing to ask for"
        addresses = self._world.office.app.url_map.bind("localhost")
        address = addresses.build(case.endpoint, values)
        answer = self._sitting(proof).open(
            address,
            method=case.method,
            query_string=query,
            data=form,
            headers={"Accept": "text/html"},
            environ_overrides={READ: set() if read is None else read},
        )
        if case.method != "GET" and answer.status_code < 400:
            self._browsers.clear()  # what is done may end a session
        if case.endpoint in STREAMS and answer.status_code == 200:
            text = str(next(iter(answer.response)))
        else:
            text = text_of(answer)
        answer.close()
        told_again = (*values.values(), *(query or {}).values(), *(form or {}).values())
        return Answer(answer.status_code, reduce(_without, told_again, _NEW.sub(r"\1", text)))

    def _sitting(self, proof: Proof) -> FlaskClient:
        if proof not in self._browsers:
            self._browsers[proof] = self.browser(proof)
        return self._browsers[proof]

    def browser(self, proof: Proof = Proof.NOW) -> FlaskClient:
        """Sign in anew."""
        client = self._world.office.client()
        if self._member is None:
            return client
        since = self._world.parts.clock() - timedelta(minutes=11 if proof is Proof.LONG_AGO else 0)
        with self._world.office.database.unit_of_work() as session:
            key = a_session(session, self._member, since, proved=proof is not Proof.NOT_YET)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = key
        return client

    def _address(self, case: Case, whose: Whose) -> dict[str, Value] | None:
        """Return the parts of an address; None where nothing is like that for this visitor."""
        parts = ROUTES[case.endpoint]
        things = {name: part for name, part in parts.items() if isinstance(part, Thing)}
        values: dict[str, Value] = {
            name: part for name, part in parts.items() if not isinstance(part, Thing)
        }
        if whose is not Whose.OWN and not things:
            return None
        found = {name: self._value(thing, case, whose) for name, thing in things.items()}
        if all(value is None for value in found.values()) and things:
            return None
        for name, thing in things.items():
            value = found[name]
            values[name] = MISSING[thing] if value is None else value
        return values

    def _value(self, thing: Thing, case: Case, whose: Whose) -> Value | None:
        if whose is Whose.NOBODYS:
            return MISSING[thing]
        if (thing, whose) in self._values:
            return self._values[thing, whose]
        if thing in USED_UP:
            return self._waiting(thing, case, whose)
        place = self._place(case, thing, whose)
        if place is None:
            return None
        return {
            Thing.FUND: place.fund,
            Thing.SECTION: place.section,
            Thing.DONATION: place.token,
            Thing.PLEDGE: place.pledge_token,
            Thing.ALLOCATION: place.allocation_token,
        }.get(thing)

    def _waiting(self, thing: Thing, case: Case, whose: Whose) -> Value | None:
        """Leave something new in the inbox, where nothing is of a fund: it is for the centre."""
        is_open = self.scope(case.rule.permission).is_everything
        if is_open is (whose is Whose.FOREIGN) and self.may(case.rule.permission):
            return None
        with self._world.office.database.unit_of_work() as session:
            return USED_UP[thing](session, self._world)

    def _place(self, case: Case, thing: Thing, whose: Whose) -> Place | None:
        where = self.scope(case.rule.permission) if case.rule.staff else Scope.everything()
        within: dict[Thing, Callable[[Place], bool]] = {
            Thing.FUND: lambda place: where.allows_fund(place.fund_id),
            Thing.SECTION: lambda place: _allows_section(where, place.section_id),
            Thing.DONATION: lambda place: place.lies_within(where),
            Thing.PLEDGE: lambda place: place.lies_within(where),
            Thing.ALLOCATION: lambda place: place.lies_within(where),
        }
        if thing not in within:
            return None
        places = [each for each in self._world.places if each.section]
        wanted = whose is Whose.OWN
        found = [each for each in places if within[thing](each) is wanted]
        # Who may see none is refused whatever it is.
        return next(chain(found, places if wanted else []), None)

    def _of_staff(self, session: Session) -> Iterator[tuple[tuple[Thing, Whose], Value]]:
        """Add somebody else, to whom things may be done, and what each of them has."""
        other = a_member(session, Grant(Role.TELLER))
        grant = session.scalars(select(GrantRow.id).where(GrantRow.staff_id == other.id)).one()
        yield (Thing.MEMBER, Whose.OWN), other.token
        yield (Thing.GRANT, Whose.OWN), grant
        for whose, owner in ((Whose.OWN, self._member or other), (Whose.FOREIGN, other)):
            yield (Thing.EXPORT, whose), an_export(session, self._world, owner, self.grants)
            yield (Thing.PASSKEY, whose), a_passkey(session, self._world, owner)


def _without(text: str, value: Value) -> str:
    """Blot out what was asked for, which may be told again; a number only in an address."""
    if str(value).isdigit():
        return re.sub(rf"(?<=/){value}\b|(?<=after=){value}\b", "…", text)
    return text.replace(str(value), "…") if len(str(value)) >= _LONG else text


def _allows_section(scope: Scope, section_id: int) -> bool:
    return any(reach.section_id in {None, section_id} for reach in scope.reaches)
