"""What there was before the four levels is kept, truthfully, when the database is upgraded."""

from datetime import UTC, date, datetime

from flask_migrate import downgrade, upgrade
from sqlalchemy import insert, select, text

from casetracker.extensions import db
from casetracker.models import Alert, AlertEntry, AlertLevel, RetiredLevel
from tests import factories
from tests.integration.alerts.conftest import sweep

BEFORE = "0007"
AT = datetime(2026, 2, 18, 9, tzinfo=UTC)


def earlier(case_id: int, user_id: int) -> list[dict[str, object]]:
    empty = dict.fromkeys(("closed_on", "closed_because", "acknowledged_at", "acknowledged_by_id"))
    empty |= dict.fromkeys(("action", "action_by_id", "action_due_on"))
    done = {"closed_on": date(2026, 2, 17), "closed_because": "became_breach"}
    decide = {"milestone_key": "1:decide_whether_to_assess::1", "duty": "decide_whether_to_assess", "subject": ""}
    advice = {"milestone_key": "1:receive_advice:medical:1", "duty": "receive_advice", "subject": "medical"}
    acted = {"acknowledged_at": AT, "acknowledged_by_id": user_id, "action": "Ring", "action_by_id": user_id}
    due = {"due_on": date(2026, 2, 16)}
    return [
        {**empty, **decide, **due, "level": "due_soon", "raised_on": date(2026, 2, 2), **done},
        {**empty, **decide, **due, "level": "breached", "raised_on": date(2026, 2, 17), **acted}
        | {"action_due_on": date(2026, 2, 20)},
        {**empty, **advice, "level": "overdue", "due_on": date(2026, 3, 23), "raised_on": date(2026, 3, 24)},
        {**empty, **decide, "level": "due_soon", "due_on": date(2026, 5, 25), "raised_on": date(2026, 5, 12)}
        | {"milestone_key": "1:issue_final_plan::1", "duty": "issue_final_plan"},
    ]  # fmt: skip


def test_past_alerts_keep_what_they_said_and_those_that_stand_have_a_level_of_today(app, user):
    by = user()
    with app.app_context():
        case = factories.case(received_on=date(2026, 1, 5))
        db.session.commit()
        case_id = case.id
        db.session.remove()
        downgrade(revision=BEFORE)
        table = db.Table("alerts", db.MetaData(), autoload_with=db.engine)
        with db.engine.begin() as connection:
            rows = [{**row, "case_id": case_id} for row in earlier(case_id, by.id)]
            connection.execute(insert(table), rows)
        upgrade()
        found = db.session.scalars(select(Alert).order_by(Alert.id)).all()
        assert [alert.level for alert in found] == [
            RetiredLevel.DUE_SOON,
            AlertLevel.BREACHED,
            AlertLevel.BEHIND,
            RetiredLevel.DUE_SOON,
        ]
        assert [alert.closed_because for alert in found] == ["became_breach", None, None, "level_retired"]
        assert found[3].closed_on >= date(2026, 5, 12)
        assert [alert.at_stake for alert in found][1:3] == ["1:decide_whether_to_assess::1", "1:issue_final_plan::1"]
        assert (found[1].back_on, found[1].waits_since, found[1].action_code) == (
            date(2026, 2, 21),
            date(2026, 2, 21),
            "other",
        )
        assert found[2].words == "The advice was not received within its six weeks."
        ledger = db.session.execute(
            select(AlertEntry.alert_id, AlertEntry.kind, AlertEntry.on_day, AlertEntry.at).order_by(
                AlertEntry.alert_id, AlertEntry.at, AlertEntry.id
            )
        ).all()
        first = [(kind.value, on, at) for alert_id, kind, on, at in ledger if alert_id == found[0].id]
        assert first == [
            ("raised", date(2026, 2, 2), datetime(2026, 2, 2, tzinfo=UTC)),
            ("closed", date(2026, 2, 17), datetime(2026, 2, 17, tzinfo=UTC)),
        ]
        assert [kind.value for alert_id, kind, *_ in ledger if alert_id == found[1].id] == ["raised", "acknowledged"]
        sweep(date(2026, 6, 1))
        db.session.commit()
        db.session.remove()
        downgrade(revision=BEFORE)
        with db.engine.begin() as connection:
            levels = set(connection.execute(text("SELECT level FROM alerts")).scalars())
        assert levels == {"due_soon", "overdue", "breached"}
        upgrade()
