"""
The digest: each working morning, one mail to each worker and manager with what has changed on their cases on top.

What stood for somebody when their last digest was made is kept (`digest_alerts`), so that the next tells exactly what
changed since, whenever it is made. A digest is claimed by its row, which is unique to a person and a day, and goes to
the outbox in the same transaction: run twice, at once or killed anywhere, it is one mail.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, delete, func, literal, select, union_all
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.london import LONDON
from casetracker.models import (
    Alert,
    Digest,
    DigestAlert,
    DigestChange,
    DigestChoice,
    DigestKind,
    User,
)
from casetracker.queries import digests as queries
from casetracker.queries import holding
from casetracker.queries.digests import severity
from casetracker.roles import GRANTS, Permission
from casetracker.services import outbox
from casetracker.services.asking import Sender
from casetracker.services.chasing import is_a_day_for_mail
from casetracker.services.digest_claims import BATCH, Made, claim, posted
from casetracker.services.digest_words import Contents, fields_of
from casetracker.upserts import insert_into

READERS = sorted(role for role, held in GRANTS.items() if Permission.SEE_ALERTS in held)
"""The roles that get a digest: those that may see the alerts it tells of."""


def make_due(*, at: datetime, sender: Sender, only: str | None = None, most: int = BATCH) -> list[Made]:
    """
    Make the digests that are due at this instant and not made yet, for up to `most` people, and put them in the outbox.

    `only` is the e-mail address of the one person to make it for.
    """
    local = at.astimezone(LONDON)
    today = local.date()
    if not is_a_day_for_mail(today):
        return []
    wants = User.role.in_(READERS) & func.coalesce(DigestChoice.daily, True)
    claimed = claim(wants, kind=DigestKind.DAILY, for_day=today, hour=local.hour, at=at, only=only, most=most)
    if not claimed:
        return []
    _note_what_stands(claimed, on=today)
    contents = _contents(claimed, on=today)
    return [_post(contents[reader.id], claimed[reader.id], at=at, sender=sender) for reader in queries.readers(claimed)]


def _note_what_stands(claimed: Mapping[int, int], *, on: date) -> None:
    """Bring what is known to stand for each reader up to the day, in one statement, with what changed of each."""
    theirs, before = _alerts_of(claimed, on=on), _last_digests(claimed)
    rows = (
        select(
            theirs.c.user_id,
            Alert.id,
            theirs.c.for_id,
            Digest.id,
            _as_bool(Alert.back_on > on),
            _as_bool(theirs.c.escalated == 1),
            _change_where_not_known(theirs, before, on=on),
        )
        .select_from(theirs)
        .join(Alert, Alert.id == theirs.c.alert_id)
        .join(Digest, Digest.user_id == theirs.c.user_id)
        .outerjoin(before, before.c.user_id == theirs.c.user_id)
        .where(Digest.id.in_(claimed.values()))
    )
    columns = ["user_id", "alert_id", "for_id", "digest_id", "in_hand", "escalated", "change"]
    into = insert_into(DigestAlert).from_select(columns, rows, include_defaults=False)
    newer = {name: into.excluded[name] for name in ("for_id", "digest_id", "in_hand", "escalated")}
    change_where_known = case(
        (~DigestAlert.escalated & into.excluded.escalated, DigestChange.ESCALATED.value),
        (DigestAlert.in_hand & ~into.excluded.in_hand, DigestChange.RETURNED.value),
        else_=DigestChange.NONE.value,
    )
    db.session.execute(
        into.on_conflict_do_update(index_elements=["user_id", "alert_id"], set_={**newer, "change": change_where_known})
    )


def _as_bool(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition as a value to be kept: false where it is not known."""
    return case((condition, literal(True)), else_=literal(False))


def _change_where_not_known(theirs: Subquery, before: Subquery, *, on: date) -> ColumnElement[str]:
    """Return what is told of an alert that was not among a reader's at their last digest."""
    known, milder = aliased(DigestAlert), aliased(Alert)
    had_milder = (
        select(known.alert_id)
        .join(milder, milder.id == known.alert_id)
        .where(
            known.user_id == theirs.c.user_id,
            milder.case_id == Alert.case_id,
            milder.milestone_key == Alert.milestone_key,
            severity(milder.level) > severity(Alert.level),
        )
        .exists()
    )
    # At a first digest, and of what somebody covers, what stood before is only counted: it is no news.
    is_own_and_not_the_first = (theirs.c.for_id == theirs.c.user_id) & before.c.for_day.is_not(None)
    return case(
        (theirs.c.escalated == 1, DigestChange.ESCALATED.value),
        (had_milder, DigestChange.WORSE.value),
        (Alert.raised_on >= func.coalesce(before.c.for_day, _working_day_before(on)), DigestChange.NEW.value),
        (is_own_and_not_the_first, DigestChange.NOW_THEIRS.value),
        else_=DigestChange.NONE.value,
    )


def _alerts_of(claimed: Mapping[int, int], *, on: date) -> Subquery:
    """Return the open alerts of each reader, each once: whose it is, and whether it was escalated to them."""
    of = holding.pairs(claimed, on=on)
    held = holding.cases(of)
    on_cases = (
        select(held.c.user_id, held.c.for_id, Alert.id.label("alert_id"), literal(0).label("escalated"))
        .join(Alert, Alert.case_id == held.c.case_id)
        .where(Alert.closed_on.is_(None))
    )
    promised = holding.promised(of).add_columns(literal(0))
    escalated = holding.escalated(of).add_columns(literal(1))
    every = union_all(on_cases, promised, escalated).subquery("every")
    whose = holding.whose(every.c.user_id, every.c.for_id).label("for_id")
    each = (every.c.user_id, every.c.alert_id)
    went_up = func.max(every.c.escalated).label("escalated")
    return select(*each, whose, went_up).group_by(*each).subquery("theirs")


def _last_digests(claimed: Mapping[int, int]) -> Subquery:
    """Return the day of each reader's digest before this one."""
    return (
        select(Digest.user_id, func.max(Digest.for_day).label("for_day"))
        .where(Digest.kind == DigestKind.DAILY, Digest.user_id.in_(claimed.keys()), Digest.id.not_in(claimed.values()))
        .group_by(Digest.user_id)
        .subquery("before")
    )


def _working_day_before(on: date) -> date:
    day = on - timedelta(days=1)
    while not is_a_day_for_mail(day):
        day -= timedelta(days=1)
    return day


def _contents(claimed: Mapping[int, int], *, on: date) -> dict[int, Contents]:
    """Return what each reader's digest says; what has closed is known until it has been read."""
    closed = _by_reader(queries.closed(claimed.values(), claimed))
    _forget_what_does_not(claimed)
    changed = _by_reader(queries.changed(claimed))
    standing = _by_reader(queries.standing(claimed))
    deadlines = _by_reader(queries.deadlines(claimed, on=on))
    every = [line for part in (changed, closed, standing, deadlines) for lines in part.values() for line in lines]
    names = queries.names({line.for_id for line in every})
    return {
        reader.id: Contents(
            reader=reader,
            today=on,
            names=names,
            changed=changed.get(reader.id, []),
            closed=closed.get(reader.id, []),
            standing=standing.get(reader.id, []),
            deadlines=deadlines.get(reader.id, []),
        )
        for reader in queries.readers(claimed)
    }


def _by_reader(lines: Sequence[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for line in lines:
        found.setdefault(line.user_id, []).append(line)
    return found


def _forget_what_does_not(claimed: Mapping[int, int]) -> None:
    """Forget the alerts that have closed since, or are somebody else's now: they have been told of."""
    gone = (DigestAlert.user_id.in_(claimed.keys()), DigestAlert.digest_id.not_in(claimed.values()))
    db.session.execute(delete(DigestAlert).where(*gone), execution_options={"synchronize_session": False})


def _post(contents: Contents, digest_id: int, *, at: datetime, sender: Sender) -> Made:
    reader = contents.reader
    if not contents.is_news and not reader.when_nothing_is_new:
        return Made(reader.email)
    mail = outbox.post(
        key=f"digest:{reader.id}:{contents.today.isoformat()}",
        template="digest",
        to_address=reader.email,
        to_name=reader.name,
        fields=fields_of(contents, sender=sender),
        at=at,
    )
    return posted(digest_id, mail)
