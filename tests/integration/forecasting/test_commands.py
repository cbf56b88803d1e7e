"""`casetracker forecast ...`: what it prints, and that what is printed as JSON is that alone."""

import json

import pytest
from sqlalchemy import func, select

from casetracker.commands.forecast import forecast
from casetracker.models import Forecast, ForecastFit
from casetracker.services import forecasts
from tests.integration.forecasting.county import AT, ON, begin

WEEK = {"n", "base_rate", "brier", "skill", "auc", "rule_days_left_auc", "rule_behind_auc"}


@pytest.fixture
def command(app, on_the_day):
    """Run a command: `command("fit")` returns what click makes of it."""

    def run(*args: str):
        return app.test_cli_runner().invoke(forecast, args)

    return run


@pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
def test_the_backtest_as_json_is_that_and_nothing_else(session, command):
    begin("queues", cases=420)
    done = command("backtest", "--json")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert list(found["weeks"]) == ["4", "8", "12", "16"]
    for week in found["weeks"].values():
        assert set(week) >= WEEK
        assert week["n"] > 0
        assert 0 <= week["base_rate"] <= 1
        assert 0 <= week["brier"] <= 1
    assert 0 <= found["interval_80_coverage"] <= 1
    kept = forecasts.fit(on=ON, at=AT).scores["backtest"]
    assert kept == {name: found[name] for name in kept}, "a fit and a backtest of one day are the same thing"
    narrow = json.loads(command("backtest", "--json", "--from", "2026-01-01", "--to", "2026-03-01").stdout)
    assert (narrow["from"], narrow["to"]) == ("2026-01-01", "2026-03-01")
    assert narrow["weeks"]["12"]["n"] < found["weeks"]["12"]["n"]


@pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
def test_the_backtest_of_few_cases_says_so_in_words(session, command):
    begin("independent", cases=60)
    done = command("backtest")
    assert done.exit_code == 0, done.output
    assert "80% intervals that held" in done.stdout
    assert "rest on what is shipped" in done.stdout
    nothing = command("backtest", "--from", "2026-03-01", "--to", "2026-01-01")
    assert nothing.exit_code == 2
    assert "before the first" in nothing.output
    to_come = command("backtest", "--from", "2026-06-02")
    assert to_come.exit_code == 2
    assert "--from" in to_come.output and "has not come yet" in to_come.output
    early = json.loads(command("backtest", "--json", "--to", "2016-01-01").stdout)
    assert early["from"] <= early["to"] == "2016-01-01"


def test_an_empty_authority_can_be_fitted_scored_and_backtested(session, command):
    assert "what is shipped" in command("fit").output
    assert command("score").output == "Scored 0 open cases.\n"
    done = command("backtest", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["weeks"]["12"]["n"] == 0


@pytest.mark.parametrize("database_uri", ["sqlite"], indirect=True)
def test_fit_score_list_and_use(session, command):
    begin("independent", cases=60)
    first = forecasts.fit(on=ON.replace(month=5), at=AT)
    session.commit()
    done = command("fit")
    assert done.output.startswith(f"Fit {first.id + 1} (in use).")
    again = command("fit")
    assert again.output.startswith(f"Nothing is new since fit {first.id + 1} of {ON:%-d %B %Y} was made")
    assert session.scalar(select(func.count(ForecastFit.id))) == 2
    scored = command("score")
    assert scored.output == f"Scored {len(list(session.scalars(select(Forecast))))} open cases.\n"
    listed = command("list").output.splitlines()
    assert [line.split()[0] for line in listed] == [str(first.id + 1), str(first.id)]
    assert command("use", str(first.id)).output == f"Fit {first.id} is in use.\n"
    session.expire_all()
    assert session.get_one(ForecastFit, first.id).reason == "Put in use by a command."
    missing = command("use", "999")
    assert missing.exit_code == 2
    assert "there is no such fit" in missing.output
    refused = command("fit", "--on", "2030-01-01")
    assert refused.exit_code == 2
    assert "has not come yet" in refused.output
