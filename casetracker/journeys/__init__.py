"""The journeys: one blueprint for each thing a person comes to do."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every journey."""
    from casetracker.journeys import (
        account,
        alerts,
        caseload,
        cases,
        imports,
        jobs,
        overview,
        requests,
        timeliness,
    )

    for journey in (account, alerts, caseload, cases, imports, jobs, overview, requests, timeliness):
        app.register_blueprint(journey.bp)
