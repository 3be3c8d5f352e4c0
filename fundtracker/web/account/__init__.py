"""Signing in: who of the staff is there, and by what they prove it."""
