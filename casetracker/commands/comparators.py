"""`casetracker import comparators`: the DfE's published figures, from the files of a release."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from casetracker import clock
from casetracker.commands.faults import CannotRead
from casetracker.csvin.refusals import FileRefused
from casetracker.plurals import counted
from casetracker.services import comparators as keeping
from casetracker.services.comparators import BroughtIn
from casetracker.transactions import unit_of_work

SHOWN = 20


@click.command("comparators")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--release",
    type=click.IntRange(2014, 2100),
    help="The year they were published in. Left out: the year after the last that a file covers.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@with_appcontext
def comparators(files: tuple[Path, ...], release: int | None, as_json: bool) -> None:
    """Bring in published figures: each FILE is one of the DfE's release "Education, health and care plans"."""
    done = []
    for file in files:
        try:
            with unit_of_work():
                done.append(keeping.bring_in(file, at=clock.now(), release=release))
        except FileRefused as refused:
            raise CannotRead(str(refused)) from None
    if as_json:
        click.echo(json.dumps([_figures(one) for one in done]))
        return
    for one in done:
        _print(one)


def _figures(one: BroughtIn) -> dict[str, Any]:
    return {
        "file": one.name,
        "table": one.table,
        "release": one.release,
        "years": list(one.years),
        "already": one.already,
        "areas": one.areas,
        "figures": one.figures,
        "restated": one.restated,
        "refused": len(one.refusals),
        "left_out": dict(one.left_out),
        "questions": list(one.questions),
    }


def _print(one: BroughtIn) -> None:
    years = f"{one.years[0]} to {one.years[-1]}" if len(one.years) > 1 else str(one.years[0])
    click.echo(f"{one.name}: {one.table}, {years}, release of {one.release}")
    if one.already:
        click.echo("  This very file is there already: nothing was stored.")
    figures, areas = counted(one.figures, "figure"), counted(one.areas, "area")
    click.echo(
        f"  {figures} of {areas}; {one.restated:,} {'restates' if one.restated == 1 else 'restate'} an earlier file"
    )
    for note in one.notes:
        click.echo(f"  note: {note}")
    for why, number in one.left_out.most_common():
        click.echo(f"  left out: {counted(number, 'row')} {why}")
    _print_some("to ask about", list(one.questions))
    _print_some("refused", [f"line {r.line}, {r.column}: {r.rule} ({r.value})" for r in one.refusals])


def _print_some(words: str, lines: list[str]) -> None:
    for line in lines[:SHOWN]:
        click.echo(f"  {words}: {line}")
    if len(lines) > SHOWN:
        click.echo(f"  … and {len(lines) - SHOWN:,} more")
