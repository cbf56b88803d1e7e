"""Forms and their versions: the one in use, the one being written, what was agreed and what was said."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from casetracker.extensions import db
from casetracker.models import (
    Advice,
    AdviceDraft,
    AdviceSubmission,
    AgreedForm,
    FormAgreement,
    FormComment,
    FormState,
    FormVersion,
)
from casetracker.statute.advice import AdviceKind


def form_for(kind: AdviceKind, *, for_young_person: bool = False) -> AgreedForm | None:
    """Return the form that advice of this kind is given on: one that is live, or None where there is none yet."""
    live = exists().where(FormVersion.form_id == AgreedForm.id, FormVersion.state == FormState.LIVE)
    query = select(AgreedForm).where(
        AgreedForm.advice_kind == kind, AgreedForm.for_young_person == for_young_person, live
    )
    return db.session.scalars(query.order_by(AgreedForm.id)).first()


def live_version(form_id: int) -> FormVersion | None:
    """Return the version of a form that is in use."""
    query = select(FormVersion).where(FormVersion.form_id == form_id, FormVersion.state == FormState.LIVE)
    return db.session.scalars(query.options(joinedload(FormVersion.form))).one_or_none()


def forms() -> Sequence[AgreedForm]:
    """Return every form, by title."""
    return db.session.scalars(select(AgreedForm).order_by(AgreedForm.title)).all()


def form_of_key(key: str) -> AgreedForm | None:
    """Return the form with this key, or None."""
    return db.session.scalars(select(AgreedForm).where(AgreedForm.key == key)).one_or_none()


def versions(form_id: int | None = None) -> Sequence[FormVersion]:
    """Return the versions of a form, or of all of them, the newest first."""
    query = select(FormVersion).options(joinedload(FormVersion.form), joinedload(FormVersion.made_by))
    if form_id is not None:
        query = query.where(FormVersion.form_id == form_id)
    return db.session.scalars(query.order_by(FormVersion.form_id, FormVersion.number.desc())).all()


def version(version_id: int) -> FormVersion:
    """
    Return one version with its form.

    :raises sqlalchemy.exc.NoResultFound: if there is none with that number
    """
    query = select(FormVersion).where(FormVersion.id == version_id)
    return db.session.scalars(query.options(joinedload(FormVersion.form), joinedload(FormVersion.made_by))).one()


def before(version: FormVersion) -> FormVersion | None:
    """Return the version that came before this one."""
    query = select(FormVersion).where(FormVersion.form_id == version.form_id, FormVersion.number < version.number)
    return db.session.scalars(query.order_by(FormVersion.number.desc()).limit(1)).first()


def agreements(version_id: int) -> Sequence[FormAgreement]:
    """Return who agreed to a version, in the order of the days they did."""
    query = select(FormAgreement).where(FormAgreement.version_id == version_id)
    return db.session.scalars(query.order_by(FormAgreement.agreed_on, FormAgreement.id)).all()


def comments(version_id: int) -> Sequence[FormComment]:
    """Return what was said of a version, in the order it was said."""
    query = select(FormComment).where(FormComment.version_id == version_id)
    return db.session.scalars(query.order_by(FormComment.id)).all()


def answered(form_id: int) -> frozenset[str]:
    """Return the keys of a form's questions that somebody has answered, on any of its versions."""
    of_this = select(FormVersion.id).where(FormVersion.form_id == form_id)
    given = select(AdviceSubmission.answers).where(AdviceSubmission.form_version_id.in_(of_this))
    begun = (
        select(AdviceDraft.answers)
        .join(Advice, Advice.id == AdviceDraft.advice_id)
        .where(Advice.form_version_id.in_(of_this))
    )
    return frozenset(
        key
        for query in (given, begun)
        for answers in db.session.scalars(query)
        for key, value in answers.items()
        if value
    )
