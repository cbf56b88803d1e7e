"""How two versions of a form differ, in sentences that those who agree to it can read."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from casetracker.agreed_forms.definition import Choice, Column, Condition, Form, Kind, Question, Uploads
from casetracker.plurals import counted

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
_WORDS = {
    "type": "kind of answer",
    "label": "wording",
    "hint": "hint",
    "required": "has to be answered",
    "longest": "longest answer",
    "authority": "what asks for it",
    "picture": "picture",
    "unit": "unit",
    "least": "least",
    "most": "most",
    "places": "decimal places",
    "rows_least": "fewest rows",
    "rows_most": "most rows",
    "only_if": "when it is asked",
    "title": "title",
    "guidance": "guidance",
    "introduction": "introduction",
    "advice_kind": "kind of advice",
    "for_young_person": "for the young person",
    "easy_read": "easy read",
    "uploads": "files that may come with it",
    "key": "name",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed from a version to the next."""

    what: str
    """`added`, `removed`, `changed` or `moved`."""
    where: str
    before: str
    after: str

    @property
    def text(self) -> str:
        """The difference as a sentence."""
        if self.what == CHANGED:
            return f"{self.where}: changed from “{self.before or 'nothing'}” to “{self.after or 'nothing'}”"
        if self.what == MOVED:
            return f"{self.where}: moved from {self.before} to {self.after}"
        return f"{self.where}: {self.what}" + (f" (“{self.after or self.before}”)" if self.after or self.before else "")


def differences(old: Form | None, new: Form) -> list[Difference]:
    """Return what changed from one version to the next; everything is new where there was none."""
    if old is None:
        return [Difference(ADDED, "The whole form", "", new.title)]
    return [
        *_changed("The form", old, new, leave=("sections",)),
        *_of_sections(old, new),
        *_of_questions(old, new),
    ]


def _of_sections(old: Form, new: Form) -> Iterator[Difference]:
    then, now = {s.key: s for s in old.sections}, {s.key: s for s in new.sections}
    names = {key: f"Section “{section.title}”" for key, section in {**then, **now}.items()}
    yield from _come_and_gone(names, then, now)
    for key in [key for key in now if key in then]:
        yield from _changed(names[key], then[key], now[key], leave=("questions",))
    yield from _moved(names, list(then), list(now))


def _of_questions(old: Form, new: Form) -> Iterator[Difference]:
    then, now = {q.key: q for q in old.questions()}, {q.key: q for q in new.questions()}
    homes = {q.key: s for s in new.sections for q in s.questions}
    former = {q.key: s for s in old.sections for q in s.questions}
    names = {key: f"Question “{question.label}”" for key, question in {**then, **now}.items()}
    yield from (Difference(REMOVED, names[key], "", "") for key in then if key not in now)
    for key, question in now.items():
        if key not in then:
            yield Difference(ADDED, names[key], "", homes[key].title)
            continue
        yield from _of_question(names[key], old, then[key], new, question)
        if former[key].key != homes[key].key:
            yield Difference(MOVED, names[key], f"“{former[key].title}”", f"“{homes[key].title}”")
    for section in new.sections:
        here = [q.key for q in section.questions if q.key in former and former[q.key].key == section.key]
        yield from _moved(names, [key for key in then if key in here], here)


def _of_question(name: str, old: Form, then: Question, new: Form, now: Question) -> Iterator[Difference]:
    yield from _changed(name, then, now, leave=("choices", "columns", "only_if"))
    yield from _of_choices(name, then.choices, now.choices)
    yield from _of_columns(name, then.columns, now.columns)
    if then.only_if != now.only_if:
        where = f"{name}, {_WORDS['only_if']}"
        yield Difference(CHANGED, where, _condition_words(old, then.only_if), _condition_words(new, now.only_if))


def _condition_words(form: Form, condition: Condition | None) -> str:
    if condition is None:
        return "always"
    deciding = form.question(condition.question)
    labels = {choice.value: choice.label for choice in deciding.offered} if deciding else {}
    values = " or ".join(f"‘{labels.get(value, value)}’" for value in condition.values)
    return f"only if the answer to ‘{deciding.label if deciding else condition.question}’ is {values}"


def _of_choices(name: str, old: Sequence[Choice], new: Sequence[Choice]) -> Iterator[Difference]:
    then, now = {c.value: c for c in old}, {c.value: c for c in new}
    names = {value: f"{name}, choice “{choice.label}”" for value, choice in {**then, **now}.items()}
    yield from _come_and_gone(names, then, now)
    for value, choice in now.items():
        if value in then:
            yield from _changed(names[value], then[value], choice)
    yield from _moved(names, list(then), list(now))


def _of_columns(name: str, old: Sequence[Column], new: Sequence[Column]) -> Iterator[Difference]:
    then, now = {c.key: c for c in old}, {c.key: c for c in new}
    names = {key: f"{name}, column “{column.label}”" for key, column in {**then, **now}.items()}
    yield from _come_and_gone(names, then, now)
    for key, column in now.items():
        if key in then:
            yield from _changed(names[key], then[key], column, leave=("choices",))
            yield from _of_choices(names[key], then[key].choices, column.choices)
    yield from _moved(names, list(then), list(now))


def _come_and_gone(names: Mapping[str, str], then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    yield from (Difference(REMOVED, names[key], "", "") for key in then if key not in now)
    yield from (Difference(ADDED, names[key], "", "") for key in now if key not in then)


def _moved(names: Mapping[str, str], then: Sequence[str], now: Sequence[str]) -> Iterator[Difference]:
    """Yield what stands elsewhere among the ones that were there before: as few as account for the new order."""
    before = [key for key in then if key in now]
    after = [key for key in now if key in then]
    places = {key: place for place, key in enumerate(before)}
    stayed = {before[place] for place in _longest_rise([places[key] for key in after])}
    for place, key in enumerate(after):
        if key not in stayed:
            yield Difference(MOVED, names[key], f"place {places[key] + 1}", f"place {place + 1}")


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """Return the longest run of numbers that rises, leaving others out."""
    tails: list[int] = []
    runs: list[list[int]] = []
    for number in numbers:
        place = bisect_left(tails, number)
        run = [*(runs[place - 1] if place else []), number]
        tails[place : place + 1] = [number]
        runs[place : place + 1] = [run]
    return runs[-1] if runs else []


def _changed(where: str, old: Any, new: Any, *, leave: tuple[str, ...] = ()) -> Iterator[Difference]:
    for one in fields(old):
        before, after = getattr(old, one.name), getattr(new, one.name)
        if one.name not in leave and before != after:
            yield Difference(CHANGED, f"{where}, {_WORDS.get(one.name, one.name)}", _said(before), _said(after))


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Uploads):
        files = f"{counted(value.most, 'file')} of {value.megabytes} MB ({', '.join(value.types)})"
        return files if value.allowed else "none"
    return str(value).replace("_", " ") if isinstance(value, Kind) else str(value if value is not None else "")
