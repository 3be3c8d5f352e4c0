"""Taking money: the gateway, what it tells us, and Stripe behind it."""
