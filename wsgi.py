"""What a WSGI server runs: `gunicorn wsgi:app`."""

import sys

from werkzeug.middleware.proxy_fix import ProxyFix

import config
from casetracker import create_app, startup

try:
    app = create_app(config.load())
    problems = startup.problems(app)
except config.ConfigurationError as refusal:
    problems = list(refusal.problems)
if problems:
    sys.exit("\n".join(f"casetracker cannot start: {problem}" for problem in problems))

proxies = app.config["PROXIES_IN_FRONT"]
if proxies:
    # Only as many addresses are believed as there are proxies: the rest of the header is whatever the caller wrote.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
