"""What the server serves: `gunicorn wsgi:app`, `flask --app wsgi`."""

from __future__ import annotations

import sys

from config import ConfigError, Settings
from fundtracker.app import create_app

try:
    app = create_app(Settings.from_env())
except ConfigError as error:
    sys.exit(f"Fundtracker does not start: {error}")
