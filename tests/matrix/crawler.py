"""Somebody who follows every link that they are shown."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from tests.matrix.visitors import Visitor

_LINK = re.compile(r'<a\b[^>]*\shref="([^"#]+)')
_ROOMS = ("/account/", "/desk/", "/treasury/", "/office/")
_REFUSED = {401, 403, 404, 405}


def refused_links(visitor: Visitor) -> list[str]:
    """Follow every link from the first page on, and return what was offered and is refused."""
    browser, found = visitor.browser(), []
    waiting, known = ["/account/"], {"/account/"}
    while waiting:
        address = waiting.pop()
        status, links = _open(browser, address)
        if status in _REFUSED:
            found.append(f"{address} {status}")
        for link in links if address.startswith(_ROOMS) else ():
            path = urlsplit(link).path
            if path not in known:
                known.add(path)
                waiting.append(link)
    return found


def offers_refused(visitor: Visitor, address: str) -> bool:
    """Tell whether a page offers what is refused."""
    browser = visitor.browser()
    status, links = _open(browser, address)
    assert status == 200
    return any(_open(browser, link)[0] in _REFUSED for link in reversed(links))


def _open(browser: FlaskClient, address: str) -> tuple[int, list[str]]:
    with browser.get(address, headers={"Accept": "text/html"}) as answer:
        shown = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        return answer.status_code, list(_links(shown))


def _links(page: str) -> Iterator[str]:
    return (link for link in map(unescape, _LINK.findall(page)) if link.startswith("/"))
