"""The hall: one number, one bar, never an error page."""
