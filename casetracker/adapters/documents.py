"""Documents made for printing and keeping: tagged PDF, by typst."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typst

_TEMPLATES = Path(__file__).parent / "typst"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and its answer, a line to a paragraph."""

    question: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a form as it was filled in."""

    title: str
    answers: Sequence[Answered]


def advice_pdf(*, title: str, reference: str, initials: str, council: str, given: str, parts: Sequence[Part]) -> bytes:
    """
    Return advice as a PDF that a screen reader can follow (PDF/UA-1).

    What people wrote is handed over as data: nothing in it is read as an instruction.
    """
    data = {
        "title": title,
        "reference": reference,
        "initials": initials,
        "council": council,
        "given": given,
        "parts": [asdict(part) for part in parts],
    }
    return _compiled("advice.typ", data)


def highlight_pdf(contents: Mapping[str, Any]) -> bytes:
    """Return a highlight report, as `highlights.contents` keeps it, as a PDF that a screen reader can follow."""
    return _compiled("highlight.typ", contents)


def _compiled(template: str, data: Mapping[str, Any]) -> bytes:
    """Return a document of a template; `data` is handed over as data, and nothing in it is read as an instruction."""
    made = typst.compile(
        str(_TEMPLATES / template),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
    )
    if not isinstance(made, bytes):
        raise TypeError("typst made several files of one document")
    return made
