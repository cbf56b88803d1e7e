"""Placements from a CSV file: a case is taken whole, or refused with the line that is wrong."""

from dataclasses import replace

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from casetracker import clock, law, sent_files
from casetracker.csvin.placements import COLUMNS, Read, read_placements, refused_whole
from casetracker.csvin.refusals import FileRefused, Refusal
from casetracker.csvin.table import Row
from casetracker.forms import add_error
from casetracker.journeys.sen2.forms import UploadForm
from casetracker.journeys.sen2.views import bp
from casetracker.permissions import requires
from casetracker.queries import cases, directory
from casetracker.roles import Permission
from casetracker.services.returns import details
from casetracker.transactions import commits


@bp.route("/placements", methods=["GET", "POST"])
@requires(Permission.MAKE_RETURN)
@commits
def upload() -> ResponseReturnValue:
    """Take placements from a file, in place of those that its cases have."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            with sent_files.set_down(form.file.data) as path:
                found = read_placements(path, today=clock.today())
        except FileRefused as refused:
            add_error(form.file, sent_files.in_words(refused, [form.file.data]))
        else:
            return render_template("sen2/uploaded.html", found=found, taken=_take(found))
    return render_template("sen2/upload.html", form=form, columns=COLUMNS)


def _take(found: Read) -> int:
    """Enter the placements of each case, and return how many rows were taken."""
    ids = details.case_ids(found.cases)
    taken = 0
    for reference, case in found.cases.items():
        if reference not in ids:
            found.refusals += [_unknown(row) for row in case.rows]
            continue
        kept, its = details.kept_of(ids[reference]), cases.one(ids[reference])
        refused = refused_whole(case.rows, details.faults_beside(its, kept, case.placed))
        if refused:
            found.refusals += refused
            continue
        details.enter(
            case_id=its.id,
            entered=replace(kept, placements=case.placed),
            by=current_user,
            today=clock.today(),
            at=clock.now(),
            reading=law.reading(),
        )
        taken += len(case.rows)
    found.refusals.sort(key=lambda refusal: refusal.line)
    if not directory.has_register():
        found.notes.append(details.NOT_LOOKED_UP)
    return taken


def _unknown(row: Row) -> Refusal:
    return row.refused("case_reference", "no case has this reference")
