"""Somebody who follows every link that they are shown."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
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
        with browser.get(address, headers={"Accept": "text/html"}) as answer:
            if answer.status_code in _REFUSED:
                found.append(f"{address} {answer.status_code}")
            if answer.mimetype != "text/html" or not address.startswith(_ROOMS):
                continue
            for link in map(unescape, _LINK.findall(answer.get_data(as_text=True))):
                path = urlsplit(link).path
                if link.startswith("/") and path not in known:
                    known.add(path)
                    waiting.append(link)
    return found
