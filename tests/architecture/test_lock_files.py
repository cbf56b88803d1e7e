"""The locks say what is installed, to the byte, and nothing in the tree says where one machine fetched or kept it."""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?P<marker> ; .+?)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
# Pieced together, so that this file does not hold what it looks for.
HOSTS = re.compile("|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)", "regis" + "try="]))
MACHINE = re.compile(
    "(?<![a-zA-Z0-9.}_-])/(" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"]) + r")/\w"
)
MADE = {".git", ".venv", "var", "node_modules", "build", "__pycache__"}


def pins(lock: str) -> dict[str, str]:
    """Return the version each package is pinned to."""
    found = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        match = PIN.match(line)
        if match:
            found[match["name"]] = match["version"]
    return found


def source_files() -> Iterator[Path]:
    """Yield every file of the project: those git knows or would, or all but what is made by running it."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run(
            [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        ).stdout.decode()
        yield from (ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())
        return
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not any(part in MADE or part.endswith(("_cache", ".egg-info")) for part in parts):
            yield path


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_a_pin_or_its_hash(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    followed = [after for line, after in zip(lines, [*lines[1:], ""], strict=True) if PIN.match(line)]
    assert len(followed) > 20
    assert all(HASH.match(line) for line in followed)


def test_the_tests_run_on_what_is_shipped() -> None:
    shipped, tested = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: tested.get(name) for name in shipped} == shipped


def test_every_dependency_asked_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    asked = [*project["project"]["dependencies"], *groups["build"]]
    names = {re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0].lower() for line in asked}
    assert names - set(pins("requirements.txt")) == set()
    dev = {re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0].lower() for line in groups["dev"]}
    assert dev - set(pins("requirements-dev.txt")) == set()


def test_no_file_names_a_package_index_or_a_folder_of_one_machine() -> None:
    found = []
    for path in source_files():
        if path.name.endswith(".min.js"):
            continue  # others' code, as they built it
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for pattern in (HOSTS, MACHINE):
            found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "see https://" + "py" + "pi.org/simple",
        "--index https://files." + "python" + "hosted.org/x",
        "npm " + "npm" + "js.org",
    ],
)
def test_a_package_index_would_be_found(text: str) -> None:
    assert HOSTS.search(text)


@pytest.mark.parametrize("text", ["cd /wo" + "rk/main", "'/ro" + "ot/x'", "see /ho" + "me/ada/file", "/Us" + "ers/ada"])
def test_a_folder_of_one_machine_would_be_found(text: str) -> None:
    assert MACHINE.search(text)


def test_the_lock_of_one_index_is_not_kept() -> None:
    assert not (ROOT / "uv.lock").exists() or "/uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text(encoding="utf-8").split()
