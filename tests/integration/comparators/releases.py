"""Small release files, as the DfE lays them out: a nation of one region and a few authorities."""

from collections.abc import Mapping, Sequence
from pathlib import Path

PLACE = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,new_la_code,"
    "old_la_code,la_name,breakdown_topic,breakdown"
)
COLUMNS = (
    "plans_issued_den,plans_issued_den_ex,plans_issued_within_20_weeks,plans_issued_20_weeks_ex,"
    "pc_plans_issued_within_20_weeks,PC_plans_issued_20_weeks_ex"
)
NAMES = {"931": "Oxfordshire", "873": "Cambridgeshire", "919": "Hertfordshire", "825": "Buckinghamshire"}
Cells = Sequence[object]


def place(level: str, code: str = "", *, year: int = 2023, topic: str = "All EHC plans issued") -> str:
    """Return the cells that say which area and year a row is for."""
    england, region = "E92000001,England", "E12000008,South East"
    where = {
        "National": f"National,{england},,,,,",
        "Regional": f"Regional,{england},{region},,,",
        "Local authority": f"Local authority,{england},{region},E1000{code},{code},{NAMES.get(code, 'Elsewhere')}",
    }[level]
    return f"{year},Calendar year,{where},{topic},{topic}"


def timeliness(
    path: Path,
    authorities: Mapping[str, Cells],
    *,
    year: int = 2023,
    topic: str = "All EHC plans issued",
    columns: str = COLUMNS,
    nation: Cells | None = None,
    more: Sequence[str] = (),
) -> Path:
    """Write a file of one year: `authorities` has their six cells by code; the totals are worked out unless given."""
    rows = {code: list(cells) for code, cells in authorities.items()}
    sums: Cells = nation if nation is not None else _sums(list(rows.values()))
    lines = [f"{PLACE},{columns}"]
    lines.append(f"{place('National', year=year, topic=topic)},{_joined(sums)}")
    lines.append(f"{place('Regional', year=year, topic=topic)},{_joined(_sums(list(rows.values())))}")
    lines += [
        f"{place('Local authority', code, year=year, topic=topic)},{_joined(cells)}" for code, cells in rows.items()
    ]
    path.write_text("\ufeff" + "\r\n".join([*lines, *more]) + "\r\n", encoding="utf-8")
    return path


def cells(plans: int, within: int) -> Cells:
    """Return the six cells of an authority in which no exception applied."""
    share = f"{within * 100 / plans:.1f}"
    return (plans, plans, within, within, share, share)


SUPPRESSED: Cells = ("c",) * 6


def _sums(rows: Sequence[Cells]) -> Cells:
    numbers = [[cell for cell in column if isinstance(cell, int)] for column in zip(*rows, strict=True)]
    totals = [sum(column) for column in numbers[:4]]
    shares = [f"{part * 100 / whole:.1f}" if whole else "x" for part, whole in zip(totals[2:], totals[:2], strict=True)]
    return (*totals, *shares)


def _joined(cells: Cells) -> str:
    return ",".join(str(cell) for cell in cells)
