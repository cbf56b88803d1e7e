"""From what was kept to what is drawn and said. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casetracker.charts import Band, Chart, Series, number_chart, percent_chart
from casetracker.forecast.arrivals import Month
from casetracker.forecast.capacity import ADVICE_LIMIT, Ahead, Measure, Spell
from casetracker.forecast.cone import Ends
from casetracker.forecast.dial import Pace, Turned
from casetracker.queries.ahead import KeptCone, PlanAndDone

_LEFT, _RIGHT, _ROW, _TOP = 230, 930, 56, 30
STYLES = ("ours", "including", "england", "past")
"""How the lines of a chart are drawn, one after another: each with a dash of its own."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A period as a strip from 0 to 100%: places along it, None for what there is not."""

    name: str
    y: int
    low: float | None
    high: float | None
    worst: float | None
    best: float | None
    expected: float | None
    so_far: float | None


def strips(cones: Sequence[KeptCone]) -> list[Strip]:
    """Return the strips of several periods, one under another."""

    def x(percent: float | None) -> float | None:
        return None if percent is None else round(_LEFT + (_RIGHT - _LEFT) * percent / 100, 1)

    return [
        Strip(
            name=one.period.name,
            y=_TOP + _ROW * place,
            low=x(one.low),
            high=x(one.high),
            worst=x(one.worst),
            best=x(one.best),
            expected=x(one.percent),
            so_far=x(one.so_far),
        )
        for place, one in enumerate(cones)
    ]


def course_chart(kept: Sequence[KeptCone]) -> Chart | None:
    """Return how a period's forecast has moved, day by day; None until there are two."""
    if len(kept) < 2:
        return None
    return percent_chart(
        [f"{one.day:%-d %b}" for one in kept],
        [
            Series("Expected", "ours", [one.percent for one in kept]),
            Series("Issued so far", "including", [one.so_far for one in kept]),
        ],
        bands=[Band("80% interval", "ours", [one.low for one in kept], [one.high for one in kept])],
    )


def pace(cone: KeptCone, *, late_since: int) -> Pace:
    """Return what a period's figure will be made of, apart from the backlog as it stands; late plans since are done."""
    others = Ends(cone.expected_in_time, cone.expected_late - cone.from_backlog + late_since)
    return Pace(others, max(cone.from_backlog - late_since, 0.0))


def dial_charts(turned: Sequence[Turned], *, month: str, year: str) -> tuple[Chart, Chart]:
    """Return what each setting does to the figures, and to the waits in weeks."""
    numbers = [one.number for one in turned]
    places = [f"{number:,}" for number in numbers]
    figures = percent_chart(
        places,
        [
            Series(month, "ours", [one.month for one in turned], dots=True),
            Series(year, "including", [one.year for one in turned], dots=True),
        ],
        along=numbers,
    )
    waits = number_chart(
        places,
        [
            Series("Oldest left", "past", [_weeks(one.oldest_left) for one in turned], dots=True),
            Series("Issued, average", "ours", [_weeks(one.issued_waited) for one in turned], dots=True),
            Series("Left, average", "including", [_weeks(one.left_waited) for one in turned], dots=True),
        ],
        along=numbers,
    )
    return figures, waits


def _weeks(days: float | None) -> float | None:
    return None if days is None else days / 7


def came_of(plan: PlanAndDone) -> str:
    """Return what came of a saved plan, in words."""
    if plan.issued is None:
        return f"Replaced on {plan.replaced_on:%-d %B %Y}"
    short = plan.number - plan.issued
    if short <= 0:
        return "Done"
    return f"{short:,} short" if plan.is_over else f"{short:,} to go"


def requests_chart(requests: Sequence[Sequence[int]], found: Ahead, *, back: int = 36) -> Chart:
    """Return requests by month: those there were, and those expected with their interval."""
    past = list(requests)[-back:]
    names = [month_name(divmod(month, 100)) for month, _ in past] + [month_name(month) for month in found.months]
    gap: list[float | None] = [None] * len(past)
    joined: list[float | None] = [*gap[:-1], float(past[-1][1])] if past else []
    return number_chart(
        names,
        [
            Series("Received", "ours", [*(float(number) for _, number in past), *[None] * len(found.months)]),
            Series("Expected", "including", [*joined, *(middle for _, middle, _ in found.requests)]),
        ],
        bands=[
            Band(
                "80% interval",
                "including",
                [*gap, *(low for low, _, _ in found.requests)],
                [*gap, *(high for _, _, high in found.requests)],
            )
        ],
    )


def course_charts(found: Ahead, *, target: float) -> dict[Measure, Chart]:
    """Return the weeks that advice takes, and timeliness, with each change of staff; the first with its interval."""
    names = [month_name(month) for month in found.months]
    limits = {Measure.ADVICE_WEEKS: ("Six weeks", ADVICE_LIMIT), Measure.TIMELINESS: ("Target", target)}
    drawn = {}
    for measure, (name, limit) in limits.items():
        first = found.courses[0]
        lines = [Series(_short(n), STYLES[n], course.middle[measure]) for n, course in enumerate(found.courses)]
        lines.append(Series(name, "target", [limit] * len(names)))
        band = Band("80% interval", "ours", first.low[measure], first.high[measure])
        draw = percent_chart if measure is Measure.TIMELINESS else number_chart
        drawn[measure] = draw(names, lines, bands=[band])
    return drawn


def _short(place: int) -> str:
    return ("Staff there are", "Extra staff", "Agency", "Both")[place]


def month_name(month: Month) -> str:
    """Return a month as charts and tables name it: Mar 26."""
    return f"{date(*month, 1):%b %y}"


def breaks(spells: Sequence[Spell], months: Sequence[Month]) -> str:
    """Return when something is past its limit, in words."""
    if not spells:
        return "not within two years"
    if spells == [(1, len(months))]:
        return "already, and throughout"
    if len(spells) > 2:
        return f"on and off {_from(spells[0][0], months)}"
    return ", and ".join(_spell(spell, months) for spell in spells)


def _spell(spell: Spell, months: Sequence[Month]) -> str:
    first, last = spell
    if last == len(months):
        return f"{_from(first, months)} on"
    if first == last > 1:
        return f"in {_month(months[first - 1])}"
    return f"{_from(first, months)} to {_month(months[last - 1])}"


def _from(first: int, months: Sequence[Month]) -> str:
    return "from now" if first == 1 else f"from {_month(months[first - 1])}"


def _month(month: Month) -> str:
    return f"{date(*month, 1):%B %Y}"


def quarters(found: Ahead) -> list[int]:
    """Return the places of the months that the table shows: every third, and the last."""
    last = len(found.months) - 1
    return [place for place in range(len(found.months)) if place % 3 == 2 or place == last]
