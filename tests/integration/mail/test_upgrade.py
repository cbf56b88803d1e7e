"""An authority's own wording is kept when the database is upgraded, and says one day as one."""

from datetime import UTC, datetime

from flask_migrate import downgrade, upgrade

from casetracker.extensions import db
from casetracker.models import MailTemplate

OWN = "It was due on {{due}}, {{days}} days ago.\n{{link}}"


def test_days_in_an_authoritys_own_words_agree_with_their_number(app, user):
    by = user()
    with app.app_context():
        row = MailTemplate(key="advice_chase_after", subject="{{advice}} is late", body=OWN, changed_by_id=by.id)
        row.changed_at = datetime(2026, 6, 1, tzinfo=UTC)
        db.session.add(row)
        db.session.commit()
        db.session.remove()
        downgrade(revision="0016")
        upgrade()
        assert db.session.get_one(MailTemplate, "advice_chase_after").body == OWN.replace("{{days}} days", "{{days}}")
        db.session.remove()
        downgrade(revision="0016")
        upgrade()
