"""What if: what would become of one case were something done today. It advises; nothing is recorded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isnan

import numpy as np
from sqlalchemy import select

from casetracker import wording
from casetracker.extensions import db
from casetracker.forecast import chased, what_ifs
from casetracker.forecast.chased import Chasing
from casetracker.forecast.columns import NO_DAY
from casetracker.forecast.model import Model
from casetracker.forecast.steps import Place
from casetracker.forecast.what_ifs import Answer, Otherwise
from casetracker.models import Case, User
from casetracker.plurals import counted
from casetracker.queries import forecasting, forecasts
from casetracker.queries.forecasting import OpenCases, Piece
from casetracker.queries.forecasting.pressures import pressures
from casetracker.roles import Role
from casetracker.services.forecasts.scoring import PLACES, model_of
from casetracker.statute.counting import ORDINARY_READING, Reading
from casetracker.statute.timetable import Duty, limit_of

_NO_LIMIT = "An exception reaches the limit of its plan, or it has none, so that it is not counted as late."


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One thing that could be done, and what is to be expected then."""

    code: str
    words: str
    p_now: float
    """The probability of a breach of the final plan's limit that it is held against."""
    p_then: float
    expected_then: date | None
    """As likely before as after for the plan, if there is one; None where beyond what is told."""
    against: str = ""
    """On what condition `p_now` is, in words; empty where it is as things stand."""


@dataclass(frozen=True, slots=True)
class AwaitedAdvice:
    """A piece of advice that is waited for, and how likely its own limit is to be missed."""

    words: str
    giver: str
    due_on: date
    """The last day of its six weeks (reg 8(1))."""
    p_late: float


@dataclass(frozen=True, slots=True)
class WhatIfs:
    """How one case stands, what could be done for it, and the advice it waits for."""

    waits_for_plan: bool = False
    """Whether a final plan is waited for; where none is, there is nothing else to tell."""
    p_now: float | None = None
    """The probability that the final plan is late, as things stand; None where no limit is to be met."""
    p_no_plan: float = 0.0
    """The probability that the case ends with no plan, as things stand."""
    expected_now: date | None = None
    """As likely before as after for the plan, if there is one; None where beyond what is told."""
    last_on: date | None = None
    """The last day of the final plan's limit, if it has one."""
    ways: Sequence[WhatIf] = ()
    """In the order of the steps; none where no limit is to be met (an exception), or nothing can be tried."""
    remark: str = ""
    """Why the step that is on is not among the ways, in words; empty where it is."""
    awaited: Sequence[AwaitedAdvice] = ()
    """The likeliest to be late first, without what was sent back: its six weeks were met or over when it first came."""
    of_no_fit: bool = False
    """Whether there is nothing to say because no fit is in use, or none that can be read."""


def what_if(*, case_id: int, today: date, reading: Reading = ORDINARY_READING) -> WhatIfs:
    """Return what could be done for an open case and what it would come to; nothing where no fit can be read."""
    fit = forecasts.in_use()
    model = model_of(fit.model) if fit is not None else None
    if fit is None or model is None:
        return WhatIfs(of_no_fit=True)
    opened = forecasting.open_cases(model, on=today, first_id=case_id, last_id=case_id, reading=reading)
    if not len(opened.cases):
        return WhatIfs()
    chasing = chased.of_json(fit.scores.get("chasing"))
    now = what_ifs.answer(model, opened.cases)
    if isnan(now.p):  # without a limit to be met there is nothing to help
        ways, p_now, remark = [], None, _NO_LIMIT
    else:
        ways, p_now, remark = _ways(model, opened, now, chasing), _rounded(now.p), _remark(opened)
    return WhatIfs(
        waits_for_plan=True,
        p_now=p_now,
        p_no_plan=_rounded(now.p_no_plan),
        expected_now=_day(now.expected_on),
        last_on=_day(int(opened.cases.final_due[0])),
        ways=ways,
        remark=remark,
        awaited=_awaited(model, opened, reading),
    )


def _remark(opened: OpenCases) -> str:
    place = opened.cases.place[0]
    if place == Place.FINISHING:
        return "The draft has been sent: what is left is forecast as one step, and no part of it can be tried alone."
    if place == Place.GATHERING and not len(opened.pieces):
        # As it stands it is given the pace of cases that had asked, so that asking today would seem to do harm.
        return (
            "The advice has still to be asked for. What asking for it today would come to cannot be told, since until "
            "then the forecast counts from the decision to assess, as though it had been asked for when it usually is. "
            "The longer the asking is put off after that, the likelier the plan is to be late than is said here."
        )
    return ""


def _ways(model: Model, opened: OpenCases, now: Answer, chasing: Chasing | None) -> list[WhatIf]:
    found = [_told(model, opened, way, now) for way in what_ifs.ways(opened.cases)]
    found += _chased(model, opened, now, chasing)
    found += _handed_over(model, opened, now)
    return found


def _awaited(model: Model, opened: OpenCases, reading: Reading) -> list[AwaitedAdvice]:
    due = np.array([_last_day(since, reading) for since in opened.cases.pieces.since.tolist()], dtype=np.int32)
    if not len(due):
        return []
    chances = what_ifs.late_to_come(model, opened.cases, due)
    found = [
        AwaitedAdvice(_named(piece), piece.giver, date.fromordinal(int(last)), round(float(p), 3))
        for piece, last, p in zip(opened.pieces, due, chances, strict=True)
        if not isnan(p) and piece.kind is not None and last != NO_DAY
    ]
    return sorted(found, key=lambda one: -one.p_late)


def _last_day(asked: int, reading: Reading) -> int:
    since = date.fromordinal(asked)
    row = limit_of(Duty.RECEIVE_ADVICE, on=since, reading=reading)
    return row.within.last_day(since, reading).toordinal() if row is not None else NO_DAY


def _told(model: Model, opened: OpenCases, way: Otherwise, now: Answer) -> WhatIf:
    against = ""
    if way.code == "decide_today":  # it is held against the same decision, made when it usually is
        now = what_ifs.answer(what_ifs.if_assessed(model), opened.cases)
        against = "if it is agreed to assess when that is usually decided"
    piece = opened.pieces[way.piece] if way.piece >= 0 else None
    return _as_told(way.code, _words(way.code, piece), now, what_ifs.answer(model, way.cases), against)


def _as_told(code: str, words: str, now: Answer, then: Answer, against: str = "") -> WhatIf:
    return WhatIf(code, words, _rounded(now.p), _rounded(then.p), _day(then.expected_on), against)


def _rounded(p: float) -> float:
    """Return a probability as the forecast of the case is kept, so that both are shown as the same one in 100."""
    return round(p, PLACES)


def _day(number: int) -> date | None:
    return None if number == NO_DAY else date.fromordinal(number)


def _words(code: str, piece: Piece | None) -> str:
    return {
        "decide_today": "It is decided today to assess, and not when that is usually decided",
        "advice_today": f"{_named(piece)} comes today",
        "advice_soon": "All the advice has come within two weeks",
        "plan_today": "The decision to make a plan is made today",
        "draft_today": "The draft is sent today",
    }[code]


def _named(piece: Piece | None) -> str:
    if piece is None or piece.kind is None:
        return "The advice that was sent back"
    named = wording.of_advice(piece.kind.value)
    named = named if named.endswith("advice") else f"{named} advice"
    return f"{named} ({piece.giver})" if piece.giver else named


def _chased(model: Model, opened: OpenCases, now: Answer, learned: Chasing | None) -> Iterator[WhatIf]:
    """
    Yield what a chase of each outstanding piece would come to, by what chasing has come to here.

    So many more pieces in a hundred then come within two weeks; for the rest nothing changes. Nothing where too
    few were chased to say, or where those chased came no oftener.
    """
    if learned is None or learned.chased <= learned.not_chased or opened.cases.place[0] != Place.GATHERING:
        return
    share = learned.chased - learned.not_chased
    for number, piece in enumerate(opened.pieces):
        if opened.cases.pieces.answered[number] != NO_DAY or piece.kind is None:
            continue
        come = what_ifs.answer(model, what_ifs.piece_comes_soon(opened.cases, number))
        words = (
            f"{_named(piece)} is chased: here {learned.chased:.0%} of pieces chased came within two weeks, and "
            f"{learned.not_chased:.0%} of others waited for as long"
        )
        p = now.p + share * min(come.p - now.p, 0.0)
        yield _as_told("chased", words, now, replace(now, p=p))


def _handed_over(model: Model, opened: OpenCases, now: Answer) -> Iterator[WhatIf]:
    """Yield what it would come to in the hands of the worker of the team with the fewest plans in hand."""
    worker = opened.about[0].worker
    load = pressures().load
    query = (
        select(User.id, User.name)
        .join(Case, Case.id == int(opened.cases.case_id[0]))
        .where(User.active, User.role == Role.CASEWORKER)
        .where((Case.team_id.is_(None)) | (User.team_id == Case.team_id))
    )
    others = [
        (load.get(str(user_id), 0), user_id, name)
        for user_id, name in db.session.execute(query)
        if model.worker(str(user_id)) >= 0 and str(user_id) != worker
    ]
    if not others:
        return
    fewest, user_id, name = min(others)
    if fewest >= load.get(worker, 0) and worker:
        return
    theirs = what_ifs.handed_over(opened.cases, worker=model.worker(str(user_id)), load=fewest + 1)
    then = what_ifs.answer(model, theirs)
    if then.helps(now):  # with few plans in hand somebody may still take longer over each
        words = f"{name} takes it over, who has {counted(fewest, 'plan')} in hand, the fewest of the team"
        yield _as_told("handed_over", words, now, then)
