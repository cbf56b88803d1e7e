"""`casetracker directory`: the register of settings, services and closures, from files."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from casetracker import clock
from casetracker.commands.faults import CannotRead
from casetracker.csvin.closures import read_closures
from casetracker.csvin.refusals import FileRefused, Refusal
from casetracker.services import closures as closing
from casetracker.services import directory as keeping
from casetracker.transactions import unit_of_work

SHOWN = 20
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")


@click.group()
def directory() -> None:
    """The directory of settings and services."""


@directory.command("import-register")
@FILE
@click.option(
    "--authority", "authorities", multiple=True, help="Only settings of this authority (its code); repeatable."
)
@AS_JSON
@with_appcontext
def import_register(file: Path, authorities: tuple[str, ...], as_json: bool) -> None:
    """Bring settings up to date from the DfE's file of all establishments (Get Information About Schools)."""
    try:
        with unit_of_work():
            counts = keeping.import_register(file, on=clock.today(), authorities=frozenset(authorities))
    except FileRefused as refused:
        raise CannotRead(str(refused)) from None
    _print(counts, as_json=as_json)


@directory.command("import-services")
@FILE
@AS_JSON
@with_appcontext
def import_services(file: Path, as_json: bool) -> None:
    """Bring in services and their mailboxes from a CSV file."""
    try:
        with unit_of_work():
            counts = keeping.import_services(file)
    except FileRefused as refused:
        raise CannotRead(str(refused)) from None
    _print(counts, as_json=as_json)


@directory.command("import-closures")
@FILE
@click.option("--urn", default="", help="Only for the setting with this URN.")
@with_appcontext
def import_closures(file: Path, urn: str) -> None:
    """Bring in term dates or closures from a CSV file or a calendar (.ics)."""
    try:
        with unit_of_work():
            stored = closing.store(read_closures(file), source=file.name, urn=urn)
    except FileRefused as refused:
        raise CannotRead(str(refused)) from None
    click.echo(f"{stored.new} new, {stored.already} there already, {len(stored.refusals)} refused")
    _print_refused(stored.refusals)


def _print(counts: keeping.Counts, *, as_json: bool) -> None:
    figures = {
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "left_out": counts.left_out,
        "refused": len(counts.refusals),
    }
    if as_json:
        click.echo(json.dumps(figures))
        return
    click.echo(", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in figures.items()))
    _print_refused(counts.refusals)


def _print_refused(refusals: list[Refusal]) -> None:
    for one in refusals[:SHOWN]:
        where = f"line {one.line}" + (f", {one.column}" if one.column else "")
        click.echo(f"  refused: {where}: {one.rule}" + (f" ({one.value})" if one.value else ""))
    if len(refusals) > SHOWN:
        click.echo(f"  … and {len(refusals) - SHOWN:,} more")
