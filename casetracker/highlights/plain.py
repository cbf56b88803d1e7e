"""A report's figures in plain English, and in easy read: short words, one thing in a sentence. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from casetracker.highlights.contents import Row
from casetracker.measures.definition import Unit

TOO_SMALL = "We do not show this number. It is about so few people that somebody might tell who they are."
TEN = 10


@dataclass(frozen=True, slots=True)
class Plain:
    """What is said of one figure: `{}` takes the figure, `{of}` what it is made of, `{period}` what it is of."""

    heading: str
    says: str
    easy: tuple[str, ...]
    """Each a sentence of its own."""


_WORDS: Mapping[str, Plain] = MappingProxyType(
    {
        "plans_within_20_weeks": Plain(
            "Plans that were on time",
            "In the {period}, {of} new plans were finished within 20 weeks of being asked for. That is {}. "
            "The law gives 20 weeks for every plan.",
            (
                "A plan says what help a child will get.",
                "The law says that a plan must be ready in 20 weeks.",
                "This many were ready in time: {of}.",
            ),
        ),
        "decisions_within_6_weeks": Plain(
            "Answers that were on time",
            "In the {period}, {of} families were told within 6 weeks whether we would look into their child’s needs. "
            "That is {}. The law gives 6 weeks for every answer.",
            (
                "When you ask for a plan, we must say yes or no.",
                "The law says that we must answer in 6 weeks.",
                "This many had an answer in time: {of}.",
            ),
        ),
        "assessments_agreed": Plain(
            "How often we said yes",
            "In the {period}, we agreed to look into a child’s needs {of} times. That is {}.",
            ("You can ask us to look into what a child needs.", "We said yes this many times: {of}."),
        ),
        "requests": Plain(
            "How many families asked",
            "In the {period}, we were asked {} times to look into a child’s needs.",
            ("Families and schools can ask us for help for a child.", "We were asked this many times: {}."),
        ),
        "plans": Plain(
            "How many new plans there are",
            "In the {period}, we finished {} new plans.",
            ("We finished this many new plans: {}.",),
        ),
        "advice_within_6_weeks": Plain(
            "Reports that were on time",
            "In the {period}, {of} reports from schools, doctors, psychologists and others came within 6 weeks. That "
            "is {}.",
            (
                "People who know your child write reports for us.",
                "They have 6 weeks.",
                "This many came in time: {of}.",
            ),
        ),
        "wait_for_a_plan_median": Plain(
            "How long a plan takes",
            "In the {period}, half of the families waited less than {} for their plan, and half waited longer.",
            ("Half of the families waited less than {}.", "Half of them waited longer."),
        ),
        "open_cases": Plain(
            "How many families are waiting",
            "At the {period}, we were working on {} cases.",
            ("We are working for this many families: {}.",),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """A figure as the public page says it."""

    heading: str
    sentence: str
    easy: tuple[str, ...]
    target: str
    england: str
    out_of_ten: int | None
    """Of ten, how many to draw filled; None where it is no share or is hidden."""


def said(row: Row) -> Said:
    """Return what the public page says of a row of a report."""
    plain = _WORDS.get(row.key) or Plain(row.name, "In the {period}: {}. " + row.sentence, (f"{row.name}: {{}}.",))
    hidden = row.is_hidden
    share = None if row.value is None or row.unit != Unit.PERCENT else round(row.value / 10)
    fill = {"of": row.made_of or row.shown, "period": row.period}
    return Said(
        heading=plain.heading,
        sentence=TOO_SMALL if hidden else plain.says.format(row.shown, **fill),
        easy=(TOO_SMALL,) if hidden else tuple(line.format(row.shown, **fill) for line in plain.easy),
        target="" if row.target == "none agreed" else row.target,
        england=row.england,
        out_of_ten=share,
    )
