"""The ledger's seal: triggers by which the database itself refuses every change of it.

Entries go in first, the header last; its trigger checks that the entries balance, and from then
on nothing can be added.
"""

from __future__ import annotations

from fundtracker.store.seal import Seal

# On SQLite, INSERT OR REPLACE deletes without delete triggers unless recursive_triggers is on,
# which a connection of somebody else's need not have: so inserting over a row is refused as well.
# A header's own number is known only after it was inserted. Any column takes any type there, and
# a word sums to zero.
_SQLITE = {
    "entry_no_update": """BEFORE UPDATE ON entry BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: entries are never updated'); END""",
    "entry_no_delete": """BEFORE DELETE ON entry BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: entries are never deleted'); END""",
    "entry_no_replace": """BEFORE INSERT ON entry
        WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.id) BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: entries are never replaced'); END""",
    "entry_not_late": """BEFORE INSERT ON entry
        WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.journal_id) BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: this journal has its header'); END""",
    "journal_no_update": """BEFORE UPDATE ON journal BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: journals are never updated'); END""",
    "journal_no_delete": """BEFORE DELETE ON journal BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: journals are never deleted'); END""",
    "journal_no_replace": """BEFORE INSERT ON journal
        WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id OR (account = NEW.account
            AND source = NEW.source AND kind = NEW.kind)
            OR (kind = 'gift' AND NEW.kind = 'gift' AND donation_id = NEW.donation_id)) BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: this fact is booked'); END""",
    "journal_balances": """AFTER INSERT ON journal
        WHEN NOT EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id)
            OR EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id
                AND (typeof(amount) <> 'integer' OR typeof(base) NOT IN ('integer', 'null')))
            OR EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id
                GROUP BY currency HAVING sum(amount) <> 0) BEGIN
        SELECT RAISE(ABORT, 'a journal must balance to zero in each currency'); END""",
}

_POSTGRESQL_FUNCTIONS = {
    "ledger_sealed": """BEGIN
        RAISE EXCEPTION 'the ledger is sealed: % of % is refused', TG_OP, TG_TABLE_NAME; END""",
    "ledger_entry_not_late": """BEGIN
        IF EXISTS (SELECT 1 FROM journal WHERE id = NEW.journal_id) THEN
            RAISE EXCEPTION 'the ledger is sealed: this journal has its header';
        END IF;
        RETURN NEW; END""",
    "ledger_journal_balances": """BEGIN
        IF NOT EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id)
            OR EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id
                GROUP BY currency HAVING sum(amount) <> 0) THEN
            RAISE EXCEPTION 'a journal must balance to zero in each currency';
        END IF;
        RETURN NEW; END""",
}
_POSTGRESQL = {
    "entry_sealed": ("BEFORE UPDATE OR DELETE ON entry FOR EACH ROW", "ledger_sealed"),
    "entry_not_truncated": ("BEFORE TRUNCATE ON entry FOR EACH STATEMENT", "ledger_sealed"),
    "entry_not_late": ("BEFORE INSERT ON entry FOR EACH ROW", "ledger_entry_not_late"),
    "journal_sealed": ("BEFORE UPDATE OR DELETE ON journal FOR EACH ROW", "ledger_sealed"),
    "journal_not_truncated": ("BEFORE TRUNCATE ON journal FOR EACH STATEMENT", "ledger_sealed"),
    "journal_balances": ("BEFORE INSERT ON journal FOR EACH ROW", "ledger_journal_balances"),
}

LEDGER = Seal(("entry", "journal"), _SQLITE, _POSTGRESQL_FUNCTIONS, _POSTGRESQL)
