"""Use cases, one verb per file; the only callers of a unit of work."""
