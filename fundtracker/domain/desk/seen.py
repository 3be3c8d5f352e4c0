"""What a teller had on the screen: by it an edit is held against the line as it is by now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Seen:
    """The version of each line that was shown, by its number, and of the fund for all others.

    With `chosen` the difference was shown already, and the teller wants their own all the same:
    then exactly what was shown holds, whoever changed it since.
    """

    lines: Mapping[int, int] = field(default_factory=dict)
    desk: int | None = None
    chosen: bool = False

    def misses(self, number: int, version: int, changed: int, *, own: bool) -> bool:
        """Whether a line has changed since, the last time by somebody else.

        What one does oneself is known, whether it has come back to one's screen or not.
        """
        shown = self.lines.get(number)
        if self.chosen:
            return shown != version
        if shown is not None:
            return shown != version and not own
        return self.desk is not None and changed > self.desk and not own
