"""What the DfE has published: its files, the areas they name, their figures; and what the council chose about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from casetracker.extensions import JSON_OBJECT, Model, word
from casetracker.published.reading import Level


class PublishedFile(Model):
    """A file of a release, once: the same file brought in again is the one there is."""

    __tablename__ = "published_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column(String(40))
    """Which of `published.measures.TABLES`."""
    release: Mapped[int]
    """The year it was published in. Of two files of one release the one brought in later restates the other."""
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    imported_at: Mapped[datetime]
    imported_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    figures: Mapped[int]
    """How many figures it has, marks among them."""
    remarks: Mapped[list[Any]] = mapped_column(JSON_OBJECT)
    """What did not add up, in words."""


class PublishedArea(Model):
    """England, a region, or an authority, by the name it last had."""

    __tablename__ = "published_areas"
    __table_args__ = (Index("ix_published_areas_level_name", "level", "name"),)

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    """For an authority its three figures; for a region or the nation its code of nine characters."""
    level: Mapped[Level] = mapped_column(word(Level))
    name: Mapped[str] = mapped_column(String(120))
    region_code: Mapped[str] = mapped_column(String(9), default="")


class PublishedFigure(Model):
    """One figure of an area and a year, as one file has it."""

    __tablename__ = "published_figures"
    __table_args__ = (
        Index("ix_published_figures_area_code", "area_code", "measure", "year"),
        CheckConstraint("(value IS NULL) = (mark <> '')", name="either_a_value_or_a_mark"),
    )

    measure: Mapped[str] = mapped_column(String(60), primary_key=True)
    """One of `published.measures.FIGURES`."""
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    area_code: Mapped[str] = mapped_column(ForeignKey("published_areas.code"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("published_files.id"), primary_key=True)
    value: Mapped[float | None]
    numerator: Mapped[float | None]
    denominator: Mapped[float | None]
    mark: Mapped[str] = mapped_column(String(5), default="")
    """What stands in place of a number: x, z, c and the like."""


class PublishedFootnote(Model):
    """That an authority's figures of a year are not to be put in order with the others', and why. Never changed."""

    __tablename__ = "published_footnotes"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(ForeignKey("published_areas.code"))
    year: Mapped[int]
    table: Mapped[str] = mapped_column(String(40), default="")
    """The file it is about, or empty for all of them."""
    note: Mapped[str] = mapped_column(String(500))
    recorded_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class NeighbourChoice(Model):
    """The authorities a council chose to stand beside. The last choice counts; an empty one is for the DfE's own."""

    __tablename__ = "neighbour_choices"

    id: Mapped[int] = mapped_column(primary_key=True)
    codes: Mapped[list[Any]] = mapped_column(JSON_OBJECT)
    """Authorities by their three figures."""
    reason: Mapped[str] = mapped_column(String(500))
    chosen_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
