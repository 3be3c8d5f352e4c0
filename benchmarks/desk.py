"""Ten tellers at once: how soon a line is acknowledged, and how soon the hall sees it.

Over HTTP, with a hundred thousand pledges in the fund and webhooks settling beside it. Each teller
has the stream of the desk open, asks for its state as the page does, and for each line's meaning
before it is sent.
"""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import quantiles
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import insert

from benchmarks.events import session_completed, webhook
from benchmarks.funds import SLUG, STEP, add_donations, make_fund
from benchmarks.load import send_all
from benchmarks.places import SECRET
from benchmarks.table import Figure
from fundtracker.domain.actors import Actor
from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.ledger import Account
from fundtracker.domain.pledge_postings import Promise, change
from fundtracker.domain.rates import Rate
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.totals import Totals
from fundtracker.store import ledger, totals
from fundtracker.store.calls import CallRow
from fundtracker.store.desks import DeskRow
from fundtracker.store.ledger import Booking
from fundtracker.store.pledges import InstalmentRow, PledgeRow
from tests.factories.staff import a_member, a_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from benchmarks.places import Place

MANY = 100_000
PEOPLE = 5
TELLERS = 10
# Lines of each teller, one a second: a practised one.
LINES = 60
PACE = 1.0
WEBHOOKS = 10
ACKNOWLEDGED, SHOWN = 0.100, 0.250
SWITCH = 0.0005
AMOUNT = 2000


@dataclass(slots=True)
class Seen:
    """What the hall's stream showed: how many pledges, when."""

    at: list[tuple[int, float]] = field(default_factory=list)

    def when(self, pledges: int) -> float | None:
        """The moment at which at least so many were shown."""
        return next((moment for number, moment in self.at if number >= pledges), None)


def measure(place: Place) -> list[Figure]:
    """Let ten tellers type for a minute."""
    sections = make_fund(place.database)
    fill(place, sections)
    tokens = add_donations(place.database, sections, "d", LINES * WEBHOOKS)
    keys = _sign_in(place)
    place.server.start()
    # Twenty threads of this process read and write: none is to wait for another one's turn.
    sys.setswitchinterval(SWITCH)
    stop, seen, bare = Event(), Seen(), list[float]()
    tellers = [Teller(place, key) for key in keys]
    beside = [
        Thread(target=_watch, args=(place.server.port, seen, stop), daemon=True),
        Thread(target=_settle, args=(place.server.port, tokens, stop), daemon=True),
        Thread(target=_ask_bare, args=(place.server.port, bare, stop), daemon=True),
        *(Thread(target=teller.follow, args=(stop,), daemon=True) for teller in tellers),
    ]
    for thread in beside:
        thread.start()
    time.sleep(1)
    with ThreadPoolExecutor(TELLERS) as pool:
        typed = [each for found in pool.map(Teller.type, tellers) for each in found]
    time.sleep(1)
    stop.set()
    waits = [answered - sent for _, sent, answered in typed]
    shown = [
        moment - sent
        for number, sent, _ in typed
        if (moment := seen.when(MANY + number)) is not None
    ]
    assert len(shown) > len(typed) * 0.95, "the hall did not see the lines"
    echoes = [wait for teller in tellers for wait in teller.echoes]
    acknowledged, screen, echo, health = (
        quantiles(each, n=100) for each in (waits, shown, echoes, bare)
    )
    what = f"{place.name}: {TELLERS} tellers, {MANY:,} pledges"
    return [
        Figure(
            f"{what}: line acknowledged, p95 of {len(waits)}",
            f"{acknowledged[94] * 1000:.0f} ms",
            f"p50 {acknowledged[49] * 1000:.0f} ms; /healthz p95 {health[94] * 1000:.0f} ms",
            f"under {ACKNOWLEDGED * 1000:.0f} ms",
            met=acknowledged[94] < ACKNOWLEDGED,
        ),
        Figure(
            f"{what}: line on the hall's screen, p99",
            f"{screen[98] * 1000:.0f} ms",
            f"p50 {screen[49] * 1000:.0f} ms; /healthz p50 {health[49] * 1000:.0f} ms",
            f"under {SHOWN * 1000:.0f} ms",
            met=screen[98] < SHOWN,
        ),
        Figure(
            f"{what}: what a line means, before Enter, p95",
            f"{echo[94] * 1000:.0f} ms",
            f"p50 {echo[49] * 1000:.0f} ms",
        ),
    ]


class Teller:
    """A browser at the desk."""

    def __init__(self, place: Place, key: str) -> None:
        """Take a signed-in session's key."""
        self.echoes: list[float] = []
        self._port = place.server.port
        self._headers = {"Accept": "application/json", "Cookie": _cookie(place, key)}
        self._version = 0
        with closing(self._connect()) as connection:
            connection.request("GET", f"/desk/{SLUG}", headers=self._headers | {"Accept": "*/*"})
            answer = connection.getresponse()
            page = answer.read().decode()
            cookie = answer.headers.get("Set-Cookie")
        start = page.index('id="desk-data">') + len('id="desk-data">')
        data = json.loads(page[start : page.index("</script>", start)])
        self._data = data
        if cookie is not None:
            self._headers["Cookie"] = cookie.partition(";")[0]
        self._headers["X-CSRFToken"] = data["csrf"]
        self._version = data["state"]["version"]

    def type(self) -> list[tuple[int, float, float]]:
        """Type a line each second; return its number, when it was sent and acknowledged.

        How long its echo took is kept in `echoes`.
        """
        found = []
        time.sleep(secrets.randbelow(1000) / 1000)
        started = time.perf_counter()
        with closing(self._connect()) as connection:
            for number in range(LINES):
                time.sleep(max(0.0, started + number * PACE - time.perf_counter()))
                line = f"S{secrets.randbelow(25)} {20 + number}"
                asked = time.perf_counter()
                self._read(connection, line)
                sent = time.perf_counter()
                booked = self._send(connection, line)
                self.echoes.append(sent - asked)
                found.append((booked["number"], sent, time.perf_counter()))
        return found

    def follow(self, stop: Event) -> None:
        """Keep the stream open, and ask for the state when it says that there is a newer one."""
        with (
            # The server ends before the streams do.
            suppress(http.client.HTTPException, OSError),
            socket.create_connection(("127.0.0.1", self._port), timeout=30) as stream,
            closing(self._connect()) as connection,
        ):
            stream.sendall(
                f"GET /desk/{SLUG}/stream HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
                f"Cookie: {self._headers['Cookie']}\r\nAccept: text/event-stream\r\n\r\n".encode()
            )
            while not stop.is_set() and stream.recv(65536):
                address = f"/desk/{SLUG}/state?after={self._version}&waiting=0"
                connection.request("GET", address, headers=self._headers)
                answer = connection.getresponse()
                state = json.loads(answer.read())
                self._version = state["version"]

    def _read(self, connection: http.client.HTTPConnection, line: str) -> None:
        told = self._post(connection, "read", {"line": line}, http.client.OK)
        assert told["kind"] == "call", told

    def _send(self, connection: http.client.HTTPConnection, line: str) -> dict[str, Any]:
        body = {
            "client_id": secrets.token_hex(16),
            "line": line,
            "typed_at": datetime.now(UTC).isoformat(),
            "fund_id_check": self._data["key"],
        }
        found: dict[str, Any] = self._post(connection, "lines", body, http.client.CREATED)["line"]
        return found

    def _post(
        self,
        connection: http.client.HTTPConnection,
        where: str,
        body: dict[str, str],
        expected: int,
    ) -> dict[str, Any]:
        headers = self._headers | {"Content-Type": "application/json"}
        connection.request("POST", f"/desk/{SLUG}/{where}", json.dumps(body), headers)
        answer = connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        assert answer.status == expected, told
        return told

    def _connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.connect()
        # As browsers do; otherwise a body waits for the acknowledgement of its head.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


def fill(place: Place, sections: list[int]) -> None:
    """Add pledges as confirmed lines of five people made them, booked and counted."""
    now = datetime.now(UTC)
    for start in range(0, MANY, STEP):
        with place.database.unit_of_work() as session:
            lines = [_line(number, sections, now) for number in range(start, start + STEP, PEOPLE)]
            ids = session.scalars(insert(CallRow).returning(CallRow.id), lines).all()
            rows = [
                _pledge(start + PEOPLE * at + person, line, call, now)
                for at, (call, line) in enumerate(zip(ids, lines, strict=True))
                for person in range(PEOPLE)
            ]
            _book(session, rows, now)
    with place.database.unit_of_work() as session:
        session.get_one(DeskRow, 1).next_number = 1
        session.execute(CallRow.__table__.update().values(number=-CallRow.number))  # type: ignore[attr-defined]
    with place.database.writer.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _line(number: int, sections: list[int], now: datetime) -> dict[str, Any]:
    return {
        "fund_id": 1,
        "section_id": sections[number // PEOPLE % len(sections)],
        "number": number + 1,
        "raw": "S1 5@20",
        "currency": "EUR",
        "amount": AMOUNT,
        "count": PEOPLE,
        "base": AMOUNT * PEOPLE,
        "state": CallState.COUNTED,
        "version": 2,
        "changed": 0,
        "changed_by": "older",
        "teller": "old",
        "typed_at": now,
        "entered_at": now,
        "late": False,
        "checked_by": "older",
        "checked_at": now,
        "double_open": False,
    }


def _pledge(number: int, line: dict[str, Any], call: int, now: datetime) -> dict[str, Any]:
    return {
        "token": f"pledge{number}",
        "number": f"{number:08}",
        "fund_id": 1,
        "section_id": line["section_id"],
        "source": "floor",
        "currency": "EUR",
        "amount": AMOUNT,
        "rate_mantissa": 1,
        "rate_scale": 0,
        "status": "open",
        "counted": True,
        "due_on": now.date(),
        "actor": "command:bench",
        "made_at": now,
        "confirmed_at": now,
        "call_id": call,
    }


def _book(session: Session, rows: list[dict[str, Any]], now: datetime) -> None:
    made = session.execute(
        insert(PledgeRow).returning(PledgeRow.id, PledgeRow.number, PledgeRow.section_id), rows
    ).all()
    session.execute(
        insert(InstalmentRow),
        [
            {"pledge_id": id, "position": 0, "due_on": now.date(), "amount": AMOUNT}
            for id, _, _ in made
        ],
    )
    bookings: list[Booking] = []
    sums: dict[tuple[int, int], Totals] = {}
    for id, number, section in made:
        promise = Promise(1, section, "EUR", AMOUNT, "EUR", Rate.ONE, layer=Account.PLEDGED)
        journal = change(None, promise, f"{number}:1", "pledge")
        assert journal is not None
        bookings.append(Booking(journal, 1, section, None, id))
        sums[1, section] = sums.get((1, section), Totals()) + Totals(pledged=AMOUNT, pledges=1)
    ledger.post(session, "simulator", bookings, Actor.command("bench"), now)
    totals.add(session, sums)


def _sign_in(place: Place) -> list[str]:
    """Let tellers sign in; return the keys of their sessions."""
    now = datetime.now(UTC)
    with place.database.unit_of_work() as session:
        members = [
            a_member(session, Grant(Role.TELLER), totp_secret=None, token=f"teller-{number}")
            for number in range(TELLERS)
        ]
        return [a_session(session, member, now) for member in members]


def _cookie(place: Place, key: str) -> str:
    """The cookie that the server itself would have set."""
    app = Flask("bench")
    app.secret_key = (place.server.instance / "secret_key").read_text().strip()
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return f"session={serializer.dumps({'_user_id': key, '_fresh': True})}"


def _watch(port: int, seen: Seen, stop: Event) -> None:
    """Follow what the hall follows."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as stream:
        address = f"/api/v1/funds/{SLUG}/stream"
        stream.sendall(f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        for body in _snapshots(stream, stop):
            seen.at.append((json.loads(body)["pledges"], time.perf_counter()))


def _snapshots(stream: socket.socket, stop: Event) -> Iterator[bytes]:
    buffer = b""
    while not stop.is_set() and (received := stream.recv(65536)):
        buffer += received
        while b"event: snapshot\ndata: " in buffer:
            _, _, rest = buffer.partition(b"event: snapshot\ndata: ")
            body, end, following = rest.partition(b"\n\n")
            if not end:
                break
            yield body
            buffer = following


def _ask_bare(port: int, waits: list[float], stop: Event) -> None:
    """Ask for what costs next to nothing: how long that takes is the machine's and the queue's."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        while not stop.is_set():
            started = time.perf_counter()
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            waits.append(time.perf_counter() - started)
            time.sleep(0.1)


def _settle(port: int, tokens: list[str], stop: Event) -> None:
    """Bring webhooks at a steady pace."""
    for token in tokens:
        if stop.is_set():
            return
        send_all(port, [webhook(session_completed(token), SECRET, port)])
        time.sleep(1 / WEBHOOKS)
