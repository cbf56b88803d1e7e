"""The journeys: one blueprint for each thing a person comes to do."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every journey."""
    from casetracker.journeys import (
        account,
        advice,
        advice_figures,
        agreed_forms,
        ahead,
        alerts,
        api,
        board,
        caseload,
        cases,
        comparators,
        digests,
        directory,
        forecast,
        form_reviews,
        giving,
        imports,
        jobs,
        links,
        mail,
        measures,
        overview,
        performance,
        programs,
        reports,
        requests,
        sen2,
        timeliness,
    )

    for journey in (
        account,
        advice,
        advice_figures,
        agreed_forms,
        ahead,
        alerts,
        api,
        board,
        caseload,
        cases,
        comparators,
        digests,
        directory,
        forecast,
        form_reviews,
        giving,
        imports,
        jobs,
        links,
        mail,
        measures,
        overview,
        performance,
        programs,
        reports,
        requests,
        sen2,
        timeliness,
    ):
        app.register_blueprint(journey.bp)
