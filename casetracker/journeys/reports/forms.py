"""What is asked of those who write a highlight report."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField

from casetracker.forms import add_error, choice_field, day_field, long_field, text_field, ticks_field
from casetracker.highlights.draft import LEVELS, Action, Draft, Risk, day_of
from casetracker.measures.shipped import BY_KEY, MEASURES

SPARE = 2
"""How many empty places for actions and risks a form has beyond those that are filled in."""
MOST = 30
_COMMENT = "comment-"


class BeginForm(FlaskForm):
    """Which month a report is about; its choices are the months there can be one of."""

    month = choice_field(
        "Month", (), hint="Its figures are of the twelve months to the end of it", needed="Choose the month"
    )


class IssueForm(FlaskForm):
    """Why a report is issued again."""

    version = HiddenField()
    """The number it will have, as the person saw it: what another tab or colleague issued meanwhile is not doubled."""
    reason = text_field(
        "Why it is issued again", hint="Everybody who reads the report is told, the public too", longest=500
    )


class MeasuresForm(FlaskForm):
    """Which indicators a report has, and which of them the public page shows."""

    version = HiddenField()
    measures = ticks_field("Indicators in the report", [(m.key, m.name) for m in MEASURES])
    public = ticks_field(
        "Shown on the public page once it is issued",
        [(m.key, m.name) for m in MEASURES if m.is_known_here],
        hint="Only those that are in the report",
    )


def writing_form(draft: Draft, *, filled: Mapping[str, Any] | None = None) -> FlaskForm:
    """Return the form of a draft: its words, a comment on each indicator, and places for actions and risks."""
    actions = _places(len(draft.actions), filled, "action")
    risks = _places(len(draft.risks), filled, "risk")
    fields: dict[str, Any] = {
        "version": HiddenField(),
        "summary": long_field("Summary", hint="Two or three sentences for somebody who reads nothing else"),
        "progress": long_field("Progress"),
        "challenges": long_field("Challenges"),
    }
    for key in draft.measures:
        if key in BY_KEY:
            fields[f"{_COMMENT}{key}"] = long_field(BY_KEY[key].name, longest=2_000)
    for number in range(actions):
        fields[f"action-{number}-what"] = text_field("What will be done", longest=500)
        fields[f"action-{number}-who"] = text_field("Who", longest=200)
        fields[f"action-{number}-by"] = day_field("By when")
    for number in range(risks):
        fields[f"risk-{number}-risk"] = text_field("Risk", longest=500)
        fields[f"risk-{number}-level"] = choice_field("How grave", LEVELS.items(), blank="Not said")
        fields[f"risk-{number}-doing"] = text_field("What is done about it", longest=500)
    made = type("WritingForm", (FlaskForm,), fields)
    form: FlaskForm = made(data=_values(draft))
    form.places = {"action": range(actions), "risk": range(risks)}
    return form


def _places(stored: int, filled: Mapping[str, Any] | None, kind: str) -> int:
    """Return how many places there are: those sent, or those stored and a few to spare."""
    if not filled:
        return min(stored + SPARE, MOST)
    first = {"action": "what", "risk": "risk"}[kind]
    sent = [name for name in filled if name.startswith(f"{kind}-") and name.endswith(f"-{first}")]
    return min(max(len(sent), stored), MOST)


def _values(draft: Draft) -> dict[str, Any]:
    values: dict[str, Any] = {
        "summary": draft.summary,
        "progress": draft.progress,
        "challenges": draft.challenges,
        **{f"{_COMMENT}{key}": text for key, text in draft.commentary.items()},
    }
    for number, action in enumerate(draft.actions):
        values |= {f"action-{number}-what": action.what, f"action-{number}-who": action.who}
        values[f"action-{number}-by"] = day_of(action)
    for number, risk in enumerate(draft.risks):
        values |= {f"risk-{number}-risk": risk.risk, f"risk-{number}-level": risk.level}
        values[f"risk-{number}-doing"] = risk.doing
    return values


def is_whole(form: FlaskForm) -> bool:
    """Return whether each action and risk that is begun says what it is, and put an error beside one that does not."""
    places: dict[str, range] = form.places
    whole = True
    for kind, first, rest, problem in (
        ("action", "what", ("who", "by"), "Say what will be done, or empty the rest of this action"),
        ("risk", "risk", ("level", "doing"), "Say what the risk is, or empty the rest of it"),
    ):
        for number in places[kind]:
            name = f"{kind}-{number}-"
            if not form[name + first].data and any(form[name + other].data for other in rest):
                add_error(form[name + first], problem)
                whole = False
    return whole


def written(form: FlaskForm, draft: Draft) -> Draft:
    """Return the draft as the form has it; an action or a risk with no words is left out."""
    kept = {key: form[f"{_COMMENT}{key}"].data or "" for key in draft.measures if f"{_COMMENT}{key}" in form}
    places: dict[str, range] = form.places
    actions = [_action(form, number) for number in places["action"]]
    risks = [_risk(form, number) for number in places["risk"]]
    return Draft(
        measures=draft.measures,
        public=draft.public,
        summary=form["summary"].data or "",
        progress=form["progress"].data or "",
        challenges=form["challenges"].data or "",
        commentary={**draft.commentary, **kept},
        actions=[action for action in actions if action.what],
        risks=[risk for risk in risks if risk.risk],
    )


def _action(form: FlaskForm, number: int) -> Action:
    by: date | None = form[f"action-{number}-by"].data
    return Action(
        form[f"action-{number}-what"].data or "",
        form[f"action-{number}-who"].data or "",
        by.isoformat() if by else "",
    )


def _risk(form: FlaskForm, number: int) -> Risk:
    return Risk(
        form[f"risk-{number}-risk"].data or "",
        form[f"risk-{number}-level"].data or "",
        form[f"risk-{number}-doing"].data or "",
    )
