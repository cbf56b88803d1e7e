"""The directory: settings by URN, the services that give advice, the people in them, and when settings are closed."""

from datetime import date
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from casetracker.extensions import Model, word


class Setting(Model):
    """A school, college or early years provider, by its URN in the DfE's register."""

    __tablename__ = "settings"
    __table_args__ = (Index("ix_settings_name_key", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    urn: Mapped[str | None] = mapped_column(String(6), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(String(200), default="")
    """The name as `identifiers.name_key` folds it, for finding."""
    authority_code: Mapped[str] = mapped_column(String(3), default="")
    establishment_number: Mapped[str] = mapped_column(String(4), default="")
    type: Mapped[str] = mapped_column(String(120), default="")
    phase: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(400), default="")
    """Its lines, one under another."""
    postcode: Mapped[str] = mapped_column(String(12), default="")
    telephone: Mapped[str] = mapped_column(String(40), default="")
    head: Mapped[str] = mapped_column(String(200), default="")
    """The head teacher or principal, by name."""
    head_title: Mapped[str] = mapped_column(String(120), default="")
    """What they are called there: Head teacher, Principal."""
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    """When it ceased to exist, by the register; holidays are `Closure`s."""
    registered_on: Mapped[date | None]
    """The day of the register's file that these details came from."""


class ServiceType(StrEnum):
    """What sort of body gives advice."""

    SETTING = "setting"
    HEALTH = "health"
    PSYCHOLOGY = "psychology"
    SOCIAL_CARE = "social_care"
    SENSORY = "sensory"
    FAMILY = "family"
    OTHER = "other"


class Service(Model):
    """A body that is asked for advice, with a mailbox of its own, so that nobody's leaving blocks anything."""

    __tablename__ = "services"
    __table_args__ = (Index("ix_services_setting_id", "setting_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    type: Mapped[ServiceType] = mapped_column(word(ServiceType))
    setting_id: Mapped[int | None] = mapped_column(ForeignKey("settings.id"))
    """The setting it is, for a school, college or early years provider."""
    mailbox: Mapped[str] = mapped_column(String(254), default="")
    """The team's address: where every request goes. Empty where it is not known yet."""
    manager_name: Mapped[str] = mapped_column(String(200), default="")
    manager_email: Mapped[str] = mapped_column(String(254), default="")
    """Where the last step of the chasing ladder goes."""
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The kinds of advice it gives (`AdviceKind` words), the first of them being what it is proposed for."""
    ladder: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Its own chasing ladder (`casetracker.chasing`); None for the authority's."""
    covers_authority: Mapped[bool] = mapped_column(default=True)
    """Whether it is proposed for any child here; a setting is proposed for its own only."""
    active: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(String(2000), default="")

    setting: Mapped[Setting | None] = relationship(lazy="raise")


class ServicePerson(Model):
    """Somebody in a service, by name: for the audit, and for who to telephone. Access never hangs on one person."""

    __tablename__ = "service_people"
    __table_args__ = (Index("ix_service_people_service_id", "service_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id"))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    telephone: Mapped[str] = mapped_column(String(40), default="")
    left_on: Mapped[date | None]

    service: Mapped[Service] = relationship(lazy="raise")


class Closure(Model):
    """Days on which a setting, or every setting here, is closed: both days count."""

    __tablename__ = "closures"
    __table_args__ = (
        UniqueConstraint("setting_id", "starts_on", "ends_on"),
        Index("ix_closures_ends_on", "ends_on", "setting_id"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_begins"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    setting_id: Mapped[int | None] = mapped_column(ForeignKey("settings.id"))
    """None for the authority's own calendar, which holds for every setting that has none."""
    name: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    """The first day it is closed."""
    ends_on: Mapped[date]
    """The last day it is closed; it re-opens the day after."""
    source: Mapped[str] = mapped_column(String(200), default="")
    """The file it came from."""
