"""Taking the mails to staff that are to be made, each once: by a row that is unique to a person, a kind and a day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, literal, select, update
from sqlalchemy.orm import aliased

from casetracker.extensions import db
from casetracker.models import FIRST_HOUR, USUAL_HOUR, Digest, DigestChoice, DigestKind, Mail, User
from casetracker.upserts import insert_into

BATCH = 50
"""How many people's are made in one transaction."""
ENDS = 18
"""The hour, by London's clocks, from which one that could not be made in the morning is not made that day."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made for somebody: the mail it went out in, or none where nothing is new and they want none then."""

    email: str
    subject: str = ""
    body: str = ""


def claim(
    wants: ColumnElement[bool],
    *,
    kind: DigestKind,
    for_day: date,
    hour: int,
    at: datetime,
    only: str | None = None,
    most: int = BATCH,
) -> dict[int, int]:
    """
    Take what is to be made for those who want one and whose hour has come; return the number of each by its reader.

    Of two who take at once, one waits for the other and gets none. Nobody who cannot sign in gets one: those known
    only from an imported file may have left.
    """
    if not FIRST_HOUR <= hour < ENDS:
        return {}
    made = aliased(Digest)
    dealt_with = select(made.id).where(made.user_id == User.id, made.kind == kind, made.for_day == for_day).exists()
    people = (
        select(User.id, literal(kind, Digest.kind.type), literal(for_day), literal(at, Digest.made_at.type))
        .outerjoin(DigestChoice, DigestChoice.user_id == User.id)
        .where(User.active, User.password_hash.is_not(None), wants, ~dealt_with)
        .where(func.coalesce(DigestChoice.hour, USUAL_HOUR) <= hour)
        .where(*([User.email == only.strip().lower()] if only is not None else []))
        .order_by(User.id)
        .limit(most)
    )
    into = insert_into(Digest).from_select(["user_id", "kind", "for_day", "made_at"], people, include_defaults=False)
    taken = db.session.execute(into.on_conflict_do_nothing().returning(Digest.user_id, Digest.id))
    return dict(sorted(map(tuple, taken)))


def posted(digest_id: int, mail: Mail) -> Made:
    """Note the mail in which something that was taken went out."""
    db.session.execute(update(Digest).where(Digest.id == digest_id).values(mail_id=mail.id))
    return Made(mail.to_address, mail.subject, mail.body)
