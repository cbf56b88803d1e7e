"""`casetracker ...`: thin commands over the same services and queries that the pages use."""

from typing import Any

import click
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.engine import make_url

import config
from casetracker import create_app
from casetracker.commands import (
    accounts,
    board,
    comparators,
    demo,
    digest,
    directory,
    faults,
    forecast,
    forms,
    imports,
    mail,
    outlook,
    run,
    sen2,
    sweep,
    timeliness,
    timetable,
    tokens,
    verify,
)


def make_app(**_options: Any) -> Flask:
    """Build the application from the environment, or say in a line or two why it cannot start."""
    try:
        return create_app(config.load())
    except config.ConfigurationError as refusal:
        raise click.ClickException("\n".join(refusal.problems)) from None


class Commands(FlaskGroup):
    """The commands, each of which says in one line that the database will not do."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except faults.FAULTS as fault:
            address = make_url(config.load()["SQLALCHEMY_DATABASE_URI"])
            raise faults.in_words(fault, database=address.render_as_string(hide_password=True)) from None


@click.group(cls=Commands, create_app=make_app, add_default_commands=False, add_version_option=False)
def main() -> None:
    """Follow EHC needs assessments from the request to the final plan."""


imports.import_.add_command(comparators.comparators)
for command in (
    accounts.users,
    board.board,
    demo.demo,
    digest.digest,
    directory.directory,
    forecast.forecast,
    forms.forms,
    imports.import_,
    mail.chase,
    mail.mail,
    outlook.outlook,
    run.run,
    sen2.sen2,
    sweep.sweep,
    timeliness.timeliness,
    timetable.timetable,
    tokens.tokens,
    verify.verify,
):
    main.add_command(command)
