"""Browsers at a desk: what their scripts send, and what they are told."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from fundtracker.domain.roles import Grant, Role
from fundtracker.store.staff import StaffRow
from fundtracker.web.context import context_of
from tests.factories.rows import a_fund

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from fundtracker.services.parts import Parts
    from tests.support.office import Office

_IDS = itertools.count(1)
SLUG = "hall"
ACCEPT = {"Accept": "application/json"}


@dataclass
class Browser:
    """A teller's script."""

    client: FlaskClient
    member: StaffRow
    slug: str = SLUG
    headers: dict[str, str] = field(default_factory=lambda: dict(ACCEPT))

    def get(self, path: str, **query: Any) -> TestResponse:  # noqa: ANN401 - whatever is asked
        """Ask for something of the desk."""
        return self.client.get(f"/desk/{self.slug}{path}", query_string=query, headers=self.headers)

    def post(self, path: str, body: object) -> TestResponse:
        """Send something to the desk."""
        return self.client.post(f"/desk/{self.slug}{path}", json=body, headers=self.headers)

    @property
    def page(self) -> dict[str, Any]:
        """What the page hands to its script."""
        html = self.client.get(f"/desk/{self.slug}").get_data(as_text=True)
        start = html.index('id="desk-data">') + len('id="desk-data">')
        found: dict[str, Any] = json.loads(html[start : html.index("</script>", start)])
        return found

    def read(self, line: str, **more: object) -> dict[str, Any]:
        """Ask what a line means."""
        answer = self.post("/read", {"line": line, **more})
        assert answer.status_code == 200, answer.text
        return json_of(answer)

    def send(self, line: object, /, **more: object) -> TestResponse:
        """Send a line or a command."""
        body = {
            "client_id": f"client-{next(_IDS):08}",
            "line": line,
            "sure": False,
            "habits": {},
            "typed_at": datetime.now(UTC).isoformat(),
            "parked": False,
            "fund_id_check": self.page["key"],
        }
        return self.post("/lines", body | more)

    def type(self, line: str, **more: object) -> dict[str, Any]:
        """Send a line that is taken, and return it."""
        answer = self.send(line, **more)
        assert answer.status_code == 201, answer.text
        return cast("dict[str, Any]", json_of(answer)["line"])

    def state(self, **query: object) -> dict[str, Any]:
        """How the desk stands."""
        answer = self.get("/state", **query)
        assert answer.status_code == 200, answer.text
        return json_of(answer)

    def check(self, verdict: str, /, *lines: dict[str, Any], **more: object) -> TestResponse:
        """Say something of lines as they were shown."""
        shown = [{"number": line["number"], "version": line["version"]} for line in lines]
        body = {"client_id": f"check-{next(_IDS):08}", "lines": shown, "verdict": verdict}
        return self.post("/check", body | more)


def json_of(answer: TestResponse) -> dict[str, Any]:
    """What a script is told."""
    return cast("dict[str, Any]", answer.json)


@dataclass(frozen=True)
class Browsers:
    """Two tellers, and the app in front of which they sit."""

    office: Office
    anna: Browser
    ben: Browser

    @property
    def parts(self) -> Parts:
        """The tools of the services."""
        return context_of(self.office.app).parts

    def browser(self, *grants: Grant, name: str) -> Browser:
        """Somebody else's."""
        return _browser(self.office, name, *grants)


def some_browsers(office: Office) -> Browsers:
    """Open a fund and let two tellers sit down."""
    now = datetime.now(UTC)
    with office.database.unit_of_work() as session:
        a_fund(session, slug=SLUG, opens_at=now - timedelta(days=1), closes_at=None)
    teller = Grant(Role.TELLER)
    return Browsers(
        office, _browser(office, "Anna Lindt", teller), _browser(office, "Ben Okri", teller)
    )


def _browser(office: Office, name: str, *grants: Grant) -> Browser:
    member, client = office.seat(*grants)
    with office.database.unit_of_work() as session:
        session.get_one(StaffRow, member.id).name = name
    return Browser(client, member)
