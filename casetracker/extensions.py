"""The Flask extensions, made once and bound in `create_app`; and the base every table stands on."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment, kept in UTC on both databases and always handed back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JSON_OBJECT = JSON().with_variant(JSONB(), "postgresql")


def word(enum: type[StrEnum], *, checked: bool = True) -> Enum:
    """A column type that keeps a StrEnum as its word; the database checks it unless the law may add to the words."""
    return Enum(
        enum,
        name=enum.__name__.lower(),
        native_enum=False,
        create_constraint=checked,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def by_code_point(length: int) -> String:
    """A column type for text that both databases put in the order of its code points, so that a prefix is a range."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Base(DeclarativeBase):
    """What every table shares: how its constraints are named and how Python types become columns."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: Instant, dict[str, Any]: JSON_OBJECT},
    )


db = SQLAlchemy(model_class=Base)
csrf = CSRFProtect()
login = LoginManager()
migrate = Migrate()

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model
