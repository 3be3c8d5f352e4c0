"""The clock of a page, which runs ahead of ours, so that nobody waits for what the page does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Request, Response

# In milliseconds.
_MOMENT = 20


class PageClock:
    """The clock that was installed in a page before it was opened.

    It does not run ahead while an answer is on its way: by the same clock the page gives up waiting
    for one, which a slow machine would show.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._unanswered: set[Request] = set()
        page.on("request", self._asks)
        page.on("response", self._hears)
        page.on("requestfailed", self._ends)

    def runs_ahead(self, milliseconds: int, until_it_is_so: Callable[[], bool]) -> None:
        """Let so much time pass again and again, until something is so."""

        def is_so() -> bool:
            if self._unanswered:
                # Only what asks the browser hears of an answer.
                self._page.wait_for_timeout(_MOMENT)
            else:
                self._page.clock.fast_forward(milliseconds)
            return until_it_is_so()

        until(is_so)

    def _asks(self, request: Request) -> None:
        self._unanswered.add(request)

    def _hears(self, answer: Response) -> None:
        self._unanswered.discard(answer.request)

    def _ends(self, request: Request) -> None:
        self._unanswered.discard(request)
