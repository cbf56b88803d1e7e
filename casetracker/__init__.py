"""casetracker: EHC needs assessments, from the request to the final plan."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

ROOT = Path(__file__).resolve().parent.parent


def create_app(config: Mapping[str, Any]) -> Flask:
    """Build the application: settings, extensions, guards, journeys. Nothing else happens here."""
    from casetracker import database, errors, journeys, pages, security
    from casetracker.extensions import csrf, db, migrate
    from casetracker.journeys import account

    app = Flask(__name__, template_folder=str(ROOT / "templates"))
    app.config.from_mapping(config)
    db.init_app(app)
    database.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    account.init_app(app)
    security.init_app(app)  # the guard comes before the CSRF check: a session that has ended is said to have ended
    csrf.init_app(app)
    errors.init_app(app)
    pages.init_app(app)
    journeys.init_app(app)
    return app
