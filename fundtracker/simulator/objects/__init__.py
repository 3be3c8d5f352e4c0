"""Stripe's objects as JSON: every function here makes one, and knows nothing of storage."""
