"""Line charts as plain shapes for an SVG: where each point, line and label goes. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

Scale = Callable[[Any], float]
WIDTH, HEIGHT = 960, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 180, 20, 50
MOST_LABELS = 13


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name, the class that draws it, and a value or a gap for each place along the bottom."""

    name: str
    css: str
    values: Sequence[float | None]
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """What lies between two lines: its name, the class that fills it, and its two edges at each place."""

    name: str
    css: str
    low: Sequence[float | None]
    high: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Area:
    """A band to draw."""

    name: str
    css: str
    path: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line to draw, in pieces where there are gaps."""

    name: str
    css: str
    paths: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    label_y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be drawn."""

    lines: tuple[Line, ...]
    labels: tuple[tuple[float, str], ...]
    grid: tuple[tuple[float, str], ...]
    left: int
    right: int
    bottom: int
    top: int
    breaks: tuple[float, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A small line with no scale: only its shape, from its least to its most, and a dot where it ends."""

    paths: tuple[str, ...]
    end: tuple[float, float] | None
    width: int = 120
    height: int = 30


def sparkline(values: Sequence[float | None]) -> Sparkline | None:
    """Return the shape of a run of values; None where fewer than two are known."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    width, height, edge = 120, 30, 4
    least, most = min(known), max(known)

    def x(place: int) -> float:
        return round(edge + (width - 2 * edge) * place / (len(values) - 1), 1)

    def y(value: float) -> float:
        share = (value - least) / (most - least) if most > least else 0.5
        return round(height - edge - (height - 2 * edge) * share, 1)

    line = _line(Series("", "ours", values), x, y)
    last = max(place for place, value in enumerate(values) if value is not None)
    end = values[last]
    return Sparkline(line.paths, (x(last), y(end)) if end is not None else None)


def percent_chart(
    places: Sequence[str],
    series: Sequence[Series],
    *,
    bands: Sequence[Band] = (),
    break_before: str | None = None,
    along: Sequence[int] = (),
) -> Chart:
    """
    Return a chart of percentages, 0 to 100 from bottom to top; `break_before` marks where a series changes.

    `along` is the number that each place stands for, where the places are numbers: they then stand on a scale of them.
    """
    return line_chart(places, series, top=100, words="{:,}%", bands=bands, break_before=break_before, along=along)


def number_chart(
    places: Sequence[str],
    series: Sequence[Series],
    *,
    bands: Sequence[Band] = (),
    break_before: str | None = None,
    along: Sequence[int] = (),
) -> Chart:
    """Return a chart of numbers from nothing, at the bottom, to a round number no smaller than the largest."""
    values = [value for one in (*(one.values for one in series), *(band.high for band in bands)) for value in one]
    largest = max((value for value in values if value is not None), default=1.0)
    top = round_up(largest)
    return line_chart(places, series, top=top, words="{:,}", bands=bands, break_before=break_before, along=along)


def round_up(largest: float) -> int:
    """Return the least of 5, 10, 20, 25, 50, 100, ... that is no smaller, so that a fifth of it is an easy number."""
    size = 1
    while True:
        for step in (5, 10, 20, 25):
            if step * size >= largest:
                return step * size
        size *= 10


def line_chart(
    places: Sequence[str],
    series: Sequence[Series],
    *,
    top: int,
    words: str,
    bands: Sequence[Band] = (),
    break_before: str | None = None,
    along: Sequence[int] = (),
) -> Chart:
    """Return a chart whose lines run from nothing to `top`; `words` is how a value is written on the scale."""
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    last = round_up(max(along)) if along else max(1, len(places) - 1)

    def across(number: float) -> float:
        return round(_LEFT + (right - _LEFT) * number / last, 1)

    def x(place: int) -> float:
        return across(along[place] if along else place)

    def y(value: float) -> float:
        return round(bottom - (bottom - _TOP) * value / top, 1)

    if along:
        labels = tuple((across(last * fifth / 5), f"{last * fifth // 5:,}") for fifth in range(6))
    else:
        every = -(-len(places) // MOST_LABELS) or 1
        labels = tuple((x(n), name) for n, name in enumerate(places) if n % every == 0)
    drawn = [_line(one, x, y) for one in series if any(value is not None for value in one.values)]
    breaks = (round((x(n) + x(n - 1)) / 2, 1) for n, name in enumerate(places) if n and name == break_before)
    return Chart(
        lines=tuple(_apart(drawn)),
        labels=labels,
        grid=tuple((y(top * fifth / 5), words.format(top * fifth // 5)) for fifth in range(6)),
        left=_LEFT,
        right=right,
        bottom=bottom,
        top=_TOP,
        breaks=tuple(breaks),
        areas=tuple(area for band in bands if (area := _area(band, x, y)) is not None),
    )


def _area(band: Band, x: Scale, y: Scale) -> Area | None:
    """Return a band from the places where it has both edges; None where there are not two of them."""
    edges = [(n, low, high) for n, (low, high) in enumerate(zip(band.low, band.high, strict=True))]
    known = [(n, low, high) for n, low, high in edges if low is not None and high is not None]
    if len(known) < 2:
        return None
    points = [f"{x(n)} {y(high)}" for n, _, high in known] + [f"{x(n)} {y(low)}" for n, low, _ in reversed(known)]
    return Area(band.name, band.css, f"M{' L'.join(points)} Z")


def _line(series: Series, x: Scale, y: Scale) -> Line:
    paths: list[str] = []
    piece: list[str] = []
    for place, value in enumerate(series.values):
        if value is None:
            paths, piece = [*paths, *_path(piece)], []
        else:
            piece.append(f"{x(place)} {y(value)}")
    last = next(value for value in reversed(series.values) if value is not None)
    dots = ((x(n), y(v)) for n, v in enumerate(series.values) if v is not None) if series.dots else ()
    return Line(series.name, series.css, (*paths, *_path(piece)), tuple(dots), y(last))


def _path(piece: list[str]) -> list[str]:
    return [f"M{' L'.join(piece)}"] if len(piece) > 1 else []


def _apart(lines: list[Line], gap: float = 18) -> list[Line]:
    """Move the names at the ends of the lines so that none stands on another, nor under the foot of the chart."""
    ordered = sorted(lines, key=lambda line: line.label_y)
    places: list[float] = []
    for line in ordered:
        places.append(max(line.label_y, places[-1] + gap if places else float(_TOP)))
    ceiling = float(HEIGHT - _BOTTOM + gap / 2)
    for n in range(len(places) - 1, -1, -1):
        places[n] = min(places[n], ceiling)
        ceiling = places[n] - gap
    return [replace(line, label_y=place) for line, place in zip(ordered, places, strict=True)]
