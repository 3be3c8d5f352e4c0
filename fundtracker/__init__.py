"""Fundtracker: donations in, pledges kept, one running total that is never wrong."""

# Part of every ETag: a release may change what a snapshot of the same version looks like.
__version__ = "0.1.0"
