"""The forms that come with the tracker."""

import json
from functools import cache
from pathlib import Path

from casetracker.agreed_forms.definition import Form

FOLDER = Path(__file__).parent / "shipped"


@cache
def shipped() -> tuple[Form, ...]:
    """Return every form that comes with the tracker, in the order of the paragraphs of reg 6."""
    files = sorted(FOLDER.glob("*.json"))
    return tuple(Form.from_data(json.loads(file.read_text(encoding="utf-8"))) for file in files)
