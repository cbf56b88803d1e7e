"""A file that cannot be read ends every command that was given it in the same way."""

import pytest

from casetracker.commands import main


@pytest.mark.parametrize(
    "command",
    [
        ["import", "sen2-xml"],
        ["import", "comparators"],
        ["import", "history", "{file}"],
        ["directory", "import-register"],
        ["directory", "import-services"],
        ["directory", "import-closures"],
        ["sen2", "validate"],
    ],
)
def test_what_cannot_be_read_ends_with_two(app, session, tmp_path, on_the_day, command):
    file = tmp_path / "broken.xml"
    file.write_text("<!DOCTYPE x><Message>", encoding="utf-8")
    words = [word.format(file=file) for word in command]
    answer = app.test_cli_runner().invoke(main, [*words, str(file)])
    assert answer.exit_code == 2 and "Error:" in answer.output, answer.output
