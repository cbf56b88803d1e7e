"""The SEN2 return: records a second and memory, as it is written, checked against its schema, read and validated."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from casetracker import clock, returning
from casetracker.sen2.book import shipped
from casetracker.sen2.files import open_return
from casetracker.sen2.kept import ATTENDED, NAMED, Kept, Need, Placed
from casetracker.sen2.making import CaseFacts, PersonFacts
from casetracker.sen2.pipeline import Making
from casetracker.sen2.records import Tidier
from casetracker.sen2.rules import Checker
from casetracker.sen2.xml_out import check_schema

YEAR = 2026
RECORDS_OF_A_PERSON = 8
SIZES = (100_000, 1_000_000)
PEOPLE = 2_000


def people(number: int) -> Iterator[PersonFacts]:
    """Yield made-up people, each with a plan issued in the year, which is eight records."""
    where = {"rank": "1", "urn": "123456", "in_sen_unit": False, "in_resourced_provision": False}
    for n in range(number):
        received = date(2025, 1, 6) + timedelta(days=n % 150)
        day = [received + timedelta(days=days) for days in (35, 105, 140)]
        placements = (Placed(NAMED, **where), Placed(ATTENDED, entered_on=day[2], **where))  # type: ignore[arg-type]
        kept = Kept(is_active=True, as_at=day[2], placements=placements, needs=(Need("ASD", "1"),))
        case = CaseFacts(n + 1, received, "1", day[0], None, day[1], None, day[2], kept=kept)
        born = date(2012, 1, 1) + timedelta(days=n % 3000)
        yield PersonFacts("Lovell", f"Ada{n}", born, "F", "WBRI", "OX1 1ND", "", "", "UN1", [case])


def measure(records: int) -> None:
    """Print what each step does at one size. Run in a process of its own, so that its peak of memory is its own."""
    number = records // RECORDS_OF_A_PERSON
    book = shipped()
    version = book.version(YEAR)
    header = {"collection": "SEN2", "year": str(YEAR), "referencedate": version.census.isoformat(), "lea": "931"}
    with tempfile.TemporaryDirectory(prefix="casetracker-bench-") as folder:
        path = Path(folder) / "return.xml"
        tidier = Tidier(YEAR, book)

        def export() -> None:
            Making(book, version, header, xml=path).run(people(number), lambda issues: None)

        def read() -> None:
            with open_return(path) as file:
                for person in file.people():
                    tidier.tidy(person)

        def validate() -> None:
            with open_return(path) as file, closing(Checker(book, version)) as checker:
                for person in file.people():
                    checker.person(tidier.tidy(person))

        _tell(f"{records:,} records: made, checked, written, schema checked", records, export)
        _tell(f"{records:,} records: schema alone", records, lambda: check_schema(path, year=YEAR))
        _tell(f"{records:,} records: read, twice over as an import does", records, read)
        _tell(f"{records:,} records: read and validated", records, validate)


def _tell(what: str, records: int, work: Callable[[], None]) -> None:
    """Print both rates: on a machine that others use, the second says what the code costs."""
    began, busy = time.perf_counter(), time.process_time()
    work()
    took, busy = time.perf_counter() - began, time.process_time() - busy
    peak = _peak()
    rates = f"{records / took:>10,.0f} a second,{records / busy:>10,.0f} of processor time"
    print(f"{what:<70}{rates},{peak:>5,.0f} MB at most", flush=True)


def _peak() -> float:
    """
    Return the most memory this process has had, in MB.

    Linux has a figure that leaves out the process that started this one; `getrusage` does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def the_return() -> dict[str, float]:
    """Measure the making of a return for its first people: what each costs must not grow with the rest."""
    version = shipped().version(clock.today().year)
    some = islice(returning.people_of(version, on=clock.today()), PEOPLE)
    making = Making(shipped(), version, {"year": str(version.year)})
    began = time.perf_counter()
    found = making.run(some, lambda issues: None).counts["people"]
    return {"SEN2 return, 1,000 people": (time.perf_counter() - began) * 1_000_000 / max(found, 1)}


def main() -> None:
    """Measure each size in a process of its own."""
    for records in SIZES:
        subprocess.run([sys.executable, "-m", "benchmarks.returns", str(records)], check=True)


if __name__ == "__main__":
    measure(int(sys.argv[1]))
