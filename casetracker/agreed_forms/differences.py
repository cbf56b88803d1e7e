"""How two versions of a form differ, in sentences that those who agree to it can read."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from casetracker.agreed_forms.definition import Column, Condition, Form, Question, Section, Uploads

ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
_WORDS = {
    "type": "kind of answer",
    "label": "wording",
    "hint": "hint",
    "required": "has to be answered",
    "longest": "longest answer",
    "authority": "what asks for it",
    "picture": "picture",
    "choices": "choices",
    "unit": "unit",
    "least": "least",
    "most": "most",
    "places": "decimal places",
    "columns": "columns",
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
    yield from (Difference(REMOVED, f"Section “{s.title}”", "", "") for key, s in then.items() if key not in now)
    for key, section in now.items():
        if key not in then:
            yield Difference(ADDED, f"Section “{section.title}”", "", "")
        else:
            yield from _changed(f"Section “{section.title}”", then[key], section, leave=("questions",))
    yield from _moved([key for key in then if key in now], [key for key in now if key in then], "Section", now)


def _of_questions(old: Form, new: Form) -> Iterator[Difference]:
    then, now = {q.key: q for q in old.questions()}, {q.key: q for q in new.questions()}
    yield from (Difference(REMOVED, f"Question “{q.label}”", "", "") for key, q in then.items() if key not in now)
    for key, question in now.items():
        if key not in then:
            where = new.section_of(key)
            yield Difference(ADDED, f"Question “{question.label}”", "", where.title if where else "")
            continue
        yield from _changed(f"Question “{question.label}”", then[key], question)
        before, after = old.section_of(key), new.section_of(key)
        if before and after and before.key != after.key:
            yield Difference(MOVED, f"Question “{question.label}”", f"“{before.title}”", f"“{after.title}”")
    for section in new.sections:
        earlier = next((s for s in old.sections if s.key == section.key), None)
        if earlier is not None:
            here = {q.key: q for q in section.questions}
            kept = [q.key for q in earlier.questions if q.key in here]
            yield from _moved(kept, [key for key in here if key in kept], "Question", here)


def _moved(then: list[str], now: list[str], what: str, named: dict[str, Any]) -> Iterator[Difference]:
    """Yield what stands elsewhere among the ones that were there before."""
    for key in now:
        before, after = then.index(key) + 1, now.index(key) + 1
        if before != after:
            item = named[key]
            name = item.title if isinstance(item, Section) else item.label
            yield Difference(MOVED, f"{what} “{name}”", f"place {before}", f"place {after}")


def _changed(where: str, old: Any, new: Any, *, leave: tuple[str, ...] = ()) -> Iterator[Difference]:
    for one in fields(old):
        before, after = getattr(old, one.name), getattr(new, one.name)
        if one.name not in leave and before != after:
            yield Difference(CHANGED, f"{where}, {_WORDS.get(one.name, one.name)}", _said(before), _said(after))


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_said(item) for item in value)
    if isinstance(value, Condition):
        return f"only if {value.question} is {' or '.join(value.values)}"
    if isinstance(value, Uploads):
        return f"{value.most} files of {value.megabytes} MB ({', '.join(value.types)})" if value.allowed else "none"
    if isinstance(value, Column):
        kind, extra = value.type.value.replace("_", " "), ", needed" if value.required else ""
        return f"{value.label} ({kind}, up to {value.longest:,}{extra}) {_said(value.choices)}".strip()
    if isinstance(value, Question):
        return value.label
    return str(getattr(value, "label", value) if value is not None else "")
