"""The model: probabilities are probabilities, and move the way that time and waiting move them."""

from dataclasses import replace

import numpy as np
import pytest

from casetracker.forecast import grid
from casetracker.forecast.columns import NO_DAY, Cases, Pieces
from casetracker.forecast.model import days_left, p_final, put_right, put_right_by, score
from casetracker.forecast.steps import Place
from tests.unit.forecast import made
from tests.unit.forecast.counties import open_cases


def test_each_probability_is_one_and_there_is_none_where_a_limit_does_not_bind(independent):
    cases = open_cases(independent)
    found = score(independent.model, cases)
    binding = {
        "p_decision": cases.decision_due != NO_DAY,
        "p_no_plan": cases.plan_due != NO_DAY,
        "p_final": (cases.final_due != NO_DAY) & ~cases.excused,
    }
    for name, binds in binding.items():
        p = getattr(found, name)
        assert binds.any() and not binds.all(), name
        assert np.isnan(p[~binds]).all(), name
        assert ((p[binds] >= 0) & (p[binds] <= 1)).all(), name
    assert ((found.p_ends_otherwise >= 0) & (found.p_ends_otherwise < 1)).all()


def test_distributions_grow_and_a_plan_may_never_come(independent):
    found = score(independent.model, open_cases(independent))
    assert (np.diff(found.if_a_plan, axis=1) >= -1e-5).all()
    assert (np.diff(found.cdf, axis=1) >= -1e-5).all()
    assert found.cdf[:, -1] == pytest.approx(found.if_a_plan[:, -1] * (1 - found.p_ends_otherwise), abs=1e-5)


def test_what_is_past_its_limit_has_breached(independent):
    cases = open_cases(independent)
    past = (cases.final_due != NO_DAY) & (cases.day > cases.final_due) & ~cases.excused
    assert past.any()
    assert (score(independent.model, cases).p_final[past] == 1).all()
    decision, plan = made.TODAY - 1, made.TODAY - 2
    over = made.cases(
        {"place": Place.DECIDING, "decision_due": decision, "plan_due": plan, "final_due": made.TODAY + 9}
    )
    found = score(made.model(ends_otherwise=0.5), over)
    assert found.p_decision[0] == found.p_no_plan[0] == 1


def test_days_that_pass_with_nothing_happening_make_a_breach_likelier(independent):
    """On average over a county; one case may gain, where what has waited this long is about to come."""
    cases = open_cases(independent)
    cases = cases.take((cases.final_due > cases.day + 28) & ~cases.excused)
    means = [
        float(score(independent.model, replace(cases, day=cases.day + np.int32(later))).p_final.mean())
        for later in (0, 7, 14, 21, 28)
    ]
    assert len(cases) > 50
    assert means == sorted(means)
    assert means[-1] > means[0] + 0.1


def with_one_more_piece(cases: Cases) -> Cases:
    """Return the cases with one more piece to wait for in each, the slowest there is, asked for that day."""
    pieces, rows = cases.pieces, np.arange(len(cases))
    again = cases.pieces.table.max()
    columns = (
        np.concatenate([pieces.row, rows]),
        np.concatenate([pieces.table, np.full(len(cases), again)]),
        np.concatenate([pieces.since, cases.day]),
        np.concatenate([pieces.answered, np.full(len(cases), NO_DAY)]),
        np.concatenate([pieces.queue, np.full(len(cases), -1.0)]),
        np.concatenate([pieces.ahead, np.full(len(cases), -1.0)]),
        np.concatenate([pieces.shut, np.zeros(len(cases))]),
    )
    order = np.argsort(columns[0], kind="stable")
    types = (np.int64, np.int32, np.int32, np.int32, np.float32, np.float32, np.float32)
    return replace(cases, pieces=Pieces(*(c[order].astype(t) for c, t in zip(columns, types, strict=True))))


def test_one_more_piece_outstanding_never_makes_a_breach_less_likely(independent):
    cases, model = open_cases(independent), independent.model
    waits = np.bincount(cases.pieces.row, cases.pieces.answered == NO_DAY, minlength=len(cases)) > 0
    cases = cases.take((cases.place == Place.GATHERING) & waits & (cases.final_due > cases.day) & ~cases.excused)
    assert len(cases) > 30
    left = days_left(model, cases, cases.final_due)
    one, more = (made.parts(model, those) for those in (cases, with_one_more_piece(cases)))
    pace = one.haste @ model.lessons.haste
    assert (more.now <= one.now + 1e-6).all() and (more.final <= one.final + 1e-5).all()
    p, p_more = (
        p_final(model, cases, parts, put_right_by(model.lessons, cases, grid.at(parts.final, left), pace, left))
        for parts in (one, more)
    )
    assert (p_more >= p - 1e-5).all()
    assert (p_more > p + 0.01).any()


def test_the_last_piece_to_come_is_what_is_waited_for():
    """Two pieces of 30 and 48 days, both asked for that day: the advice is in when the slower one is."""
    cases = made.cases({"place": Place.GATHERING}, pieces=((0, "advice", 0, -1), (0, "advice:psychological", 0, -1)))
    found = made.parts(made.model(), cases)
    assert grid.when(found.now, 0.5)[0] == pytest.approx(3 * 16 - 0.5, abs=0.1)


@pytest.mark.parametrize(
    ("place", "steps"),
    [
        (Place.DECIDING, ("decide", "gather", "plan", "draft", "finish")),
        (Place.GATHERING, ("gather", "plan", "draft", "finish")),
        (Place.GATHERED, ("plan", "draft", "finish")),
        (Place.DRAFTING, ("draft", "finish")),
        (Place.FINISHING, ("finish",)),
    ],
)
def test_a_plan_takes_the_steps_that_are_left_one_after_another(place, steps):
    found = made.parts(made.model(), made.cases({"place": place}))
    mean = float(np.diff(found.final[0], prepend=0) @ (np.arange(grid.CELLS) * grid.STEP))
    assert mean == pytest.approx(sum(made.CELL[step] * 3 for step in steps), abs=2)


def test_a_case_that_ends_without_a_plan_can_still_end_late():
    """Decided on day 36 with 30 left: late whichever way it goes, since nothing ends it sooner."""
    model = made.model(ends_otherwise=0.5)
    late, early = (made.cases({"place": Place.DECIDING, "final_due": made.TODAY + days}) for days in (30, 400))
    assert score(model, late).p_final[0] == pytest.approx(1, abs=1e-3)
    assert score(model, early).p_final[0] == pytest.approx(0, abs=1e-3)


def test_a_share_of_breaches_is_excused_and_an_excused_case_has_no_breach_to_come():
    late = {"place": Place.DRAFTING, "final_due": made.TODAY + 1}
    assert score(made.model(excused=0.25), made.cases(late)).p_final[0] == pytest.approx(0.75, abs=1e-3)
    assert np.isnan(score(made.model(), made.cases(late | {"excused": True})).p_final[0])


def test_what_is_put_right_at_one_point_is_what_is_put_right_throughout(independent):
    cases, model = open_cases(independent), independent.model
    parts = made.parts(model, cases)
    left = np.full(len(cases), 3 * 20 + 1.0)
    whole = put_right(model.lessons, cases, parts.final, parts.haste)
    point = put_right_by(model.lessons, cases, grid.at(parts.final, left), parts.haste @ model.lessons.haste, left)
    assert point == pytest.approx(grid.at(whole, left), abs=1e-5)


def test_no_cases_have_no_scores(independent):
    nobody = independent.rehearsal.past.cases
    nobody = nobody.take(np.zeros(len(nobody), dtype=bool))
    assert len(score(independent.model, nobody).p_final) == 0
