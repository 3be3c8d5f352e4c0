"""What can go wrong, in sentences for the person who is affected.

    FundtrackerError
    ├── NotSignedIn (401) and NotProved, NotAllowed (403)
    ├── NotFound (404)        UnknownFund, UnknownSection, UnknownDonation, DeadLink
    ├── NotNow (409)          FundPaused, FundClosed, FundNotYetOpen
    ├── Changed (409), LastAdministrator (409)
    ├── Invalid (422)         InvalidAmount, InvalidCurrency, NoRate, InvalidText
    ├── TooManyRequests (429)
    ├── GatewayRefused (502), GatewayUnavailable (503), Busy (503)
    └── CurrencyMismatch, Unbalanced, Quarantined (500): a mistake of ours, or data that disagree

An error knows its sentence and its HTTP status, so that no view translates one into the other.
The sentences of the classes need no values; whoever raises one may give a better sentence.
"""

from __future__ import annotations

from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark a message for translation where no language is known yet."""
    return message


class FundtrackerError(Exception):
    """The root: a translatable sentence, the values in it, a status and perhaps a form field."""

    status: ClassVar[int] = 500
    message: str = N_("Something went wrong on our side. Please try again in a moment.")
    field: str | None = None

    def __init__(
        self, message: str | None = None, /, *, field: str | None = None, **values: object
    ) -> None:
        """Take the class's own sentence and field unless others are given."""
        super().__init__()
        self.message = message or self.message
        self.field = field or self.field
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values


class NotSignedIn(FundtrackerError):
    """Nobody is signed in, or not far enough for this."""

    status = 401
    message = N_("Please sign in first. Nothing was changed.")


class NotProved(NotSignedIn):
    """Somebody is signed in, and has not shown the second factor, or not just now."""

    message = N_(
        "Please show your second factor again: go back, load the page anew, and send it once more."
        " Nothing was changed."
    )


class NotAllowed(FundtrackerError):
    """Somebody is signed in whose role does not include this."""

    status = 403
    message = N_("Your role does not include this. Nothing was changed.")


class NotFound(FundtrackerError):
    """There is nothing of that name, or nothing that this person may know of."""

    status = 404
    message = N_("There is nothing at this address.")


class UnknownFund(NotFound):
    """No such fund, or one that is still a draft."""

    message = N_("There is no fund at this address.")


class UnknownSection(NotFound):
    """The fund has no such section."""

    message = N_("This fund has no such section. Please choose one from the list.")
    field = "section"


class UnknownDonation(NotFound):
    """No donation belongs to that session."""

    message = N_("We know of no gift at this address.")


class UnknownPledge(NotFound):
    """No pledge at that address, or none that this person may know of."""

    message = N_("We know of no pledge at this address.")


class UnknownAllocation(NotFound):
    """No part of a donation at that address that pays a pledge."""

    message = N_("There is no such part of a gift.")


class DeadLink(NotFound):
    """A link that was sent to somebody, and opens nothing any more, or never did."""

    message = N_(
        "This link does not work any more: it was used, a newer one was sent, or it is too old."
        " Please ask for another one."
    )


class NotNow(FundtrackerError):
    """The fund is there, but takes no gifts at this moment."""

    status = 409
    message = N_("This fund takes no gifts at the moment.")


class FundPaused(NotNow):
    """Somebody has paused the fund; it may go on."""

    message = N_("This fund is paused. You have not been charged. Please try again later.")


class FundClosed(NotNow):
    """The collection is over."""

    message = N_("This fund is closed and takes no more gifts. You have not been charged.")


class FundNotYetOpen(NotNow):
    """The collection has not begun."""

    message = N_("This fund is not open yet. You have not been charged.")


class LastAdministrator(FundtrackerError):
    """Without this person nobody could let anybody in."""

    status = 409
    message = N_(
        "This is the last administrator who can sign in. Nothing was changed:"
        " make somebody else an administrator first, who has to have signed in."
    )


class Changed(FundtrackerError):
    """What a form was made from is not what is there any more."""

    status = 409
    message = N_(
        "Somebody else has changed this while you were writing. Nothing was saved, and what you"
        " typed is still here. Compare, and save again if it should be so."
    )


class Invalid(FundtrackerError):
    """What was typed cannot be taken; `field` names the form field."""

    status = 422
    message = N_("This entry cannot be read. Please check it.")


class InvalidAmount(Invalid):
    """The amount cannot be read, or is outside the limits."""

    message = N_("Enter an amount, for example 25 or 25.50.")
    field = "amount"


class InvalidCurrency(Invalid):
    """Not a currency in which gifts can be charged."""

    message = N_("Gifts in that currency are not possible. Please choose another one.")
    field = "currency"


class NoRate(Invalid):
    """The fund's rate table has no rate for the currency; never silently 1."""

    message = N_("This fund has no exchange rate for that currency. Please choose another one.")
    field = "currency"


class InvalidText(Invalid):
    """A name or message that is too long or carries characters that deceive the eye."""

    message = N_("This text cannot be taken. Please write it in another way.")


class TooManyRequests(FundtrackerError):
    """The same person or address asks too often."""

    status = 429
    message = N_("That was too many tries in a short time. Please wait a minute and try again.")


class GatewayRefused(FundtrackerError):
    """The payment provider understood us and said no."""

    status = 502
    message = N_("The payment provider refused this payment. You have not been charged.")


class GatewayUnavailable(FundtrackerError):
    """The payment provider cannot be reached or does not answer in time."""

    status = 503
    message = N_(
        "The payment provider cannot be reached. You have not been charged."
        " Please try again in a minute."
    )


class Busy(FundtrackerError):
    """We are overloaded; trying again soon helps."""

    status = 503
    message = N_(
        "Many people are giving at this moment. You have not been charged."
        " Please try again in a few seconds."
    )


class CurrencyMismatch(FundtrackerError):
    """Amounts of different currencies were about to be added or compared."""

    message = N_("These amounts are in different currencies.")


class Unbalanced(FundtrackerError):
    """A journal's entries do not sum to zero in each currency."""

    message = N_("The entries of this journal do not balance.")


class Quarantined(FundtrackerError):
    """Facts contradict what is known; the row is set aside and totals stay as they are."""

    message = N_("This contradicts what is already known.")
