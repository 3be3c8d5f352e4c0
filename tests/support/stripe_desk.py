"""What a tester knows and does at the simulator of a running server, from outside, over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

# The simulator's own key, which is no secret.
_KEY = "sk_test_simulator"


@dataclass(frozen=True)
class StripeDesk:
    """The simulator of the server at this address; what was before `since` (Unix) is left out."""

    server: str
    since: int = 0

    def charged(self) -> list[int]:
        """Return the amounts of the successful charges, in minor units, the newest first."""
        return [charge["amount"] for charge in self._all("charges") if charge["paid"]]

    def pages(self) -> list[dict[str, Any]]:
        """Return the payment pages that were made, the newest first."""
        return self._all("checkout/sessions")

    def switch(self, **positions: int | str) -> None:
        """Make something go wrong from now on."""
        self._control(positions)

    def behave(self) -> None:
        """Let everything be as on a good day."""
        self._control({"reset": 1})

    def hurry(self) -> None:
        """Send at once what waits to be sent."""
        self._control({"hurry": 1})

    def _control(self, form: dict[str, int | str]) -> None:
        requests.post(f"{self.server}/simulator/control", form, timeout=60).raise_for_status()

    def _all(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        asked = {"limit": "100", "created[gte]": str(self.since)}
        while True:
            answer = requests.get(
                f"{self.server}/simulator/v1/{kind}", asked, auth=(_KEY, ""), timeout=60
            )
            answer.raise_for_status()
            page = answer.json()
            found += page["data"]
            if not page["has_more"]:
                return found
            asked["starting_after"] = found[-1]["id"]
