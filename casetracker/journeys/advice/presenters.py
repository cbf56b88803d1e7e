"""From what is stored to what the page says. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casetracker.agreed_forms.answers import in_words
from casetracker.agreed_forms.definition import Form, Question
from casetracker.models import Advice
from casetracker.queries.cases import TimelineEntry
from casetracker.statute.happenings import ADVICE_HAPPENINGS, Happening


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """An answer that differs from the version before."""

    label: str
    before: str
    after: str


def changed_answers(
    earlier: Form | None, before: Mapping[str, Any], form: Form | None, after: Mapping[str, Any]
) -> list[ChangedAnswer]:
    """Return each answer that is not what it was, in the order of the form; one taken away is shown last."""
    now = {question.key: question for question in form.questions()} if form else {}
    then = {question.key: question for question in earlier.questions()} if earlier else {}
    keys = [*now, *(key for key in then if key not in now)]
    return [
        ChangedAnswer(
            (now.get(key) or then[key]).label,
            _words(then.get(key), before.get(key)),
            _words(now.get(key), after.get(key)),
        )
        for key in keys
        if before.get(key) != after.get(key)
    ]


def _words(question: Question | None, answer: Any) -> str:
    return in_words(question, answer) if question is not None and answer not in (None, "", [], {}) else ""


def timeline_of(lines: Sequence[TimelineEntry], advice: Advice) -> list[TimelineEntry]:
    """Return the lines of a case's timeline that are about one piece of advice."""
    return [line for line in lines if _is_about(line, advice)]


def _is_about(line: TimelineEntry, advice: Advice) -> bool:
    ref = line.detail.get("advice_ref")
    if ref:
        return bool(ref == advice.key)
    about_advice = line.happening in ADVICE_HAPPENINGS or line.happening is Happening.EXCEPTION_RECORDED
    return about_advice and line.detail.get("advice_kind") == advice.kind and ":" in advice.key
