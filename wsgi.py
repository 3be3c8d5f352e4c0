"""What the server serves: `gunicorn wsgi:app`, `flask --app wsgi`."""

from __future__ import annotations

import os
import sys

from config import ConfigError, Settings
from fundtracker.app import create_app

# What the app writes is for its own account alone, whatever folder it was given to write in.
os.umask(0o077)

try:
    app = create_app(Settings.from_env())
except ConfigError as error:
    sys.exit(f"Fundtracker does not start: {error}")
