"""Handing over files that came with advice, from an edge: as attachments only, and only once they may be released."""

from pathlib import Path

from flask import Response, abort, current_app, send_file

from casetracker.adapters.files import Store
from casetracker.models import AdviceFile
from casetracker.services import advice_files


def store() -> Store:
    """Return where the files of advice are kept."""
    return Store(Path(current_app.config["DATA_FOLDER"]) / "advice-files")


def may_release(file: AdviceFile) -> bool:
    """Return whether a file may be opened by anybody yet."""
    return advice_files.may_release(file, production=current_app.config["ENVIRONMENT"] == "production")


def send_attachment(file: AdviceFile) -> Response:
    """Answer with a file, to be saved and not shown; 404 while it may not be released, or is no longer there."""
    path = store().path(file.stored_as)
    if not may_release(file) or not path.is_file():
        abort(404)
    answer = send_file(path, mimetype=file.media_type, as_attachment=True, download_name=file.name, max_age=0)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
