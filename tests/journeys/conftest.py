"""The stage of all journeys: one server for those who leave it running, and eyes on every page."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.complaints import Complaints
from tests.support.donors import Donor
from tests.support.servers import LiveServer
from tests.support.stripe_desk import StripeDesk
from tests.support.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page, ViewportSize

PHONE: ViewportSize = {"width": 390, "height": 844}
HALL: ViewportSize = {"width": 1920, "height": 1080}


@pytest.fixture(scope="session")
def house(seeded_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve the demo once, for all journeys that do not stop the server."""
    folder = tmp_path_factory.mktemp("house") / "instance"
    server = LiveServer(shutil.copytree(seeded_instance, folder))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def office(seeded_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve the demo once more, for journeys that change what others look at.

    It has a name, without which there are no passkeys.
    """
    folder = tmp_path_factory.mktemp("office") / "instance"
    server = LiveServer(shutil.copytree(seeded_instance, folder), name="localhost")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def desk(house: LiveServer) -> Iterator[StripeDesk]:
    """Reach the simulator behind the house; what was made to go wrong is put right at the end."""
    desk = StripeDesk(house.url, since=int(time.time()))
    yield desk
    desk.behave()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Let every browser be a phone unless it asks for something else."""
    return {**browser_context_args, "viewport": PHONE, "locale": "en-GB"}


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fail every journey on whose pages a script failed, or something was refused or missing."""
    complaints = Complaints()
    yield complaints
    assert complaints.heard == []


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext],
    complaints: Complaints,
    request: pytest.FixtureRequest,
) -> Callable[..., BrowserContext]:
    """Open another browser; its pages are listened to as well."""
    works = request.node.get_closest_marker("proves") is not None

    def opened(**options: Any) -> BrowserContext:  # noqa: ANN401 - Playwright's own options
        context = new_context(**options)
        complaints.listen(context)
        if not works:
            context.add_init_script("delete globalThis.Worker;")
        return context

    return opened


@pytest.fixture
def picture(page: Page) -> Callable[..., Path]:
    """Save what a page shows, the first one unless another is named, as test-results/name.png."""

    def save(name: str, of: Page = page) -> Path:
        file = Path("test-results", f"{name}.png")
        of.screenshot(path=file)
        return file

    return save


@pytest.fixture
def donor(page: Page, house: LiveServer) -> Donor:
    """Somebody with a phone before the demo's open fund."""
    return Donor(page, house.url)


@pytest.fixture
def onlooker(house: LiveServer) -> Visitor:
    """Somebody who only asks what the fund stands at."""
    return Visitor(house.url, "founding-conference")


@pytest.fixture
def hall(new_context: Callable[..., BrowserContext]) -> Page:
    """The browser that fills the screen of the hall."""
    page = new_context().new_page()
    page.set_viewport_size(HALL)
    return page


@pytest.fixture
def other_phone(new_context: Callable[..., BrowserContext]) -> Page:
    """The phone of somebody else."""
    return new_context().new_page()
