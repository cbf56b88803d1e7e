"""Versions of forms: written as drafts, agreed, put in use, retired. What was agreed is part of a version for ever."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from casetracker.agreed_forms.definition import DefinitionWrong, Form, digest
from casetracker.agreed_forms.shipped import shipped
from casetracker.extensions import db
from casetracker.models import AgreedForm, FormAgreement, FormComment, FormState, FormVersion, User
from casetracker.queries import agreed_forms as queries
from casetracker.statute.advice import AdviceKind

FORUM = "Parent Carer Forum"
NEEDS_THE_FORUM = frozenset({AdviceKind.MEDICAL})
"""The kinds of advice whose form does not go live without the Parent Carer Forum's agreement."""


class NotPossible(Exception):
    """That cannot be done to a version as it stands; the message is fit for the page."""


class ChangedByAnother(Exception):
    """Somebody else has changed the draft since it was opened."""


def install_shipped(*, at: datetime, today: date) -> int:
    """
    Put the forms that come with the tracker in use where the authority has no form of that key; return how many.

    Nobody here has agreed to them, and they carry no agreement: the page says so. Every later version goes the whole
    way (docs/decisions/0005).
    """
    there = set(db.session.scalars(select(AgreedForm.key)))
    new = [form for form in shipped() if form.key not in there]
    for form in new:
        row = AgreedForm(
            key=form.key,
            title=form.title,
            advice_kind=AdviceKind(form.advice_kind),
            for_young_person=form.for_young_person,
        )
        db.session.add(row)
        db.session.flush()  # its number goes on the version
        db.session.add(
            FormVersion(
                form_id=row.id,
                number=1,
                state=FormState.LIVE,
                definition=form.as_data(),
                what_changed="Comes with casetracker.",
                made_at=at,
                live_from=today,
            )
        )
    return len(new)


def copy_as_draft(version: FormVersion, *, by: User, at: datetime) -> FormVersion:
    """
    Begin the next version of a form as a copy of this one.

    :raises NotPossible: if the form has a draft already
    """
    return _new_draft(version.form, version.definition, by=by, at=at)


def _new_draft(form: AgreedForm, definition: Mapping[str, Any], *, by: User, at: datetime) -> FormVersion:
    unfinished = select(FormVersion).where(
        FormVersion.form_id == form.id, FormVersion.state.in_((FormState.DRAFT, FormState.AGREED))
    )
    there = db.session.scalars(unfinished).first()
    if there is not None:
        raise NotPossible(f"Version {there.number} is still being written: finish it, or retire it, first")
    last = db.session.scalar(select(func.max(FormVersion.number)).where(FormVersion.form_id == form.id)) or 0
    draft = FormVersion(
        form_id=form.id,
        number=last + 1,
        state=FormState.DRAFT,
        definition=dict(definition),
        made_at=at,
        made_by_id=by.id,
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def bring_in(data: Mapping[str, Any], *, by: User, at: datetime) -> FormVersion:
    """
    Make a draft of a form that a file holds: the next version where the form is known, or the first of a new one.

    :raises DefinitionWrong: if the file holds no form
    :raises NotPossible: if the form has a draft already, or its questions break what has been answered
    """
    form = Form.from_data(data)
    if form.advice_kind not in set(AdviceKind):
        raise DefinitionWrong([f"“{form.advice_kind}” is not a kind of advice"])
    row = queries.form_of_key(form.key)
    if row is None:
        row = AgreedForm(
            key=form.key,
            title=form.title,
            advice_kind=AdviceKind(form.advice_kind),
            for_young_person=form.for_young_person,
        )
        db.session.add(row)
        db.session.flush()
    else:
        refuse_if_locked(row, form)
    return _new_draft(row, form.as_data(), by=by, at=at)


def refuse_if_locked(row: AgreedForm, form: Form) -> None:
    """
    Raise if a question that somebody has answered would come to mean something else.

    Its wording may be made plainer and it may be left out of a new version; what kind of answer it takes, and which
    choices it was answered from, stay, so that an answer never changes what it says.

    :raises NotPossible: naming the question
    """
    answered = queries.answered(row.id)
    known = {q.key: q for v in queries.versions(row.id) for q in Form.from_data(v.definition).questions()}
    for question in form.questions():
        earlier = known.get(question.key)
        if question.key not in answered or earlier is None:
            continue
        lost = {choice.value for choice in earlier.choices} - {choice.value for choice in question.choices}
        if question.type is not earlier.type or lost:
            raise NotPossible(
                f"“{earlier.label}” has been answered, so its kind of answer and its choices are locked: "
                "add a new question in its place"
            )


def change(version: FormVersion, form: Form, *, seen_revision: int) -> None:
    """
    Change what a draft asks.

    An agreement recorded before stays, and no longer counts: it was to what the draft said then.

    :raises NotPossible: if it is no draft, or an answered question would come to mean something else
    :raises ChangedByAnother: if somebody else has changed it since `seen_revision`
    """
    if version.state not in (FormState.DRAFT, FormState.AGREED):
        raise NotPossible("A version that has been in use is not changed: copy it as a draft")
    checked = Form.from_data(form.as_data())
    refuse_if_locked(version.form, checked)
    changed = db.session.execute(
        update(FormVersion)
        .where(FormVersion.id == version.id, FormVersion.revision == seen_revision)
        .values(definition=checked.as_data(), revision=seen_revision + 1, state=FormState.DRAFT)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]
        raise ChangedByAnother
    db.session.refresh(version)


@dataclass(frozen=True, slots=True)
class Agreement:
    """That a body agreed to a version: who spoke for it, when, and the minutes that say so."""

    body: str
    is_forum: bool
    agreed_on: date
    spoken_for_by: str
    minutes: str
    note: str = ""


def agree(version: FormVersion, agreement: Agreement, *, today: date, at: datetime, by_id: int | None) -> FormAgreement:
    """
    Record that a body agreed to a draft as it is now worded.

    :raises NotPossible: if the version is in use or retired, the day is to come, or this wording is agreed already
    """
    if version.state not in (FormState.DRAFT, FormState.AGREED):
        raise NotPossible("Only a draft is agreed to")
    if agreement.agreed_on > today:
        raise NotPossible("The day of the agreement cannot be in the future")
    now = digest(version.definition)
    there = db.session.scalars(
        select(FormAgreement).where(FormAgreement.version_id == version.id, FormAgreement.body == agreement.body)
    ).one_or_none()
    if there is not None and there.digest == now:
        raise NotPossible(f"{agreement.body} has agreed to this wording already")
    if there is not None:
        # The former agreement was to other words; it stays on record under the revision it was to.
        there.body = f"{there.body} (to an earlier wording, {there.agreed_on:%-d %B %Y}, {there.id})"[:200]
        db.session.flush()
    row = FormAgreement(
        version_id=version.id,
        body=agreement.body,
        is_forum=agreement.is_forum,
        agreed_on=agreement.agreed_on,
        spoken_for_by=agreement.spoken_for_by,
        minutes=agreement.minutes,
        note=agreement.note,
        digest=now,
        recorded_at=at,
        recorded_by_id=by_id,
    )
    db.session.add(row)
    version.state = FormState.AGREED
    db.session.flush()
    return row


def what_is_wanting(version: FormVersion) -> str:
    """Return why a version cannot be put in use yet, or "" where it can."""
    if version.state not in (FormState.DRAFT, FormState.AGREED):
        return "It has been in use already."
    now = digest(version.definition)
    stand = [row for row in queries.agreements(version.id) if row.digest == now]
    if version.form.advice_kind in NEEDS_THE_FORUM and not any(row.is_forum for row in stand):
        return f"The {FORUM} has not agreed to it as it is now worded."
    return "" if stand else "Nobody has agreed to it as it is now worded."


def make_live(version: FormVersion, *, what_changed: str, today: date) -> None:
    """
    Put a version in use, and retire the one before it. Whoever is writing on that one finishes on it.

    :raises NotPossible: if it has not been agreed to as it is worded
    """
    wanting = what_is_wanting(version)
    if wanting:
        raise NotPossible(wanting)
    former = queries.live_version(version.form_id)
    if former is not None:
        retire(former, today=today)
        db.session.flush()  # one version of a form is live at a time
    version.state, version.live_from, version.what_changed = FormState.LIVE, today, what_changed


def retire(version: FormVersion, *, today: date) -> None:
    """
    Take a version out of use, or give a draft up.

    :raises NotPossible: if it is retired already
    """
    if version.state is FormState.RETIRED:
        raise NotPossible("It is retired already")
    version.state, version.retired_on = FormState.RETIRED, today
    version.live_from = version.live_from or today


def comment(version: FormVersion, *, question: str, said: str, said_by: str, body: str, at: datetime) -> FormComment:
    """
    Record what a reviewer said of a draft, or of one of its questions.

    :raises NotPossible: if it is no draft any more
    """
    if version.state not in (FormState.DRAFT, FormState.AGREED):
        raise NotPossible("This version is not open for comment any more")
    row = FormComment(version_id=version.id, question=question, said=said, said_by=said_by, body=body, said_at=at)
    db.session.add(row)
    return row


def answer_comment(row: FormComment, *, answer: str, by: User, at: datetime) -> None:
    """Record what was done about a comment."""
    row.answer, row.answered_at, row.answered_by_id = answer, at, by.id


def with_section_moved(form: Form, key: str, by: int) -> Form:
    """Return a form with one section moved up (-1) or down (+1)."""
    return replace(form, sections=_moved(form.sections, key, by))


def with_question_moved(form: Form, key: str, by: int) -> Form:
    """Return a form with one question moved up or down within its section."""
    return replace(
        form,
        sections=tuple(replace(section, questions=_moved(section.questions, key, by)) for section in form.sections),
    )


def _moved(items: Any, key: str, by: int) -> Any:
    keys = [item.key for item in items]
    if key not in keys:
        return items
    place = keys.index(key)
    target = place + by
    if not 0 <= target < len(items):
        return items
    listed = list(items)
    listed[place], listed[target] = listed[target], listed[place]
    return tuple(listed)
