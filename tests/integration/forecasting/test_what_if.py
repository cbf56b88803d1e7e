"""What if: each way that the step on now could be done, and nothing recorded by asking."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from casetracker.forecast import keeping
from casetracker.forecast.haste import HASTE
from casetracker.models import Case, CaseEvent, Forecast, ForecastFit, User
from casetracker.queries.forecasting.pressures import pressures
from casetracker.roles import Role
from casetracker.services import forecasts
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.integration.forecasting.county import AT, ON, begin_fitted

BEGAN = ON - timedelta(days=100)


@pytest.fixture
def fitted(session):
    """A county that has been fitted, the fit made once."""
    begin_fitted("queues", cases=200)
    return session


def on_day(days: int):
    return BEGAN + timedelta(days=days)


def codes(found) -> list[str]:
    return [one.code for one in found if one.code not in ("handed_over", "chased")]


def test_each_place_has_its_own_ways_and_none_makes_things_worse(fitted):
    asked = [(H.ASSESSMENT_AGREED, on_day(40))]
    asked += [(H.ADVICE_ASKED, on_day(41), {"advice_kind": kind}) for kind in ("medical", "psychological")]
    answered = [(H.ADVICE_RECEIVED, on_day(80), {"advice_kind": kind}) for kind in ("medical", "psychological")]
    ways = {
        "deciding": ([], ["decide_today"]),
        "gathering": (asked, ["advice_today", "advice_today", "advice_soon"]),
        "gathered": ([*asked, *answered], ["plan_today", "draft_today"]),
        "drafting": ([*asked, *answered, (H.PLAN_AGREED, on_day(90))], ["draft_today"]),
        "finishing": ([*asked, *answered, (H.PLAN_AGREED, on_day(85)), (H.DRAFT_PLAN_SENT, on_day(90))], []),
    }
    cases = {name: factories.case(received_on=BEGAN, steps=steps, reference=name) for name, (steps, _) in ways.items()}
    fitted.commit()
    for name, (_, expected) in ways.items():
        asked = forecasts.what_if(case_id=cases[name].id, today=ON)
        found = asked.ways
        assert codes(found) == expected
        assert asked.waits_for_plan and 0 < asked.p_now < 1 and asked.expected_now > ON
        assert all((one.p_now == asked.p_now) is (one.against == "") for one in found)
        assert bool(asked.remark) is (name == "finishing")
        assert all(0 <= one.p_then <= 1 and 0 <= one.p_now <= 1 for one in found)
        assert all(one.p_then <= one.p_now + 0.02 for one in found)
    gathering = forecasts.what_if(case_id=cases["gathering"].id, today=ON).ways
    words = [one.words for one in gathering]
    assert "All the advice has come within two weeks" in words
    assert any("comes today" in one and "sycholog" in one for one in words)


def test_asking_records_nothing(fitted):
    def counts() -> list[int]:
        return [fitted.scalar(select(func.count()).select_from(table)) for table in (CaseEvent, Forecast)]

    before = counts()
    case_id = fitted.scalar(select(Case.id).where(Case.is_open).limit(1))
    assert forecasts.what_if(case_id=case_id, today=ON).ways
    assert counts() == before


def test_a_case_that_is_over_excused_or_without_a_fit_has_none(session):
    excused = factories.case(
        received_on=BEGAN,
        steps=[(H.EXCEPTION_RECORDED, on_day(5), {"paragraph": "13(3)", "until": on_day(20).isoformat()})],
        reference="EXCUSED",
    )
    over = factories.case(received_on=BEGAN, steps=[(H.REQUEST_WITHDRAWN, on_day(9))], reference="OVER")
    plain = factories.case(received_on=BEGAN, reference="PLAIN")
    session.commit()
    assert not forecasts.what_if(case_id=plain.id, today=ON).ways
    forecasts.fit(on=ON, at=AT)
    assert codes(forecasts.what_if(case_id=plain.id, today=ON).ways) == ["decide_today"]
    found = forecasts.what_if(case_id=excused.id, today=ON)
    assert found.waits_for_plan and found.p_now is None and not found.ways
    assert found.expected_now > ON and "An exception reaches the limit" in found.remark
    for nothing in (over.id, 10_000):
        assert forecasts.what_if(case_id=nothing, today=ON) == forecasts.WhatIfs()


def test_a_decision_today_is_held_against_the_same_decision_when_it_is_usually_made(fitted):
    case = factories.case(received_on=BEGAN + timedelta(days=85), reference="NEW")
    fitted.commit()
    asked = forecasts.what_if(case_id=case.id, today=ON)
    [way] = [one for one in asked.ways if one.code == "decide_today"]
    assert way.p_then < way.p_now and way.p_now > asked.p_now  # of which some are refused, and so never late
    assert way.against.startswith("if it is agreed to assess")
    assert asked.p_no_plan > 0.05


def test_with_no_advice_asked_for_it_is_told_how_it_stands_and_why_asking_cannot_be_tried(fitted):
    case = factories.case(received_on=BEGAN, steps=[(H.ASSESSMENT_AGREED, on_day(40))], reference="UNASKED")
    fitted.commit()
    asked = forecasts.what_if(case_id=case.id, today=ON)
    assert codes(asked.ways) == []
    assert 0 < asked.p_now < 1 and asked.expected_now > ON
    assert "What asking for it today would come to cannot be told" in asked.remark


def test_a_case_is_offered_to_the_worker_of_its_team_with_the_fewest_plans_in_hand_where_that_helps(fitted):
    fit = fitted.scalars(select(ForecastFit)).one()
    model = keeping.from_text(fit.model)
    weights = np.where(np.array(HASTE) == "worker_load", -1.5, model.lessons.haste)  # who has much in hand is slow
    fit.model = keeping.as_text(replace(model, lessons=replace(model.lessons, haste=weights)))
    fitted.commit()
    load = pressures().load
    fewest = dict(iter(fitted.execute(select(User.id, User.team_id).where(User.role == Role.CASEWORKER))))
    offered = 0
    for case in fitted.scalars(select(Case).where(Case.is_open, Case.named_worker_id.is_not(None))):
        least = min(load.get(str(one), 0) for one, team in fewest.items() if team == case.team_id)
        for one in forecasts.what_if(case_id=case.id, today=ON).ways:
            if one.code == "handed_over":
                offered += 1
                assert least < load[str(case.named_worker_id)]
                assert one.p_then <= one.p_now
                assert " takes it over, who has" in one.words
    assert offered


def test_chasing_is_told_with_its_own_evidence_or_not_at_all(fitted):
    asked = [(H.ASSESSMENT_AGREED, on_day(40)), (H.ADVICE_ASKED, on_day(41), {"advice_kind": "medical"})]
    case = factories.case(received_on=BEGAN, steps=asked, reference="CHASED")
    fit = fitted.scalars(select(ForecastFit)).one()
    fit.scores = {**fit.scores, "chasing": None}
    fitted.commit()
    assert "chased" not in {one.code for one in forecasts.what_if(case_id=case.id, today=ON).ways}
    fit.scores = {**fit.scores, "chasing": {"pieces": 210, "chased": 0.62, "not_chased": 0.41}}
    fitted.commit()
    [chased] = [one for one in forecasts.what_if(case_id=case.id, today=ON).ways if one.code == "chased"]
    assert "62% of pieces chased came within two weeks, and 41% of others" in chased.words
    assert chased.p_then <= chased.p_now
    fit.scores = {**fit.scores, "chasing": {"pieces": 210, "chased": 0.4, "not_chased": 0.41}}
    fitted.commit()
    assert "chased" not in {one.code for one in forecasts.what_if(case_id=case.id, today=ON).ways}
