"""Children and young people, apart from their cases: one may have several requests."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from casetracker.extensions import Model, by_code_point


class Person(Model):
    """A child or young person. Identifiers are not unique: two records may turn out to be one child."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("sex IN ('M', 'F', 'U')", name="sex_is_a_known_code"),
        Index("ix_people_name_key_born_on", "name_key", "born_on"),
        Index("ix_people_born_on", "born_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str | None] = mapped_column(String(60), unique=True)
    """The council's own reference for the child, where a file brought one."""
    forename: Mapped[str] = mapped_column(String(200))
    surname: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(400))
    """Surname and forename as `identifiers.name_key` folds them, for finding the same child again."""
    born_on: Mapped[date | None]
    sex: Mapped[str] = mapped_column(String(1), default="U")
    ethnicity: Mapped[str] = mapped_column(String(4), default="")
    postcode: Mapped[str] = mapped_column(String(12), default="")
    upn: Mapped[str | None] = mapped_column(String(13), index=True)
    upn_is_odd: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the UPN is not well made (`identifiers.problem_with_upn`), worked out when it is written."""
    uln: Mapped[str | None] = mapped_column(String(10), index=True)
    upn_unknown: Mapped[str] = mapped_column(String(8), default="", server_default="")
    """The return's code for why there is neither a UPN nor a ULN."""
    nhs_number: Mapped[str | None] = mapped_column(String(10), index=True)
    recorded_at: Mapped[datetime]

    @property
    def name(self) -> str:
        return f"{self.forename} {self.surname}".strip()


class PersonName(Model):
    """One word of a person's name, as `identifiers.name_key` folds it: a search finds a child by any of them."""

    __tablename__ = "person_names"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: Mapped[str] = mapped_column(by_code_point(400), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


class Team(Model):
    """A group of caseworkers under one manager."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)


class SavedView(Model):
    """A caseload filter that somebody gave a name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(1000))
    """The page's own query string, without the page number."""
