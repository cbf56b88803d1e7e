"""From what is stored to what the page says. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

from casetracker.journeys.cases.choices import in_words
from casetracker.sen2.codes import SEN_TYPES
from casetracker.statute.advice import year_group
from casetracker.statute.entries import Entry
from casetracker.statute.happenings import Happening

_DETAIL_WORDS = {
    "advice_kind": "advice",
    "advice_giver": "giver",
    "why_corrected": "why it was corrected",
    "day_as_given": "day given",
    "until": "last day it applies",
    "paragraph": "exception",
    "why_right": "why the details are right all the same",
    "family_told": "what the family was told",
    "said_by": "said by",
    "adviser_satisfied_on": "giver satisfied",
    "adviser_satisfied_by": "who for the giver",
    "authority_satisfied_on": "authority satisfied",
    "authority_satisfied_by": "who for the authority",
    "family_satisfied_on": "family satisfied",
    "family_satisfied_by": "who of the family",
    "pass_to": "who should be asked",
    "parent_requested": "asked for by the family",
    "late_reason": "why it was late",
    "source": "who asked",
    "met_on": "review meeting",
    "outcome": "what was decided",
}
_REASON = {
    Happening.ADVICE_RETURNED: "what is missing",
    Happening.ADVICE_DELAYED: "why",
    Happening.ADVICE_DECLINED: "why",
    Happening.ADVICE_TAKEN_BACK: "why",
    Happening.CASE_CLOSED: "why",
}
_BEFORE, _AFTER = "_before", "_after"
_NOT_SHOWN = frozenset({"advice_ref"})
"""What joins an entry to a row, and says nothing to a reader."""
_SCHOOL_ENDS_AFTER = 14


def age(born_on: date, on: date) -> int:
    """Return somebody's age in whole years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def year_words(born_on: date, on: date) -> str:
    """Return the school year a child is usually in, in words."""
    year = year_group(born_on=born_on, on=on)
    if year < 0:
        return "before school"
    if year == 0:
        return "reception"
    return f"year {year}" if year <= _SCHOOL_ENDS_AFTER else "over school age"


def told_of_exception_on(entries: Iterable[Entry]) -> list[date]:
    """Return the days on which the family was sent word of an exception."""
    return [
        entry.occurred_on
        for entry in entries
        if entry.happening is Happening.NOTIFICATION_SENT and entry.detail.get("reason") == "exception"
    ]


def needs(primary_need: str, detail: Mapping[str, str]) -> str:
    """Return what is known of a child's needs, in words."""
    named = {code.code: code.label for code in SEN_TYPES}
    known = [named.get(primary_need, primary_need)] if primary_need else []
    known += [f"{sense} impairment" for sense in ("vision", "hearing") if detail.get(sense) == "yes"]
    words = ", ".join(dict.fromkeys(known))
    return words[:1].upper() + words[1:]


def detail_lines(happening: Happening, detail: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return an entry's detail as pairs of words; what was changed as "before → after"."""
    lines = []
    for name, value in detail.items():
        if name.endswith(_BEFORE) or name in _NOT_SHOWN:
            continue
        if name.endswith(_AFTER):
            stem = name.removesuffix(_AFTER)
            before = _shown(happening, stem, detail.get(f"{stem}{_BEFORE}", ""))
            lines.append(
                (
                    _DETAIL_WORDS.get(stem, stem.replace("_", " ")),
                    f"{before or 'not known'} → {_shown(happening, stem, value)}",
                )
            )
        else:
            lines.append((_named(happening, name), _shown(happening, name, value)))
    return lines


def _named(happening: Happening, name: str) -> str:
    if name == "reason":
        return _REASON.get(happening, "outcome or reason")
    return _DETAIL_WORDS.get(name, name.replace("_", " "))


def _shown(happening: Happening, name: str, value: object) -> str:
    text = in_words(happening, name, str(value))
    if name == "until" or name.endswith("_on"):
        try:
            return f"{date.fromisoformat(text):%-d %B %Y}"
        except ValueError:
            return text
    return text or "not known"
