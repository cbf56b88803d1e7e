"""The days of the panel and the closures of schools, as the forecast takes them."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, true

from casetracker.extensions import db
from casetracker.forecast.calendar import AFTER_IT, Calendar, Sitting
from casetracker.forecast.lives import FOR_GOOD
from casetracker.forecast.snapshots import folded_giver
from casetracker.london import day_of
from casetracker.models import Closure, Panel, Service, Setting


def calendar(*, after: date | None = None) -> Calendar:
    """Return what is entered of panels and closures: all, or what still tells on a day or after it."""
    return Calendar(_sittings(after), _closures(after))


def _sittings(after: date | None) -> list[Sitting]:
    told_still = Panel.held_on > after - timedelta(days=AFTER_IT) if after else true()
    query = select(Panel.held_on, Panel.made_at, Panel.called_off_at).where(told_still)
    return [
        Sitting(held_on.toordinal(), day_of(made_at).toordinal(), day_of(off).toordinal() if off else FOR_GOOD)
        for held_on, made_at, off in db.session.execute(query)
    ]


def _closures(after: date | None) -> dict[str, list[tuple[int, int]]]:
    query = (
        select(Setting.name, Service.name, Closure.starts_on, Closure.ends_on)
        .select_from(Closure)
        .outerjoin(Setting, Setting.id == Closure.setting_id)
        .outerjoin(Service, Service.setting_id == Setting.id)
        .where(Closure.ends_on > after if after else true())
    )
    found: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    rows: Any = db.session.execute(query)
    for setting, service, first, last in rows:
        for name in {setting, service or setting}:
            found[folded_giver(name or "")].add((first.toordinal(), last.toordinal()))
    return {name: sorted(days) for name, days in found.items()}
