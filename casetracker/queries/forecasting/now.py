"""Open cases as the forecast's columns: as they stand, or as a day that is over knew them."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, and_, select

from casetracker.extensions import db
from casetracker.forecast.model import Model
from casetracker.models import Case, User
from casetracker.queries.forecasting.calendar import calendar
from casetracker.queries.forecasting.drawn import Drawn, OpenCases
from casetracker.queries.forecasting.pressures import pressures
from casetracker.queries.forecasting.standing import folded, standing
from casetracker.statute.counting import ORDINARY_READING, Reading


def open_cases(
    model: Model,
    *,
    on: date,
    first_id: int,
    last_id: int,
    case_ids: Collection[int] | None = None,
    past: bool = False,
    reading: Reading = ORDINARY_READING,
) -> OpenCases:
    """
    Return the open cases of a range of ids (of `case_ids` alone, where given), as they stand at the close of `on`.

    :param past: `on` is a day that is over: what was recorded later is left out. How long the queues then were is not
        kept, so that no case has one.
    """
    wanted: ColumnElement[bool] = Case.id.between(first_id, last_id)
    if case_ids is not None:
        wanted = and_(wanted, Case.id.in_(case_ids))
    if past:
        return _as_known(wanted, on, reading).numbered(model, None, calendar(after=on))
    return standing(wanted, on=on, reading=reading).numbered(model, pressures(), calendar(after=on))


def _as_known(wanted: ColumnElement[bool], on: date, reading: Reading) -> Drawn:
    """Return the cases that were open at the close of a day that is over, by what was known then."""
    query = select(Case.id, Case.version, User.name.label("holder"))
    rows = db.session.execute(
        query.outerjoin(User, User.id == Case.named_worker_id)
        .where(wanted, Case.clock_started_on.is_not(None), Case.received_on <= on)
        .order_by(Case.id)
    ).all()
    looks = folded([row.id for row in rows], on=on, reading=reading)
    drawn = Drawn([row for row in rows if row.id in looks])
    for look in looks.values():
        drawn.put(look)
    return drawn
