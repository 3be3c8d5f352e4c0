"""A served desk and the browsers in front of it, watched by axe."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fundtracker.domain.roles import Grant, Role
from tests.factories.staff import a_session
from tests.support.desk_page import Teller

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from fundtracker.store.staff import StaffRow
    from tests.support.complaints import Complaints
    from tests.support.office import Office

SLUG = "conference"
LINES = f"**/desk/{SLUG}/lines"


class Room:
    """A served desk, and a browser for each who sits down at it."""

    def __init__(self, office: Office, browser: Browser, url: str, complaints: Complaints) -> None:
        self.office = office
        self.url = url
        self._browser = browser
        self._complaints = complaints
        self.people: dict[str, StaffRow] = {}

    @property
    def desk(self) -> str:
        return f"{self.url}/desk/{SLUG}"

    def lets_in(self, context: BrowserContext, name: str) -> None:
        """Sign somebody in at a browser, once more if they were there before."""
        member = self.people.get(name)
        if member is None:
            member, client = self.office.seat(Grant(Role.TELLER))
        else:
            client = self.office.client()
            with self.office.database.unit_of_work() as session:
                key = a_session(session, member, datetime.now(UTC))
            with client.session_transaction() as cookie:
                cookie["_user_id"] = key
                cookie["_fresh"] = True
        self.people[name] = member
        found = client.get_cookie("session")
        assert found is not None
        context.add_cookies([{"name": "session", "value": found.value, "url": self.url}])

    def seats(self, name: str = "anna", path: str = "", **options: Any) -> Teller:  # noqa: ANN401 - Playwright's own options
        """Let somebody sit down at a browser of their own."""
        context = self._browser.new_context(
            **{"viewport": {"width": 1366, "height": 768}} | options
        )
        self._complaints.listen(context)
        self.lets_in(context, name)
        context.clock.install()
        teller = Teller(context.new_page())
        teller.page.goto(self.desk + path)
        return teller


def queued(teller: Teller) -> list[str]:
    """What the browser keeps of lines, raw."""
    kept: list[str] = teller.page.evaluate("Object.values(localStorage)")
    return kept
