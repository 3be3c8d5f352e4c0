"""What a treasurer has to look at about a promise."""

from __future__ import annotations

from enum import StrEnum

from fundtracker.domain.errors import N_


class PledgeTask(StrEnum):
    """Why a promise needs a person, the most urgent first."""

    # Its address has answered, and it is too large to count by itself.
    CHECK = "check"
    # Whoever promised says that it is paid.
    FIND_PAYMENT = "find_payment"
    WRITE_OFF = "write_off"
    ASK = "ask"

    @property
    def label(self) -> str:
        """The task in words, to be translated."""
        return _LABELS[self]


_LABELS = {
    PledgeTask.CHECK: N_("confirm it: it counts for nothing yet"),
    PledgeTask.FIND_PAYMENT: N_("find the payment that its owner tells of"),
    PledgeTask.WRITE_OFF: N_("write it off, perhaps: open for ninety days"),
    PledgeTask.ASK: N_("ask in person: five mails were of no use"),
}
