"""The languages of our readers: sentences, and money and days as each writes them."""
