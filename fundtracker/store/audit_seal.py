"""The audit log's seal: entries are added at the end, and private details erased; nothing else."""

from __future__ import annotations

from fundtracker.domain.chain import GENESIS
from fundtracker.store.seal import Seal

# All but `private`, which may become NULL.
_KEPT = (
    "number",
    "at",
    "actor",
    "action",
    "subject",
    "fund_id",
    "section_id",
    "facts",
    "commitment",
    "previous",
    "digest",
)
_SAME = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in _KEPT)
# The next entry has the next number, so that none is put over another, and names the last digest.
_LAST_NUMBER = "coalesce((SELECT max(number) FROM audit), 0)"
_LAST = f"SELECT digest FROM audit WHERE number = {_LAST_NUMBER}"  # noqa: S608 - our own words
_LAST_DIGEST = f"coalesce(({_LAST}), '{GENESIS}')"

_SQLITE = {
    "audit_no_update": f"""BEFORE UPDATE ON audit
        WHEN NOT (NEW.private IS NULL AND {_SAME}) BEGIN
        SELECT RAISE(ABORT, 'the audit log is sealed: entries are never updated'); END""",
    "audit_no_delete": """BEFORE DELETE ON audit BEGIN
        SELECT RAISE(ABORT, 'the audit log is sealed: entries are never deleted'); END""",
    "audit_follows": f"""BEFORE INSERT ON audit
        WHEN NEW.number IS NOT {_LAST_NUMBER} + 1 OR NEW.previous IS NOT {_LAST_DIGEST} BEGIN
        SELECT RAISE(ABORT, 'the audit log is sealed: an entry follows the last one'); END""",
}

_POSTGRESQL_FUNCTIONS = {
    "audit_sealed": """BEGIN
        IF TG_OP = 'UPDATE' THEN
            OLD.private := NULL;
            IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF;
        END IF;
        RAISE EXCEPTION 'the audit log is sealed: % is refused', TG_OP; END""",
    "audit_follows": f"""BEGIN
        IF NEW.number IS DISTINCT FROM {_LAST_NUMBER} + 1
            OR NEW.previous IS DISTINCT FROM {_LAST_DIGEST} THEN
            RAISE EXCEPTION 'the audit log is sealed: an entry follows the last one';
        END IF;
        RETURN NEW; END""",
}
_POSTGRESQL = {
    "audit_sealed": ("BEFORE UPDATE OR DELETE ON audit FOR EACH ROW", "audit_sealed"),
    "audit_not_truncated": ("BEFORE TRUNCATE ON audit FOR EACH STATEMENT", "audit_sealed"),
    "audit_follows": ("BEFORE INSERT ON audit FOR EACH ROW", "audit_follows"),
}

AUDIT = Seal(("audit",), _SQLITE, _POSTGRESQL_FUNCTIONS, _POSTGRESQL)
