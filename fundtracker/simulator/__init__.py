"""A Stripe look-alike to click through: its own app and storage, importing nothing of ours."""
