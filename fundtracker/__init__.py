"""Fundtracker: donations in, pledges kept, one running total that is never wrong."""
