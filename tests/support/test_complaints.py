"""The eyes on every page see what they are there for."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.support.complaints import Complaints

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request, Route

ADDRESS = "http://127.0.0.1:9/"
POLICY = {"Content-Security-Policy": "script-src 'self'; style-src 'self'; img-src 'self'"}
FAULTS = {
    "a script that fails": ("<script src=/fails.js></script>", "something failed"),
    "a script that complains": ("<script src=/complains.js></script>", "something is odd"),
    "a style that the policy refuses": ("<p style='color: red'>", "Content Security Policy"),
    "a script that the policy refuses": ("<script>1</script>", "Content Security Policy"),
    "a picture that is missing": ("<img src=/missing.png>", "missing.png: 404"),
    "a script that does not come": ("<script src=/breaks-off.js></script>", "net::ERR_FAILED"),
}
LEADS_ON = "<!doctype html><title>A page</title><script defer src=/never-comes.js></script>"
FILES = {
    "/fails.js": "throw new Error('something failed')",
    "/complains.js": "console.error('something is odd')",
}


@pytest.fixture
def complaints(context: BrowserContext) -> Complaints:
    complaints = Complaints()
    complaints.listen(context)
    return complaints


def show(page: Page, body: str) -> None:
    """Show a page of these lines, under a policy as strict as ours, from no server at all."""
    files = {**FILES, "/": f"<!doctype html><title>A page</title>{body}"}

    def answer(route: Route, request: Request) -> None:
        path = urlsplit(request.url).path
        if path == "/breaks-off.js":
            route.abort()
            return
        kind = "text/html" if path == "/" else "text/javascript"
        status = HTTPStatus.OK if path in files else HTTPStatus.NOT_FOUND
        route.fulfill(body=files.get(path, ""), content_type=kind, headers=POLICY, status=status)

    page.route("**/*", answer)
    page.goto(ADDRESS)


@pytest.mark.parametrize(("body", "complaint"), FAULTS.values(), ids=FAULTS)
def test_what_goes_wrong_on_a_page_is_heard(
    page: Page, complaints: Complaints, body: str, complaint: str
) -> None:
    show(page, body)
    assert any(complaint in heard for heard in complaints.heard)


def test_nothing_is_heard_of_a_page_that_is_as_it_should_be(
    page: Page, complaints: Complaints
) -> None:
    show(page, "<p>All is well.</p>")
    assert complaints.heard == []


def test_nothing_is_heard_of_what_somebody_who_went_on_did_not_wait_for(
    page: Page, complaints: Complaints
) -> None:
    page.route("**/*", lambda route: route.fulfill(body=LEADS_ON, content_type="text/html"))
    page.route("**/never-comes.js", lambda route: None)
    with page.expect_request("**/never-comes.js"):
        page.goto(ADDRESS, wait_until="commit")
    with page.expect_event("requestfailed"):
        page.goto("about:blank")
    assert complaints.heard == []
