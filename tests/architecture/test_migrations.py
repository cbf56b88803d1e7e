"""The migrations: one head, up and down with data on both databases, and nothing the models have that they lack."""

from datetime import date

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, inspect, select

from casetracker import ROOT
from casetracker.extensions import db
from casetracker.models import Case
from tests import factories


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
