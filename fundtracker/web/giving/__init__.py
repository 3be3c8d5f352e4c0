"""Donors: the progress page, the form, thanks and cancelled."""
