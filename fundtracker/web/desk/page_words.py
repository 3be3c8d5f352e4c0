"""The sentences of the desk's scripts, each once; the scripts fill in their values."""

from __future__ import annotations

from flask_babel import gettext

from fundtracker.domain.errors import N_

WORDS = {
    # The state of the line to the server.
    "connected": N_("connected, %(number)s waiting"),
    "cut": N_("no connection, %(number)s waiting"),
    "following": N_("another tab sends, %(number)s waiting"),
    "stopped": N_("%(sentence)s %(number)s waiting"),
    "signed_out": N_("Signed out, %(number)s waiting."),
    "told_connected": N_("Connected."),
    "told_cut": N_("No connection. What you type is kept here and sent later."),
    "told_following": N_("Another tab of this desk sends what you type here."),
    "told_stopped": N_("%(sentence)s What you type is kept here."),
    "told_signed_out": N_("You are signed out. What you type is kept here."),
    "not_kept": N_("This browser keeps nothing, so no line is taken. Allow it to store data."),
    "full": N_("This browser has no room left for more lines. Wait until some are sent."),
    "elsewhere": N_(
        "Lines that were typed for something else wait on this computer (%(number)s): by another"
        " teller, for a rehearsal, or before the fund was started for real. They are not sent from"
        " here."
    ),
    "away_really": N_("Press once more, and what waits (%(number)s) is gone."),
    "undo_unbooked": N_("The line that this was about was not taken. Look at it first."),
    "told_aside": N_("The server could not take a line, which waits aside: %(line)s"),
    "aside": N_("It is kept here, and the others go on. Waiting aside: %(number)s."),
    "aside_really": N_("Press 3 once more, and the line is gone."),
    # The line before it is sent.
    "unread": N_("Not connected: the line is read as soon as it can be sent."),
    "people_times": N_("%(people)s people × %(each)s"),
    "parts_times": N_("%(parts)s parts of %(each)s"),
    "about": N_("≈ %(amount)s"),
    "promise": N_("promise"),
    "by_cash": N_("cash"),
    "by_bank": N_("by bank"),
    "by_card": N_("by card"),
    "by_cheque": N_("by cheque"),
    "nobody": N_("not named"),
    "prepared": N_("what was written down beforehand"),
    "will_park": N_("parked, not counted"),
    "will_wait": N_("counts after a second person"),
    "to_choose": N_("Enter, then choose:"),
    "mends": N_("mends line %(number)s"),
    "mends_own": N_("mends a line that came back"),
    # Letters of the sources, beside their colours.
    "letter_promise": N_("P"),
    "letter_cash": N_("C"),
    "letter_bank": N_("B"),
    "letter_card": N_("K"),
    "letter_cheque": N_("Q"),
    # The lines.
    "people_each": N_("%(people)s × %(each)s"),
    "in_parts": N_("in %(parts)s parts"),
    "same_as": N_("= %(number)s?"),
    "announced": N_("announced %(amount)s"),
    "matched": N_("the same as line %(number)s"),
    "replaced_by": N_("now line %(number)s"),
    "late": N_("came late"),
    "badge": N_("#%(badge)s"),
    "checked": N_("✓ %(initials)s"),
    "to_check": N_("○ to check"),
    "double": N_("! double?"),
    "second": N_("◐ second"),
    "parked": N_("~ parked"),
    "taken_back": N_("↶ taken back"),
    "withdrawn": N_("↶ withdrawn"),
    "by_treasury": N_("withdrawn by the treasury"),
    "gone": N_("by the treasury"),
    "left": N_("treasury: %(people)s of %(all)s left"),
    "left_amount": N_("treasury: was %(amount)s"),
    "doubt": N_("? doubted"),
    "undo_asked": N_("↶ take back?"),
    "blind": N_("▪ typed blind"),
    "by_teller": N_("by %(initials)s"),
    "waiting": N_("… waiting"),
    "came_back": N_("! came back"),
    "not_taken": N_("! not taken"),
    # What is told once, to those who listen.
    "counted": N_("Line %(number)s: %(name)s, %(amount)s."),
    "counted_bare": N_("Line %(number)s: %(line)s"),
    "done": N_("Done: %(line)s"),
    "back": N_("A line came back: %(sentence)s"),
    "parked_late": N_("Line %(number)s is parked: %(sentence)s"),
    # Beside the lines.
    "hall_live": N_("The hall sees"),
    "hall_held": N_("The hall sees (held since %(time)s)"),
    "hall_blank": N_("The hall sees nothing (blank)"),
    "hall_reveal": N_("The hall sees the number being revealed"),
    "teller": N_("%(name)s, %(number)s waiting"),
    "teller_gone": N_("%(name)s, not heard"),
    "teller_here": N_("here"),
    "teller_away": N_("away"),
    "not_called": N_("Not yet called (%(number)s)"),
    "level": N_("level %(amount)s"),
    "no_level": N_("no level"),
    "default_section": N_("default currency: section’s"),
    "default_fund": N_("default currency: %(code)s"),
    # Many lines at once.
    "paste_more": N_("At most %(most)s lines at once; the others were not taken."),
    "paste_good": N_("good"),
    "paste_question": N_("asks"),
    "paste_refusal": N_("no"),
    "paste_unread": N_("not read"),
    "paste_sum": N_("Enter sends %(good)s, and parks %(others)s. Esc sends none."),
    "paste_reading": N_("Reading …"),
    # The one who checks.
    "check_batch": N_("All %(number)s together: %(amount)s"),
    "check_left": N_("%(number)s to check"),
    "check_done": N_("Confirmed: %(numbers)s."),
    "check_doubted": N_("Doubted: %(numbers)s."),
    "check_broken": N_("Not confirmed: the server could not do it. Try again, or tell the office."),
    "check_failed": N_("Not confirmed: the connection is gone. It is tried again."),
    "check_was": N_("You saw %(before)s. It is now %(after)s."),
    "taken_back_now": N_("taken back"),
    "mine_instead": N_("1 applies yours to line %(number)s, which stands instead of it."),
    "mine_anew": N_("1 books yours anew."),
}


def page_words() -> dict[str, str]:
    """All of them in the reader's language."""
    return {key: str(gettext(message)) for key, message in WORDS.items()}
