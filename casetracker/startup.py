"""What has to be so before production starts, and can only be seen in the database."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from casetracker.extensions import db
from casetracker.models import User


def problems(app: Flask) -> list[str]:
    """
    Return why production may not start on this database, one line for each reason; nothing elsewhere.

    A database that does not answer is no reason: the pages say so until it does.
    """
    if app.config["ENVIRONMENT"] != "production":
        return []
    known_password = select(User.id).where(User.demonstration, User.active, User.password_hash.is_not(None)).limit(1)
    with app.app_context():
        try:
            found = db.session.scalar(known_password) is not None
        except SQLAlchemyError:
            return []
        finally:
            db.session.remove()
    return (
        ["the database has demonstration users, whose password everybody knows: use one without them"] if found else []
    )
