"""A report as issued, as the PDF and the workbook want it. Pure."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from casetracker.board.rating import RULE, TRAVEL_RULE
from casetracker.exports import Sheet
from casetracker.highlights.contents import Contents
from casetracker.highlights.draft import LEVELS, day_of
from casetracker.london import LONDON

COLOURS = {"green": "green", "amber": "yellow", "red": "red"}


def issued_words(contents: Contents) -> str:
    """Return when a report was issued, in words."""
    local = datetime.fromisoformat(contents.issued).astimezone(LONDON)
    return f"{local:%-d %B %Y}"


def day_words(text: str) -> str:
    """Return a day that was kept as text, in words."""
    return f"{date.fromisoformat(text):%-d %B %Y}" if text else ""


def for_pdf(contents: Contents, sha256: str) -> dict[str, Any]:
    """Return what the PDF is made of."""
    data = asdict(contents)
    return {
        **data,
        "themes": [{"name": name, "rows": [asdict(row) for row in rows]} for name, rows in contents.themes.items()],
        "actions": [{**asdict(action), "by_words": day_words(action.by)} for action in contents.actions],
        "risks": [{**asdict(risk), "level_words": LEVELS.get(risk.level, "")} for risk in contents.risks],
        "issued_words": issued_words(contents),
        "rule": RULE,
        "travel_rule": TRAVEL_RULE,
        "sha256": sha256,
    }


def sheets(contents: Contents, sha256: str) -> Iterator[Sheet]:
    """Yield the sheets of the workbook: of actions, risks and restated figures where there are any, as in the PDF."""
    about = [
        ("Report", contents.number),
        ("Version", contents.version),
        ("Month", contents.month),
        ("Issued", issued_words(contents)),
        ("By", contents.issued_by),
        ("Why again", contents.reason),
        ("Summary", contents.summary),
        ("Progress", contents.progress),
        ("Challenges", contents.challenges),
        ("Rating", RULE),
        ("Direction of travel", TRAVEL_RULE),
        ("Small numbers", "A number of fewer than 6 children, or one that would give such a number away, is hidden"),
        ("Checksum", sha256),
    ]
    yield Sheet("About", ("What", ""), about, widths=(20, 90))
    header = (
        "Theme", "Indicator", "Of", "Figure", "In words", "Top", "Bottom", "Baseline", "Target", "Direction of travel",
        "Rating", "England", "Commentary", "Owner", "Owner’s note", "Definition", "Source",
    )  # fmt: skip
    rows = [
        (
            row.theme, row.name, row.period, row.value, row.shown, row.numerator, row.denominator, row.baseline,
            row.target, row.travel, row.rating, row.england, row.commentary, row.owner, row.note,
            f"{row.key}, {row.version}", row.source,
        )
        for row in contents.rows
    ]  # fmt: skip
    yield Sheet("Indicators", header, rows, widths=(30, 45, 24, 10, 22, 8, 8, 22, 40, 16, 24, 16, 60))
    actions = [(action.what, action.who, day_of(action)) for action in contents.actions]
    if actions:
        yield Sheet("Actions", ("What", "Who", "By when"), actions, widths=(70, 30, 16))
    risks = [(risk.risk, LEVELS.get(risk.level, ""), risk.doing) for risk in contents.risks]
    if risks:
        yield Sheet("Risks", ("Risk", "How grave", "What is done about it"), risks, widths=(60, 12, 60))
    restated = [(one.name, one.before, one.after) for one in contents.restated]
    if restated:
        yield Sheet("Restated", ("Indicator", "Version before", "This version"), restated, widths=(50, 24, 24))
