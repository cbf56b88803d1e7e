"""Why something was not saved, in words, beside the field it is about."""

import re
from collections.abc import Mapping
from datetime import date

from casetracker import wording
from casetracker.forms import RecordingForm, add_error
from casetracker.services import histories
from casetracker.statute.happenings import Happening
from casetracker.statute.stages import Stage
from casetracker.statute.standing import Objection

CONFLICT = "Somebody else has changed this case since you opened it. Look at what they did, and save again"
_MOVE = re.compile(r"(?P<happening>\w+) cannot happen to a case that is (?P<stage>\w+)")
_ABOUT = (
    (re.compile(r"\breg [\d(]+\S*:|exception"), "paragraph"),
    (re.compile(r"satisfied|ordered, agreed"), "reason"),
    (re.compile(r"is not a kind of advice|advice has been"), "advice_kind"),
    (re.compile(r"consultation"), "setting"),
    (re.compile(r"served"), "served_on"),
    (re.compile(r"giver"), "received_by_giver_on"),
    (re.compile(r"review meeting"), "met_on"),
)
"""Which field a refusal is about, by what it says; the day of the entry where none of these does."""


def show_refusal(
    form: RecordingForm, refused: Exception, *, received_on: date | None, on_record: Mapping[int, str]
) -> None:
    """
    Put why nothing was saved beside the field it is about.

    `on_record` names the entries that stood before, other than the one being corrected, by their number.
    """
    if isinstance(refused, histories.SavedByAnother):
        add_error(form["occurred_on"], CONFLICT)
    elif isinstance(refused, histories.NotAllowed):
        for objection in refused.objections:
            words = in_words(objection, received_on=received_on)
            if objection.seq in on_record:
                words = f"The entry {on_record[objection.seq]} could not then stand: {words[:1].lower()}{words[1:]}"
                add_error(form["occurred_on"], words)
            else:
                add_error(form[_field(form, objection.rule)], words)
    else:
        add_error(form["occurred_on"], str(refused))


def _field(form: RecordingForm, rule: str) -> str:
    named = rule.split(":")[0].split(" ")[0]
    if named in form:
        return named
    return next((name for pattern, name in _ABOUT if name in form and pattern.search(rule)), "occurred_on")


def in_words(objection: Objection, *, received_on: date | None) -> str:
    """Return the statute's objection in the words of the pages."""
    move = _MOVE.fullmatch(objection.rule)
    if move is None:
        return objection.rule[:1].upper() + objection.rule[1:]
    if move["stage"] == Stage.NOT_OPEN:
        received = f" ({received_on:%-d %B %Y})" if received_on else ""
        return f"The day cannot be before the request was received{received}"
    what = wording.HAPPENINGS[Happening(move["happening"])]
    return f"“{what}” cannot happen to a case that is at “{wording.STAGES[Stage(move['stage'])]}” on that day"
