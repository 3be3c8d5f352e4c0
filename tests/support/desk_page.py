"""A teller at the desk in a real browser: types, reads the echo, sends, and sees the lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.page_clock import PageClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

_PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.getElementById("line").dispatchEvent(event);
}"""


# In milliseconds: machines are shared, and a queue of many lines goes one by one.
_PATIENCE = 60_000
# In milliseconds: less than a page takes silence of its stream for a cut.
_PAUSE = 4_000


class Teller:
    """Somebody before a page of the desk."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._clock = PageClock(page)
        self.field = page.locator("#line")
        self.echo = page.locator("#echo")
        self.state = page.locator("[data-field=state]")
        self.told = page.locator("[data-field=told]")
        self.lines = page.locator("[data-lines] tr")
        self.waiting = page.locator("[data-queue] tr")

    def opens(self, address: str) -> None:
        """Come to a desk, and be ready to type."""
        self.page.goto(address)
        expect(self.field).to_be_focused()

    def line(self, place: int = 0) -> Locator:
        """One of the lines, the newest unless another one is asked for."""
        return self.lines.nth(place)

    def types(self, text: str) -> None:
        """Type without sending."""
        self.page.keyboard.type(text)

    def presses(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def reads(self, *words: str) -> None:
        """See in the echo what the line in the field means."""
        for said in words:
            expect(self.echo).to_contain_text(said)

    def calls(self, text: str) -> None:
        """Type a line and send it, without waiting for anything."""
        self.types(text)
        self.presses("Enter")

    def sends(self, text: str, *expected: str) -> None:
        """Type a line, send it, and see it among the lines, as what it was understood to be."""
        self.calls(text)
        for said in expected:
            expect(self.line()).to_contain_text(said)

    def pastes(self, *lines: str) -> None:
        """Paste many lines at once."""
        self.page.evaluate(_PASTE, "\n".join(lines))

    def waits(self, number: int, state: str) -> None:
        """See how many lines wait, and why."""
        expect(self.state).to_have_text(
            re.compile(rf"^{state}.*\b{number} waiting"), timeout=_PATIENCE
        )

    def does_not_wait(self, until_it_is_so: Callable[[], bool]) -> None:
        """Let the clock of the page run ahead until something is so."""
        self._clock.runs_ahead(_PAUSE, until_it_is_so)

    def has_sent_everything(self) -> None:
        """See that nothing waits any more."""
        self.waits(0, "connected")
        expect(self.waiting).to_have_count(0)
