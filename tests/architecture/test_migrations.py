"""The migrations: one head, up and down with data on both databases, and nothing the models have that they lack."""

from datetime import date
from decimal import Decimal

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from casetracker import ROOT
from casetracker.extensions import db
from casetracker.models import Case, EnteredFigure
from tests import factories
from tests.conftest import NOW


def test_there_is_one_head():
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1


def test_the_models_have_nothing_the_migrations_lack(session):
    context = MigrationContext.configure(db.session.connection(), opts={"compare_type": True, "render_as_batch": True})
    assert compare_metadata(context, db.metadata) == []


def test_they_go_down_and_up_again_with_cases_in_the_tables(app):
    with app.app_context():
        factories.case(received_on=date(2026, 1, 5), steps=factories.lifetime(date(2026, 1, 5)))
        db.session.commit()
        db.session.remove()
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade()
        assert db.session.scalar(select(func.count(Case.id))) == 0
        factories.case(received_on=date(2026, 1, 5))
        db.session.commit()
        assert db.session.scalar(select(func.count(Case.id))) == 1


def test_what_was_entered_by_hand_of_a_measure_that_is_counted_since_keeps_all_but_its_key(app, user):
    with app.app_context():
        who = user()
        figure = {"value": Decimal("24.8"), "source": "Invision 360", "note": "", "entered_at": NOW}
        for key in ("plans_good_or_outstanding", "neet"):
            db.session.add(EnteredFigure(measure=key, as_at=date(2024, 6, 30), entered_by_id=who.id, **figure))
        db.session.commit()
        db.session.remove()
        for step, keys in (
            (downgrade, ["plans_good_or_outstanding", "neet"]),
            (upgrade, ["plans_good_or_outstanding_by_hand", "neet"]),
        ):
            step(revision="0014" if step is downgrade else "head")
            rows = db.session.execute(
                select(EnteredFigure.measure, EnteredFigure.value, EnteredFigure.source).order_by(EnteredFigure.id)
            ).all()
            assert [tuple(row) for row in rows] == [(key, Decimal("24.8"), "Invision 360") for key in keys]
            db.session.remove()
