"""What the documents say of the program is so."""

import re

from tests.services import ROOT

AT_A_TIME = re.compile(r"crontab\((?P<sunday>day_of_week=\"sun\", )?hour=(?P<hour>\d+), minute=(?P<minute>\d+)\)")


def test_the_table_of_jobs_has_the_hour_of_each_job_that_has_one():
    program = (ROOT / "casetracker" / "worker.py").read_text(encoding="utf-8")
    times = [
        f"{'Sunday ' if found['sunday'] else ''}{int(found['hour']):02}:{int(found['minute']):02}"
        for found in AT_A_TIME.finditer(program)
    ]
    table = (ROOT / "docs" / "running.md").read_text(encoding="utf-8").partition("## The jobs")[2].partition("\n## ")[0]
    told = [line.split("|")[1] for line in table.splitlines() if line.startswith("|")]
    assert len(times) > 5
    assert [time for time in times if not any(re.search(f"(^|[^y]) {time} ", when) for when in told)] == []
