"""The forecast's own pages: how right it is, fits put in use, what would help a case; and the case page's panel."""

import re
from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import select

from casetracker import wording
from casetracker.extensions import db
from casetracker.models import Case, FitState, Forecast, ForecastFit
from casetracker.pages import day
from casetracker.queries import forecasts as queries
from casetracker.roles import Role
from casetracker.services import forecasts, histories
from casetracker.statute.happenings import Happening as H
from tests import factories
from tests.conftest import NOW, TODAY
from tests.integration.forecasting.county import begin

pytestmark = pytest.mark.usefixtures("session", "on_the_day")


def text(answer) -> str:
    return " ".join(" ".join(html.fromstring(answer.text).find(".//main").itertext()).split())


def fitted() -> ForecastFit:
    fit = forecasts.fit(on=TODAY, at=NOW)
    db.session.commit()
    return fit


def gathering(user) -> Case:
    """A case in its twelfth week that waits for medical advice, scored."""
    received = TODAY - timedelta(weeks=12)
    asked = received + timedelta(weeks=5)
    steps = [
        (H.ASSESSMENT_AGREED, asked),
        (H.ADVICE_ASKED, asked, {"advice_kind": "medical", "advice_giver": "Health"}),
    ]
    made = factories.case(received_on=received, steps=steps, worker=user(name="Bea Busy"), reference="F-1")
    forecasts.score(on=TODAY, first_id=0, last_id=10_000)
    db.session.commit()
    return made


class TestHowRightItIs:
    def test_before_any_fit_the_page_says_what_is_missing(self, client, user):
        assert "Nothing has been fitted yet." in text(client(user()).get("/forecast"))

    def test_a_new_council_is_told_that_it_rests_on_what_is_shipped(self, client, user):
        fitted()
        page = text(client(user()).get("/forecast"))
        assert "It advises people and decides nothing" in page
        assert "until 200 of its cases have closed" in page
        assert "No cases could be scored yet" in page

    def test_every_figure_of_the_backtest_is_on_the_page_with_the_two_plain_rules(self, client, user):
        begin("queues", cases=420)
        fit = fitted()
        page = html.fromstring(client(user()).get("/forecast").text)
        (table,) = page.xpath("//table[contains(caption, 'by week of the clock')]")
        rows = [[" ".join(cell.itertext()).strip() for cell in row] for row in table.findall("tbody/tr")]
        weeks = fit.scores["backtest"]["weeks"]
        assert [row[0] for row in rows] == [week for week in ("4", "8", "12", "16") if weeks[week]["n"]]
        for row in rows:
            found = weeks[row[0]]
            assert row[1] == f"{found['n']:,}"
            assert row[4] == f"{found['skill']:.2f}"
            names = ("rule_behind_skill", "auc", "rule_days_left_auc", "rule_behind_auc")
            assert row[5:9] == [f"{found[name]:.2f}" for name in names]
        for row in rows:
            calibration = weeks[row[0]]["calibration"]
            tenths = page.xpath(f"//table[caption='Week {row[0]} in tenths of the scale']/tbody/tr")
            assert len(tenths) == len(calibration) > 0
        explained = text(client(user()).get("/forecast")).partition("What each of these means")[2]
        for term in ("Brier score", "skill", "best skill of stage behind", "AUC", "precision", "recall"):
            assert f"({term})" in explained
        assert page.xpath("//table[caption='Sex']//tbody/tr")
        assert not page.xpath("//main//*[contains(text(), 'nan')]")

    def test_it_says_at_which_weeks_the_plain_rule_could_have_been_as_good(self, client, user):
        fit = fitted()
        skills = {"4": (0.01, 0.0), "8": (0.12, 0.124), "12": (0.3, 0.35), "16": (0.5, None)}
        of = {"n": 800, "base_rate": 0.5, "brier": 0.2, "auc": 0.7, "days_before": 112}
        weeks = {week: {**of, "skill": ours, "rule_behind_skill": rule} for week, (ours, rule) in skills.items()}
        fit.scores = {"backtest": {"from": "2025-01-01", "to": "2026-01-01", "weeks": weeks, "groups": []}}
        db.session.commit()
        page = text(client(user()).get("/forecast"))
        assert "At weeks 8 and 12 the plain rule of how many stages a case is behind could have been as good" in page

    def test_groups_go_by_their_names_and_what_chance_does_not_explain_is_said_with_its_side(self, client, user):
        fit = fitted()
        said = [
            {"by": "sex", "group": code, "cases": cases, "expected": 0.4, "breached": breached, "interval": [0, 1]}
            for code, cases, breached in (("F", 400, 0.6), ("M", 400, 0.55), ("U", 6, 0.5), ("", 4, 0.5))
        ]
        said += [{**said[0], "by": "ethnicity", "group": code} for code in ("ABAN", "MWBC")]
        said += [{**said[0], "by": "need", "group": code} for code in ("PMLD", "ASD")]
        week = {"n": 800, "base_rate": 0.5, "brier": 0.3, "skill": -0.05, "auc": 0.5, "days_before": 112}
        fit.scores = {"backtest": {"from": "2025-01-01", "to": "2026-01-01", "weeks": {"4": week}, "groups": said}}
        db.session.commit()
        browser = client(user())
        page = browser.get("/forecast")
        rows = {" ".join(row[0].itertext()): row for row in html.fromstring(page.text).xpath("//tbody/tr")}
        assert {"Female", "Male", "Asian: Bangladeshi", "Profound and multiple learning difficulty"} <= set(rows)
        assert rows["Not known"][1].text == "10"  # both codes for it
        assert not {"ABAN", "MWBC", "PMLD", "U", ""} & set(rows)
        assert "6 of the 7 groups are marked. That is more than chance explains: in each of them more" in text(page)
        assert "Forecasts at week 4 were worse than the base rate" in text(page)

    def test_what_chance_explains_is_counted_and_no_more(self, client, user):
        fit = fitted()
        of = {"by": "area", "cases": 400, "breached": 0.5, "interval": [0, 1]}
        groups = [{**of, "group": f"Team {n}", "expected": 0.4 if n < 1 else 0.5} for n in range(9)]
        week = {"n": 800, "base_rate": 0.5, "brier": 0.2, "skill": 0.2, "auc": 0.7, "days_before": 112}
        fit.scores = {"backtest": {"from": "2025-01-01", "to": "2026-01-01", "weeks": {"12": week}, "groups": groups}}
        db.session.commit()
        page = text(client(user()).get("/forecast"))
        assert "1 of the 9 groups is marked." in page and "Team 1" in page
        assert "more than chance explains" not in page and "relied on" not in page

    def test_a_manager_puts_an_earlier_fit_back_and_a_caseworker_may_not(self, client, user):
        first = fitted()
        kept = {c.name: getattr(first, c.name) for c in ForecastFit.__table__.columns if c.name != "id"}
        second = ForecastFit(**{**kept, "state": FitState.NOT_BETTER, "reason": "Scored worse."})
        db.session.add(second)
        db.session.commit()
        client(user()).post(f"/forecast/fits/{second.id}/use", status=403)
        browser = client(user(Role.MANAGER, name="Mo Manager"))
        browser.post(f"/forecast/fits/{second.id}/use")
        assert queries.fit_in_use().id == second.id
        page = text(browser.get("/forecast"))
        assert "Put in use by Mo Manager" in page
        assert f"Number {first.id}" in page and "Was in use" in page
        assert "Number" in text(browser.get(f"/forecast/fits/{first.id}"))
        browser.get("/forecast/fits/12345", status=404)

    def test_a_fit_of_another_version_is_refused_with_a_reason(self, client, user):
        kept = fitted()
        columns = {c.name: getattr(kept, c.name) for c in ForecastFit.__table__.columns if c.name != "id"}
        other = ForecastFit(**{**columns, "state": FitState.RETIRED, "model": '{"form": 0, "haste_of": []}'})
        db.session.add(other)
        db.session.commit()
        answer = client(user(Role.MANAGER)).post(f"/forecast/fits/{other.id}/use", status=200, follow_redirects=True)
        assert "made by another version of the tracker" in text(answer)
        assert queries.fit_in_use().id == kept.id


class TestOneCase:
    def test_the_case_page_says_what_to_expect_and_why(self, client, user):
        fitted()
        case = gathering(user)
        said = queries.of_case(case.id, today=TODAY)
        page = text(client(user()).get(f"/cases/{case.id}"))
        assert f"Chance that the final plan is late {round(100 * said.p_final)}%" in page
        assert "It waits for Medical advice (Health)" in page
        for reason in said.reasons:
            assert reason.words in page
        assert "It rests on what is shipped" in page and "decides nothing" in page

    @pytest.mark.parametrize(
        ("p", "chance", "why"), [(1.0, "100%", "Its last day has passed."), (0.996, "99%", "Nothing that is known of")]
    )
    def test_what_is_certain_is_said_to_be_and_what_has_no_reason_is_not_left_without_a_word(
        self, client, user, p, chance, why
    ):
        fitted()
        case = gathering(user)
        row = db.session.get_one(Forecast, case.id)
        row.p_final, row.reasons = p, []
        db.session.commit()
        page = text(client(user()).get(f"/cases/{case.id}"))
        assert f"Chance that the final plan is late {chance}" in page
        assert why in page

    def test_an_ended_case_and_a_past_day_have_no_forecast(self, client, user):
        fitted()
        case = gathering(user)
        browser = client(user())
        assert "What to expect" not in text(browser.get(f"/cases/{case.id}?on={TODAY - timedelta(days=7)}"))
        assert db.session.scalar(select(Forecast.case_id)) == case.id

    def test_what_would_help_moves_the_probability(self, client, user):
        fitted()
        case = gathering(user)
        ways = forecasts.what_if(case_id=case.id, today=TODAY).ways
        assert any(way.p_then < way.p_now - 0.02 for way in ways)
        page = text(client(user()).get(f"/forecast/cases/{case.id}/what-if"))
        for way in ways:
            assert way.words in page
        assert "in 100" in page

    def test_each_piece_of_advice_that_is_waited_for_has_its_own_chance_of_being_late(self, client, user):
        fitted()
        case = gathering(user)  # asked for seven weeks ago: its six weeks are over
        early = factories.case(received_on=TODAY - timedelta(weeks=8), reference="F-2")
        agreed = TODAY - timedelta(weeks=2)
        histories.append(
            case_id=early.id,
            entries=[
                factories.entry((H.ASSESSMENT_AGREED, agreed)),
                *(
                    factories.entry((H.ADVICE_ASKED, agreed, {"advice_kind": kind}))
                    for kind in ("parental", "psychological", "medical")
                ),
                factories.entry((H.ADVICE_RECEIVED, TODAY, {"advice_kind": "medical"})),
            ],
            today=TODAY,
        )
        db.session.commit()
        (late,) = forecasts.what_if(case_id=case.id, today=TODAY).awaited
        assert (late.giver, late.due_on, late.p_late) == ("Health", TODAY - timedelta(weeks=1), 1.0)
        first, second = forecasts.what_if(case_id=early.id, today=TODAY).awaited
        assert [first.words, second.words] == ["Psychological advice", wording.of_advice("parental") + " advice"]
        assert first.due_on == second.due_on == agreed + timedelta(weeks=6)
        assert 1 > first.p_late > second.p_late > 0
        assert "it is late" in text(client(user()).get(f"/forecast/cases/{case.id}/what-if"))

    @pytest.mark.parametrize("weeks", [2, 12, 30], ids=["deciding", "gathering", "past its limit"])
    def test_every_change_is_from_a_chance_that_is_on_the_page(self, client, user, weeks):
        fitted()
        steps = [(H.ASSESSMENT_AGREED, TODAY - timedelta(weeks=1)), (H.ADVICE_ASKED, TODAY, {"advice_kind": "medical"})]
        received = TODAY - timedelta(weeks=weeks)
        case = factories.case(received_on=received, steps=steps if weeks > 2 else [], reference="F-3")
        db.session.commit()
        answer = client(user()).get(f"/forecast/cases/{case.id}/what-if")
        page = text(answer)
        (now,) = re.findall(r"the final plan is late is (\d+)%", page)
        rows = html.fromstring(answer.text).xpath("//table[contains(caption, 'What could be done today')]/tbody/tr")
        assert rows
        for row in rows:
            then, change, _ = ["".join(cell.itertext()) for cell in row.findall("td")]
            base = re.search(r"from (\d+)%", change)
            moved = re.match(r"nothing|(up|down) (\d+) in 100", change)
            by = {"up": 1, "down": -1, None: 0}[moved[1]] * int(moved[2] or 0)
            assert int(base[1] if base else now) + by == int(then.rstrip("%"))
        assert ("if it is agreed to assess" in page) is (weeks == 2)
        assert ("None of these would make it less likely" in page) is (weeks == 30)

    @pytest.mark.parametrize("drafted", [True, False], ids=["draft sent", "no advice asked for"])
    def test_where_nothing_can_be_tried_it_says_so_and_how_the_case_stands(self, client, user, drafted):
        fitted()
        received = TODAY - timedelta(weeks=12)
        steps = [(H.ASSESSMENT_AGREED, received + timedelta(weeks=5))]
        if drafted:
            steps += [(H.PLAN_AGREED, TODAY - timedelta(days=9)), (H.DRAFT_PLAN_SENT, TODAY - timedelta(days=2))]
        case = factories.case(received_on=received, steps=steps, reference="F-4")
        forecasts.score(on=TODAY, first_id=case.id, last_id=case.id)
        db.session.commit()
        asked = forecasts.what_if(case_id=case.id, today=TODAY)
        page = text(client(user()).get(f"/forecast/cases/{case.id}/what-if"))
        assert f"the chance that the final plan is late is {round(100 * asked.p_now)}%" in page
        assert f"If there is a plan, it is expected on {day(asked.expected_now)}" in page
        assert "Nothing that can be tried here would change it." in page
        assert asked.remark in page
        assert "no final plan is waited for" not in page
        assert ("Asking for advice and waiting for it (on now)" in page) is not drafted

    def test_a_case_that_waits_for_no_plan_says_so(self, client, user):
        fitted()
        steps = [(H.REQUEST_WITHDRAWN, TODAY - timedelta(weeks=1))]
        case = factories.case(received_on=TODAY - timedelta(weeks=3), steps=steps)
        db.session.commit()
        assert "no final plan is waited for" in text(client(user()).get(f"/forecast/cases/{case.id}/what-if"))

    def test_a_chance_and_a_day_that_seem_at_odds_are_told_with_the_chance_that_there_is_no_plan(self, client, user):
        fitted()
        case = gathering(user)
        row = db.session.get_one(Forecast, case.id)
        last = case.final_due_on
        late, early = last + timedelta(days=7), last - timedelta(days=7)

        def shown(p_final: float | None, p_no_plan: float, expected_on: date) -> str:
            row.p_final, row.p_ends_otherwise, row.expected_on = p_final, p_no_plan, expected_on
            db.session.commit()
            return text(client(user()).get(f"/cases/{case.id}"))

        page = shown(0.33, 0.4, late)
        assert "Chance that the final plan is late 33%" in page
        assert "Chance that there is no plan 40% (refused, withdrawn or moved away)" in page
        assert f"Not counted as late: a case that ends with no plan by {day(last)}" in page
        assert f"If there is a plan, expected {day(late)} (after its limit, whose last day is" in page
        assert "Chance that there is no plan 2%" in shown(0.48, 0.02, late)  # small, but what is at odds needs it
        page = shown(0.33, 0.02, early)
        assert "Chance that there is no plan" not in page and "(within its limit" in page
        assert "counts as late as well" in shown(1.0, 0.4, late)
        page = shown(None, 0.4, late)
        assert "Chance that there is no plan 40%" in page and "counted as late" not in page

    def test_with_no_fit_there_is_nothing_to_say(self, client, user):
        made = factories.case(received_on=TODAY - timedelta(weeks=3))
        db.session.commit()
        page = text(client(user()).get(f"/forecast/cases/{made.id}/what-if"))
        assert "there is no forecast that can be read" in page and "Remaining time by step" not in page
        client(user()).get("/forecast/cases/999/what-if", status=404)

    @pytest.mark.parametrize("kept", ["no fit", "{}", '{"form": 0}', '{"form": 2, "haste_of": []}', "torn"])
    def test_with_a_fit_that_cannot_be_read_it_says_so(self, client, user, kept):
        fit = fitted()
        case = gathering(user)
        fit.model = fit.model[:-500] if kept == "torn" else kept
        db.session.commit()
        page = text(client(user()).get(f"/forecast/cases/{case.id}/what-if"))
        assert "there is no forecast that can be read" in page

    def test_what_is_left_of_each_step_is_shown_in_their_order_with_the_one_that_is_on(self, client, user):
        fitted()
        case = gathering(user)
        days = queries.of_case(case.id, today=TODAY).days_by_step
        page = html.fromstring(client(user()).get(f"/forecast/cases/{case.id}/what-if").text)
        (table,) = page.xpath("//table[caption='Remaining time by step']")
        rows = [["".join(cell.itertext()) for cell in row] for row in table.findall("tbody/tr")]
        assert rows == [
            ["Medical advice (on now)", "Health", str(days["advice"])],
            ["The decision about a plan", "the panel", str(days["plan"])],
            ["The draft plan", "Bea Busy", str(days["draft"])],
            ["The last steps after the draft", "Bea Busy", str(days["finish"])],
        ]
        assert [row.get("aria-current") for row in table.findall("tbody/tr")] == ["step", None, None, None]

    @pytest.mark.parametrize(("role", "status"), [(Role.CASEWORKER, 200), (Role.DATA_OFFICER, 200)])
    def test_all_who_see_forecasts_see_the_page(self, client, user, role, status):
        client(user(role)).get("/forecast", status=status)
