"""
The weekly summary: each Monday, one mail to whoever heads the service, with counts, percentages and a few references.

On a bank holiday it waits for the next working day. It is the same for all its readers, and made once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casetracker.london import LONDON
from casetracker.models import WORST_FIRST, DigestKind, User
from casetracker.periods import Span, period_of
from casetracker.plurals import counted
from casetracker.queries import digests as queries
from casetracker.queries import service_week, timeliness, workload
from casetracker.queries.timeliness import Timeliness
from casetracker.services import outbox
from casetracker.services.asking import Sender
from casetracker.services.chasing import is_a_day_for_mail
from casetracker.services.digest_claims import BATCH, Made, claim, posted
from casetracker.services.digest_words import LEVELS, link

OLDEST = 10


@dataclass(frozen=True, slots=True)
class Week:
    """The seven days that a summary is of, and the day it is made."""

    today: date
    monday: date
    """Of the week it is made in: the last day it is of is the Sunday before."""

    @property
    def first(self) -> date:
        """The Monday it is of."""
        return self.monday - timedelta(days=7)

    @property
    def last(self) -> date:
        """The Sunday it is of."""
        return self.monday - timedelta(days=1)


def make_due(
    *, at: datetime, sender: Sender, counts_reopened: bool, only: str | None = None, most: int = BATCH
) -> list[Made]:
    """
    Make the weekly summaries that are due at this instant and not made yet, and put them in the outbox.

    `only` is the e-mail address of the one person to make it for.
    """
    local = at.astimezone(LONDON)
    today = local.date()
    if not is_a_day_for_mail(today):
        return []
    week = Week(today, today - timedelta(days=today.weekday()))
    claimed = claim(
        User.head_of_service.is_(True),
        kind=DigestKind.WEEKLY,
        for_day=week.monday,
        hour=local.hour,
        at=at,
        only=only,
        most=most,
    )
    if not claimed:
        return []
    fields = fields_of(week, sender=sender, counts_reopened=counts_reopened)
    made = []
    for reader in queries.readers(claimed):
        mail = outbox.post(
            key=f"weekly_summary:{reader.id}:{week.monday.isoformat()}",
            template="weekly_summary",
            to_address=reader.email,
            to_name=reader.name,
            fields={**fields, "name": reader.name},
            at=at,
        )
        made.append(posted(claimed[reader.id], mail))
    return made


def fields_of(week: Week, *, sender: Sender, counts_reopened: bool) -> dict[str, str]:
    """Return what the mail's text may merge in, but for its reader's name."""
    return {
        "week": f"{week.last:%-d %B %Y}",
        "timeliness": "\n".join(_timeliness(week, counts_reopened)),
        "standing": "\n".join(_standing()),
        "breaches": _breaches(week),
        "oldest": "\n".join(_oldest(week, sender)),
        "teams": "\n".join(_teams(week)),
        "link": link(sender, "overview"),
        "council": sender.council,
    }


def _timeliness(week: Week, counts_reopened: bool) -> Iterator[str]:
    yield "Plans within 20 weeks, as the DfE counts them (none to which an exception applied)"
    for words, span in (("This month so far", Span.MONTH), ("This year so far", Span.CALENDAR)):
        starts_on = period_of(week.today, span).starts_on
        found = timeliness.for_period(starts_on, week.today, counts_reopened=counts_reopened)
        yield f"- {words}: {_share(found)}"


def _share(found: Timeliness) -> str:
    if found.percent_ex is None:
        return "no plan issued"
    return f"{found.percent_ex}% ({found.within_20_weeks_ex:,} of {found.plans_issued_ex:,})"


def _standing() -> Iterator[str]:
    found = workload.alerts_by_level()
    yield f"Alerts that stand: {sum(found.values()):,}"
    for level in WORST_FIRST:
        yield f"- {LEVELS[level]}: {found.get(level, 0):,}"


def _breaches(week: Week) -> str:
    found = service_week.breaches(week.first, week.last)
    if not found.number:
        return "No breach came to light last week."
    stand = f"{found.still_open:,} still {'stands' if found.still_open == 1 else 'stand'}"
    return f"Breaches that came to light last week: {found.number:,}, on {counted(found.cases, 'case')}; {stand}."


def _oldest(week: Week, sender: Sender) -> Iterator[str]:
    found = service_week.open_longest(OLDEST)
    yield "Open longest" if found else "No case is open."
    for one in found:
        weeks = counted((week.today - one.started_on).days // 7, "week")
        yield f"- {one.reference}: {weeks}\n  {link(sender, f'cases/{one.case_id}')}"


def _teams(week: Week) -> Iterator[str]:
    yield "Work by team"
    for one in service_week.by_team(today=week.today):
        nobody = f", {one.held_by_nobody:,} held by nobody" if one.held_by_nobody else ""
        yield f"- {one.name or 'No team'}: {one.open:,} open, {one.overdue:,} overdue{nobody}"
