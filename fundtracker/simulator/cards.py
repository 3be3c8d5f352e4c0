"""The test numbers that Stripe publishes, and what each of them does."""

from __future__ import annotations

from dataclasses import dataclass

LENGTHS = range(12, 20)
LARGEST_DIGIT = 9

UNKNOWN = (
    "Your card was declined. Your request was in test mode, but used a non test card."
    " Choose one of the test numbers below."
)
INVALID = "Your card number is invalid."


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a bank says no: Stripe's error code, the bank's own code, and the words for the payer."""

    code: str
    decline_code: str
    message: str


@dataclass(frozen=True, slots=True)
class Card:
    """A test number; `says` is what the hosted page tells about it."""

    number: str
    says: str
    decline: Decline | None = None
    challenge: bool = False
    refund: str = "succeeded"
    """The first status of its refunds: `pending` ones succeed, and `failing` ones fail."""

    @property
    def last4(self) -> str:
        """The four digits that are shown."""
        return self.number[-4:]

    @property
    def grouped(self) -> str:
        """The number in groups of four."""
        return " ".join(self.number[start : start + 4] for start in range(0, 16, 4))


def _declined(code: str, words: str) -> Decline:
    return Decline("card_declined", code, words)


CARDS = (
    Card("4242424242424242", "pays"),
    Card("4000000000000341", "pays once, fails on renewal"),
    Card("4000002500003155", "asks for 3-D Secure", challenge=True),
    Card("4000002760003184", "always asks for 3-D Secure", challenge=True),
    Card(
        "4000000000000002",
        "is declined",
        _declined("generic_decline", "Your card was declined."),
    ),
    Card(
        "4000000000009995",
        "has insufficient funds",
        _declined("insufficient_funds", "Your card has insufficient funds."),
    ),
    Card(
        "4000000000000069",
        "has expired",
        Decline("expired_card", "expired_card", "Your card has expired."),
    ),
    Card(
        "4000000000000127",
        "has a wrong security code",
        Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
    ),
    Card(
        "4000000000000119",
        "meets a processing error",
        Decline(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    Card("4000000000007726", "pays; its refunds stay pending first", refund="pending"),
    Card("4000000000005126", "pays; its refunds fail later", refund="failing"),
)
BY_NUMBER = {card.number: card for card in CARDS}
BY_LAST4 = {card.last4: card for card in CARDS}


class NoCard(ValueError):
    """A number that is no test card; the message is for the payer."""


def card(typed: str) -> Card:
    """Return the test card of a number as people type it, raises NoCard."""
    number = typed.replace(" ", "").replace("-", "").replace("\u00a0", "")
    if number in BY_NUMBER:
        return BY_NUMBER[number]
    raise NoCard(UNKNOWN if _plausible(number) else INVALID)


def _plausible(number: str) -> bool:
    """Whether the check digit of a card number fits (Luhn)."""
    if not (number.isascii() and number.isdigit() and len(number) in LENGTHS):
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - LARGEST_DIGIT if doubled > LARGEST_DIGIT else doubled
    return total % 10 == 0
