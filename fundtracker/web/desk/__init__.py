"""The desk of the tellers: what is called in the hall is typed, checked and counted here."""
