"""Tables and the queries that read them, one file per aggregate."""
