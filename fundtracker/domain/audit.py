"""What the audit log records, in a word for the database and a few for the reader."""

from __future__ import annotations

from enum import StrEnum

from fundtracker.domain.errors import N_


class Action(StrEnum):
    """What somebody did."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SESSIONS_ENDED = "sessions_ended"
    FACTOR_SHOWN = "factor_shown"
    FACTOR_FAILED = "factor_failed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    CODES_MADE = "codes_made"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an act
    LINK_SENT = "link_sent"
    LINK_USED = "link_used"
    STAFF_INVITED = "staff_invited"
    STAFF_CHANGED = "staff_changed"
    STAFF_DISABLED = "staff_disabled"
    STAFF_ENABLED = "staff_enabled"
    GRANT_GIVEN = "grant_given"
    GRANT_TAKEN = "grant_taken"
    FUND_CREATED = "fund_created"
    FUND_CHANGED = "fund_changed"
    TARGET_CHANGED = "target_changed"
    DESK_CHANGED = "desk_changed"
    ANNOUNCEMENT_PREPARED = "announcement_prepared"
    SECTION_CHANGED = "section_changed"
    SECTIONS_IMPORTED = "sections_imported"
    RATES_SET = "rates_set"
    RATES_LOCKED = "rates_locked"
    GIFT_ENTERED = "gift_entered"
    GIFT_REVERSED = "gift_reversed"
    REFUND_ASKED = "refund_asked"
    PLEDGE_MADE = "pledge_made"
    PLEDGE_CONFIRMED = "pledge_confirmed"
    PLEDGE_CHANGED = "pledge_changed"
    PLEDGE_CANCELLED = "pledge_cancelled"
    PLEDGE_WRITTEN_OFF = "pledge_written_off"
    PLEDGE_REOPENED = "pledge_reopened"
    ALLOCATION_PROPOSED = "allocation_proposed"
    ALLOCATED = "allocated"
    ALLOCATION_REVERSED = "allocation_reversed"
    NAMES_READ = "names_read"
    # Recorded only where it was refused.
    PAGE_OPENED = "page_opened"
    EXPORTED = "exported"
    EXPORT_FETCHED = "export_fetched"
    INBOX_RETRIED = "inbox_retried"
    INBOX_ASKED = "inbox_asked"
    INBOX_SET_ASIDE = "inbox_set_aside"
    JOB_RETRIED = "job_retried"
    # Private details of an entry of this log, which stays.
    DETAILS_ERASED = "details_erased"
    # Somebody was told no; the facts say to what.
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The act in words, to be translated."""
        return _LABELS[self]


_LABELS = {
    Action.SIGNED_IN: N_("Signed in"),
    Action.SIGN_IN_FAILED: N_("Could not sign in"),
    Action.SIGNED_OUT: N_("Signed out"),
    Action.SESSIONS_ENDED: N_("Ended sessions"),
    Action.FACTOR_SHOWN: N_("Showed the second factor"),
    Action.FACTOR_FAILED: N_("Could not show the second factor"),
    Action.FACTOR_ADDED: N_("Added a second factor"),
    Action.FACTOR_REMOVED: N_("Removed a second factor"),
    Action.CODES_MADE: N_("Made recovery codes"),
    Action.PASSWORD_CHANGED: N_("Changed the password"),
    Action.LINK_SENT: N_("Was sent a link"),
    Action.LINK_USED: N_("Used a link"),
    Action.STAFF_INVITED: N_("Invited a member of staff"),
    Action.STAFF_CHANGED: N_("Changed a member of staff"),
    Action.STAFF_DISABLED: N_("Closed an account of staff"),
    Action.STAFF_ENABLED: N_("Opened an account of staff again"),
    Action.GRANT_GIVEN: N_("Gave a role"),
    Action.GRANT_TAKEN: N_("Took a role away"),
    Action.FUND_CREATED: N_("Made a fund"),
    Action.FUND_CHANGED: N_("Changed a fund"),
    Action.TARGET_CHANGED: N_("Changed the target"),
    Action.DESK_CHANGED: N_("Changed a desk"),
    Action.ANNOUNCEMENT_PREPARED: N_("Prepared an announcement"),
    Action.SECTION_CHANGED: N_("Changed a section"),
    Action.SECTIONS_IMPORTED: N_("Imported sections"),
    Action.RATES_SET: N_("Set exchange rates"),
    Action.RATES_LOCKED: N_("Locked exchange rates"),
    Action.GIFT_ENTERED: N_("Entered a gift"),
    Action.GIFT_REVERSED: N_("Reversed a gift"),
    Action.REFUND_ASKED: N_("Asked for a refund"),
    Action.PLEDGE_MADE: N_("Entered a pledge"),
    Action.PLEDGE_CONFIRMED: N_("Confirmed a pledge"),
    Action.PLEDGE_CHANGED: N_("Changed a pledge"),
    Action.PLEDGE_CANCELLED: N_("Withdrew a pledge"),
    Action.PLEDGE_WRITTEN_OFF: N_("Wrote a pledge off"),
    Action.PLEDGE_REOPENED: N_("Opened a pledge again"),
    Action.ALLOCATION_PROPOSED: N_("Proposed what a gift pays"),
    Action.ALLOCATED: N_("Let a gift pay a pledge"),
    Action.ALLOCATION_REVERSED: N_("Took back what a gift pays"),
    Action.NAMES_READ: N_("Looked at a name"),
    Action.PAGE_OPENED: N_("Opened a page"),
    Action.EXPORTED: N_("Exported"),
    Action.EXPORT_FETCHED: N_("Fetched an export"),
    Action.INBOX_RETRIED: N_("Let a message of Stripe's be tried again"),
    Action.INBOX_ASKED: N_("Asked Stripe again"),
    Action.INBOX_SET_ASIDE: N_("Set a message of Stripe's aside"),
    Action.JOB_RETRIED: N_("Let a job be tried again"),
    Action.DETAILS_ERASED: N_("Erased private details of this log"),
    Action.REFUSED: N_("Was refused"),
}
