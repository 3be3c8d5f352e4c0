"""What browsers complain about: scripts that fail, what a policy refuses, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# A form with mistakes answers 422, a server that restarts does not answer: journeys are about that,
# and the browser notes it like an error. Files of a page are watched one by one instead.
_NOTED = "Failed to load resource"
# Whoever goes on before a page is all there does not get the rest of it.
_LEFT = "net::ERR_ABORTED"
_FILES = {"stylesheet", "image", "font", "script", "manifest"}


@dataclass
class Complaints:
    """Everything that was complained about, in any page of the browsers that are listened to."""

    heard: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        """Listen to all pages of a browser from now on."""
        context.on("console", self._said)
        context.on("weberror", self._failed)
        context.on("response", self._answered)
        context.on("requestfailed", self._broke_off)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(_NOTED):
            self.heard.append(f"{message.page and message.page.url}: {message.text}")

    def _failed(self, error: WebError) -> None:
        self.heard.append(f"{error.page and error.page.url}: {error.error}")

    def _answered(self, response: Response) -> None:
        if response.status >= HTTPStatus.BAD_REQUEST and _is_file(response.request):
            self.heard.append(f"{response.url}: {response.status}")

    def _broke_off(self, request: Request) -> None:
        if _is_file(request) and request.failure != _LEFT:
            self.heard.append(f"{request.url}: {request.failure}")


def _is_file(request: Request) -> bool:
    return request.resource_type in _FILES
