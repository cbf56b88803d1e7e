"""`casetracker sen2`: making, checking and comparing SEN2 returns. Exit code 0 is fine, 1 not right, 2 not readable."""

import click

from casetracker.commands.sen2.files import diff, validate
from casetracker.commands.sen2.making import build, export


@click.group()
def sen2() -> None:
    """Make, check and compare SEN2 person-level returns."""


for command in (build, diff, export, validate):
    sen2.add_command(command)
