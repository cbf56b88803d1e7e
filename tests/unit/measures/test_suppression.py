"""Small numbers are hidden, and what is hidden cannot be worked out from what is published."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from casetracker.measures.suppression import FEWEST, Cells, Published, counts, shares

GROUPS = st.lists(
    st.one_of(st.integers(0, 8), st.integers(0, 60)).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
    min_size=1,
    max_size=7,
).map(lambda pairs: {f"group {n}": pair for n, pair in enumerate(pairs)})


@dataclass
class Unknown:
    """A number nobody published, and between what bounds it must lie."""

    low: int
    high: int


class Attacker:
    """
    Somebody with a pencil: every published number, every row and column that must add up, again and again.

    Each line is a sum: the whole is its parts. Whatever bounds follow are drawn tighter until nothing changes.
    """

    def __init__(self, published: Published) -> None:
        most = 10_000
        self.bounds: dict[tuple[str, str], Unknown] = {}
        self.lines: list[tuple[tuple[str, str], list[tuple[str, str]]]] = []
        rows = {**published.groups, "": published.whole}
        for name, cells in rows.items():
            rest = None
            if cells.numerator is not None and cells.denominator is not None:
                rest = cells.denominator - cells.numerator
            for column, number in (("of", cells.denominator), ("in", cells.numerator), ("not in", rest)):
                self.bounds[name, column] = Unknown(*((0, most) if number is None else (number, number)))
            self.lines.append(((name, "of"), [(name, "in"), (name, "not in")]))
        for column in ("of", "in", "not in"):
            self.lines.append((("", column), [(name, column) for name in published.groups]))
        while self.tighten():
            pass

    def tighten(self) -> bool:
        changed = False
        for whole, parts in self.lines:
            low, high = (sum(getattr(self.bounds[part], end) for part in parts) for end in ("low", "high"))
            changed |= self.narrow(whole, low, high)
            total = self.bounds[whole]
            for part in parts:
                mine = self.bounds[part]
                changed |= self.narrow(part, total.low - (high - mine.high), total.high - (low - mine.low))
        return changed

    def narrow(self, cell: tuple[str, str], low: int, high: int) -> bool:
        found = self.bounds[cell]
        before = found.low, found.high
        found.low, found.high = max(found.low, low), min(found.high, high)
        assert found.low <= found.high
        return (found.low, found.high) != before


@settings(max_examples=600)
@given(groups=GROUPS)
def test_nothing_hidden_can_be_worked_out_by_subtraction_along_any_margin(groups):
    published = shares(groups)
    attacker = Attacker(published)
    for name, cells in {**published.groups, "": published.whole}.items():
        for column, number in (("of", cells.denominator), ("in", cells.numerator)):
            bounds = attacker.bounds[name, column]
            if number is None and bounds.high:
                assert bounds.low < bounds.high, f"{name} {column} must be {bounds.low}"


@settings(max_examples=600)
@given(groups=GROUPS)
def test_no_small_number_is_published_and_whatever_is_published_is_true(groups):
    published = shares(groups)
    whole = (sum(part for part, _ in groups.values()), sum(of for _, of in groups.values()))
    for name, (part, of) in {**groups, "": whole}.items():
        cells = published.groups.get(name, published.whole)
        assert cells.denominator in (None, of) and cells.numerator in (None, part)
        assert not 0 < of < FEWEST or cells == Cells(None, None)
        if cells.numerator is not None:
            assert not 0 < part < FEWEST and not 0 < of - part < FEWEST


@settings(max_examples=300)
@given(numbers=st.lists(st.integers(0, 20), min_size=1, max_size=8))
def test_of_groups_only_counted_neither_can_any_be_worked_out(numbers):
    groups = {f"group {n}": number for n, number in enumerate(numbers)}
    published = counts(groups)
    hidden = [name for name, cells in published.groups.items() if cells.numerator is None]
    assert all(name in hidden for name, number in groups.items() if 0 < number < FEWEST)
    if published.whole.numerator is not None and hidden:
        assert len([name for name in hidden if groups[name]]) >= 2
        assert sum(groups[name] for name in hidden) >= FEWEST


def test_a_table_with_nothing_small_in_it_is_published_whole():
    groups = {"girls": (20, 40), "boys": (30, 70)}
    published = shares(groups)
    assert not published.hides_anything
    assert published.whole == Cells(50, 110)


def test_one_small_group_takes_the_next_smallest_with_it():
    published = shares({"not known": (1, 3), "girls": (20, 40), "boys": (30, 70)})
    assert published.groups == {"not known": Cells(None, None), "girls": Cells(None, None), "boys": Cells(30, 70)}
    assert published.whole == Cells(51, 113)


def test_a_share_that_tells_of_few_hides_the_share_and_not_the_group():
    published = shares({"girls": (38, 40), "boys": (30, 70), "not known": (20, 30)})
    assert published.groups["girls"] == Cells(None, 40)
    assert sum(cells.numerator is None for cells in published.groups.values()) >= 2


@settings(max_examples=300)
@given(numbers=st.lists(st.integers(0, 15), min_size=12, max_size=36), begins=st.integers(0, 11))
def test_months_cannot_be_worked_out_from_the_years_that_are_published_too(numbers, begins):
    months = {f"month {n:02d}": number for n, number in enumerate(numbers)}
    names = list(months)
    years = [
        frozenset(names[start : start + 12]) for start in (*range(0, len(names), 12), *range(begins, len(names), 12))
    ]
    published = counts(months, margins=years)
    hidden = {name for name, cells in published.groups.items() if cells.numerator is None}
    assert all(name in hidden for name, number in months.items() if 0 < number < FEWEST)
    for year in years:
        inside = hidden & year
        total = sum(months[name] for name in inside)
        assert not inside or total >= FEWEST or inside == year or not any(months[name] for name in year - inside)
        assert len(inside) != 1 or inside == year or not any(months[name] for name in year - inside) or not total
