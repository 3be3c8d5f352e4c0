"""What every test may ask for: real databases, a real browser, a real server."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import expect

from fundtracker.services import passwords
from tests.support import databases, effort, measuring, memory, postgres, reuse
from tests.support.copies import Copies
from tests.support.legs import count_missing, missing
from tests.support.servers import LiveServer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from playwright.sync_api import Page

    from fundtracker.store.database import Database
    from tests.support.postgres import Postgres

effort.prepare()
# Only what never comes takes so long; a busy machine may take some of it for what does.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Keep passwords at no cost: the real cost is the whole point, and has a test of its own."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", quick)
        patch.setattr(passwords, "NOBODYS", quick.hash("nobody knows"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Let tests compile their statements, templates and routes together."""
    with reuse.compiled_once():
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """Start PostgreSQL from the installed binaries, for this session alone."""
    binaries = postgres.find_binaries()
    if binaries is None:
        missing("PostgreSQL", apt="postgresql")
    with postgres.running(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    """Migrate a database once; each test gets a copy."""
    name = postgres_server.create()
    databases.migrate(postgres_server.url(name))
    return name


@pytest.fixture(scope="session")
def postgres_copies(postgres_server: Postgres, postgres_template: str) -> Iterator[Copies]:
    """Lend the same database to one test after the other, as long as it can be emptied."""
    copies = Copies(postgres_server, postgres_template)
    yield copies
    copies.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrate a database file once; each test gets a copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    databases.migrate(databases.sqlite_url(file))
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the address of a migrated SQLite database of this test's own."""
    file = tmp_path / "fundtracker.db"
    shutil.copy(sqlite_template, file)
    return databases.sqlite_url(file)


@pytest.fixture
def postgres_url(postgres_copies: Copies) -> Iterator[str]:
    """Return the address of a migrated PostgreSQL database of this test's own."""
    with postgres_copies.lend() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a migrated database; the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Open a migrated, empty database; the test runs once on each kind."""
    with databases.opened(database_url) as database:
        yield database


@pytest.fixture(scope="session")
def seeded_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the instance folder of the demo once, as ./run does before it serves.

    The workers of one run share it: whoever comes second waits for the first.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    instance, unfinished = folder / "seeded", folder / "unfinished"
    with (folder / "seeding").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not instance.exists():
            unfinished.mkdir()
            server = LiveServer(unfinished)
            server.flask("db", "upgrade")
            server.flask("demo", "seed")
            unfinished.rename(instance)
    return instance


@pytest.fixture
def live_server(seeded_instance: Path, tmp_path: Path) -> Iterator[LiveServer]:
    """Serve the demo from a folder of this test's own, with worker and simulator."""
    server = LiveServer(shutil.copytree(seeded_instance, tmp_path / "instance"))
    server.start()
    yield server
    server.kill()  # at once: nothing of it is needed any more


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive Debian's Chromium, which asks nobody on the network for anything.

    Its shell is the same engine without the windows around it, which nobody would see, and takes a
    quarter of the time for each browser that is opened.
    """
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None:
        missing("Chromium", apt="chromium-headless-shell")
    arguments = [
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--no-first-run",
    ]
    if os.getuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses to run as root
    return {**browser_type_launch_args, "executable_path": chromium, "args": arguments}


@pytest.fixture
def picture(page: Page) -> Callable[[str], Path]:
    """Save what the page shows on demand: called with "reached", as test-results/reached.png."""

    def save(name: str) -> Path:
        file = Path("test-results", f"{name}.png")
        page.screenshot(path=file)
        return file

    return save


def pytest_configure() -> None:
    """Let tests write to a folder in memory, unless somebody has named another one."""
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory.folder()))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "browser_name" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the search for garbage pass over what all tests share; it cost a sixth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test without coverage, with all it asks for, if it cannot add to it."""
    if measuring.adds_nothing(item):
        with measuring.paused():
            return (yield)
    if measuring.is_above_the_store(item):
        with measuring.libraries_left_out():
            return (yield)
    return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in red what this machine could not test, and how to change that."""
    for sentence, count in count_missing(terminalreporter.stats.get("skipped", [])).items():
        terminalreporter.write_line(f"{count} not run, missing here: {sentence}", red=True)
