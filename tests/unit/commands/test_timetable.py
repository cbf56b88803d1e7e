"""`casetracker timetable`: the law's view of any history, without a database."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from click.testing import CliRunner

from casetracker.commands import main
from casetracker.commands.timetable import timetable

RECEIVED = ("--received-on", "2026-01-05")


def run(*words, env=None):
    return CliRunner().invoke(timetable, words, env=env)


def printed(*words, env=None):
    result = run(*words, "--json", env=env)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)


def events(*steps):
    return [word for step in steps for word in ("--event", step)]


def by_duty(rows):
    return {row["duty"]: row for row in rows}


class TestJson:
    def test_a_request_has_the_shape_that_was_promised(self):
        data = printed(*RECEIVED, "--on", "2026-03-06")
        assert {word: data[word] for word in ("week", "day", "stage", "whose_move", "received_on", "on")} == {
            "week": 9,
            "day": 60,
            "stage": "requested",
            "whose_move": "authority",
            "received_on": "2026-01-05",
            "on": "2026-03-06",
        }
        assert data["milestones"][0] == {
            "duty": "decide_whether_to_assess",
            "due_on": "2026-02-16",
            "done_on": None,
            "standing": "overdue",
            "authority": "SEND Regs 2014, reg 5(1)",
            "force": "statutory",
            "mark": "V",
            "excused_by": None,
            "lapsed_on": None,
            "episode": 1,
        }
        assert [(row["duty"], row["due_on"]) for row in data["milestones"]] == [
            ("decide_whether_to_assess", "2026-02-16"),
            ("notify_no_plan", "2026-04-27"),
            ("issue_final_plan", "2026-05-25"),
        ]
        assert [(row["duty"], row["due_on"]) for row in data["targets"]] == [
            ("gather_advice", "2026-03-30"),
            ("send_draft_plan", "2026-04-27"),
        ]
        assert (data["rights"], data["exceptions"], data["objections"]) == ([], [], [])

    def test_targets_of_our_own_and_windows_of_appeal_are_kept_apart_from_the_milestones(self):
        steps = events(
            "assessment_agreed=2026-02-10",
            "advice_asked=2026-02-10,advice_kind=medical,advice_giver=North Trust, Leeds",
            "plan_agreed=2026-04-20",
            "draft_plan_sent=2026-04-27",
            "setting_consulted=2026-04-28,setting=Hill School",
            "final_plan_issued=2026-05-20",
        )
        data = printed(*RECEIVED, *steps, "--on", "2026-06-01")
        assert {row["duty"] for row in data["milestones"]} == {
            "decide_whether_to_assess",
            "receive_advice",
            "representations_window",
            "setting_reply",
            "issue_final_plan",
        }
        assert {row["duty"] for row in data["targets"]} == {"gather_advice", "send_draft_plan"}
        assert {row["duty"] for row in data["rights"]} == {"mediation_window", "appeal_window"}
        named = by_duty(data["milestones"])
        assert named["receive_advice"]["advice_kind"] == "medical"
        assert named["receive_advice"]["due_on"] == "2026-03-24"
        assert (named["setting_reply"]["setting"], named["setting_reply"]["force"]) == ("Hill School", "guidance")
        assert named["representations_window"]["due_on"] == "2026-05-11"
        assert named["issue_final_plan"]["standing"] == "met"

    def test_an_exception_names_its_paragraph(self):
        claimed = events("exception_recorded=2026-03-01,reason=13(3)(c),until=2026-04-20")
        data = printed(*RECEIVED, *claimed, "--on", "2026-06-01")
        final = by_duty(data["milestones"])["issue_final_plan"]
        assert (final["due_on"], final["standing"], final["excused_by"]) == ("2026-05-25", "excused", "13(3)(c)")
        assert data["exceptions"] == [
            {
                "paragraph": "13(3)(c)",
                "authority": "SEND Regs 2014, reg 13(3)(c)",
                "from_on": "2026-03-01",
                "until_on": "2026-04-20",
                "advice_kind": None,
                "episode": 1,
            }
        ]

    def test_an_order_starts_an_episode_of_its_own_and_its_draft_is_a_limit(self):
        steps = events(
            "assessment_agreed=2026-02-10", "plan_refused=2026-04-20", "appeal_decided=2026-10-01,reason=44(2)(c)"
        )
        data = printed(*RECEIVED, *steps, "--on", "2026-10-02")
        second = {row["duty"]: row["due_on"] for row in data["milestones"] if row["episode"] == 2}
        assert second == {"send_draft_plan": "2026-11-05", "issue_final_plan": "2026-12-17"}
        assert [episode["basis"] for episode in data["episodes"]] == ["request", "tribunal_order"]
        assert (data["week"], data["day"]) == (1, 1)

    def test_a_move_in_needs_no_day_of_receipt(self):
        data = printed(*events("moved_in=2026-03-02"), "--on", "2026-03-03")
        assert (data["stage"], data["received_on"]) == ("transferred", None)
        assert [row["duty"] for row in data["milestones"]] == ["tell_family_of_transfer", "review_transferred_plan"]
        sure = printed(*events("moved_in=2026-03-02"), "--on", "2026-03-03", "--confirmed-only")
        assert [row["duty"] for row in sure["milestones"]] == ["tell_family_of_transfer"]

    @pytest.mark.parametrize("how", ["flag", "environment"])
    def test_day_one_is_counted_when_it_is_asked_for(self, how):
        words, env = (["--count-day-one"], None) if how == "flag" else ([], {"COUNT_DAY_ONE": "true"})
        data = printed(*RECEIVED, "--on", "2026-01-05", *words, env=env)
        assert by_duty(data["milestones"])["issue_final_plan"]["due_on"] == "2026-05-24"
        assert data["day"] == 1

    def test_the_day_is_today_in_london_when_none_is_given(self):
        with time_machine.travel(datetime(2026, 3, 29, 23, 30, tzinfo=UTC), tick=False):
            assert printed(*RECEIVED)["on"] == "2026-03-30"

    def test_events_may_be_given_in_any_order(self):
        steps = ["assessment_agreed=2026-02-10", "plan_agreed=2026-04-20", "draft_plan_sent=2026-04-27"]
        on = ("--on", "2026-05-01")
        assert printed(*RECEIVED, *events(*steps), *on) == printed(*RECEIVED, *events(*reversed(steps)), *on)


class TestRefusals:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ([*RECEIVED, *events("final_plan_issued=2026-02-20")], "cannot happen to a case that is requested"),
            ([*RECEIVED, *events("assesment_agreed=2026-02-20")], "there is no event 'assesment_agreed'"),
            ([*RECEIVED, *events("assessment_agreed=2026-02-30")], "'2026-02-30' is not a day"),
            ([*RECEIVED, *events("assessment_agreed")], "write it as what=YYYY-MM-DD"),
            ([*RECEIVED, *events("assessment_agreed=2026-07-01")], "is in the future"),
            ([*RECEIVED, *events("assessment_agreed=2026-01-04")], "is before the request was received on 2026-01-05"),
            ([*RECEIVED, *events("exception_recorded=2026-01-10,reason=5(4)(d),until=2026-01-20")], "away for 11 days"),
            ([*RECEIVED, *events("exception_recorded=2026-01-10,reason=6(1)")], "no time limit has an exception in"),
            ([*RECEIVED, *events("request_received=2026-01-10")], "cannot happen to a case that is requested"),
            (["--received-on", "2026-02-30"], "--received-on: '2026-02-30' is not a day"),
            (["--received-on", "05/01/2026"], "write it as YYYY-MM-DD"),
            (["--received-on", "20260105"], "is not a day"),
            (["--received-on", "0203-01-05"], "the year must be"),
            (["--received-on", "2026-06-02"], "is in the future"),
            ([*events("assessment_agreed=2026-02-20")], "--received-on is needed"),
            ([], "--received-on is needed"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_said_in_one_line_with_status_2(self, words, said):
        result = run(*words, "--on", "2026-06-01")
        assert result.exit_code == 2
        assert result.stdout == ""
        assert said in result.stderr and result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1

    def test_a_day_to_look_at_that_is_none_is_refused(self):
        result = run(*RECEIVED, "--on", "yesterday")
        assert (result.exit_code, result.stderr) == (
            2,
            "Error: --on: 'yesterday' is not a day; write it as YYYY-MM-DD\n",
        )


class TestTable:
    def test_it_can_be_read(self):
        lines = run(*RECEIVED, "--on", "2026-03-06").stdout.splitlines()
        assert lines[0] == "As at 2026-03-06: requested, week 9 of 20, day 60."
        assert lines[1] == "Whose move: authority."
        row = next(line for line in lines if line.startswith("decide whether to assess"))
        assert row.endswith("  SEND Regs 2014, reg 5(1)")
        assert "2026-02-16" in row and "overdue" in row

    def test_it_says_what_is_unconfirmed_what_is_a_target_and_what_has_lapsed(self):
        moved = run(*events("moved_in=2026-03-02"), "--on", "2026-03-03").stdout
        assert moved.count("[not confirmed]") == 1 and "of 20" not in moved
        assert run(*RECEIVED, "--on", "2026-03-03").stdout.count("(target)") == 2
        withdrawn = run(*RECEIVED, *events("request_withdrawn=2026-03-01"), "--on", "2026-03-03").stdout
        assert "overdue, lapsed 2026-03-01" in withdrawn


def test_it_is_one_of_the_commands_of_casetracker():
    result = CliRunner().invoke(main, ["timetable", *RECEIVED, "--on", "2026-03-06", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["week"] == 9


def test_a_detail_that_nothing_looks_at_is_refused_with_the_ones_there_are():
    refused = run(*RECEIVED, *events("advice_asked=2026-02-12,advise_kind=medical"), "--on", "2026-07-01")
    assert refused.exit_code == 2
    assert "there is no detail 'advise_kind'; there are advice_giver, advice_kind" in refused.stderr


def test_help_names_everything_that_can_happen():
    assert "advice_not_known_to_service" in run("--help").stdout.replace("\n", " ")
