"""`casetracker digest`: it says why nothing goes out, and refuses an address that nobody has."""

from datetime import date

import pytest

from casetracker.commands.digest import digest
from tests.integration.digests.people import morning, reader

pytestmark = pytest.mark.usefixtures("session")
SATURDAY, MONDAY = date(2026, 6, 6), date(2026, 6, 8)


@pytest.fixture
def command(app, on_the_day):
    """Run it on a morning: `command(MONDAY, "--dry-run")` returns what click makes of it."""

    def run(day: date, *args: str):
        on_the_day.move_to(morning(day, 9))
        return app.test_cli_runner().invoke(digest, args)

    return run


@pytest.mark.parametrize("args", [["--dry-run"], []], ids=["shown", "made"])
def test_on_a_day_without_mail_it_says_so(command, args):
    reader()
    done = command(SATURDAY, *args)
    assert done.output == "Nothing goes out today: Saturday 6 June 2026 is not a working day.\n"
    assert done.exit_code == 0


def test_what_was_made_already_is_said_to_be(command):
    wilma = reader()
    assert f"To {wilma.email}: " in command(MONDAY, "--dry-run").output
    assert command(MONDAY).output == "Made: 1\n"
    assert (
        f"Nothing is left to go out to {wilma.email} today" in command(MONDAY, "--dry-run", "--for", wilma.email).output
    )
    assert "Nothing is left to go out to anybody today" in command(MONDAY, "--dry-run").output


@pytest.mark.parametrize("day", [SATURDAY, MONDAY])
def test_an_address_that_nobody_has_is_refused(command, day):
    done = command(day, "--dry-run", "--for", "nobody@nowhere.example")
    assert done.exit_code == 1
    assert "There is no account for nobody@nowhere.example." in done.output
