"""What the tests of returns share: the commands, run in the application under test."""

import pytest

from casetracker.commands import main


@pytest.fixture
def run(app):
    """Run a command: `run("sen2 validate", path)`."""

    def invoke(command: str, *words: object):
        group, _, name = command.partition(" ")
        return app.test_cli_runner().invoke(main.get_command(None, group), [name, *map(str, words)])

    return invoke
