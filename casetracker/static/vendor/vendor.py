"""
Renew the vendored front end: `python casetracker/static/vendor/vendor.py` (needs npm; the application never does).

A council's site is not on the GOV.UK domain, so it may use the Design System's components but neither its crown and
crest nor its typeface: whatever names or draws them is taken out here, and the run fails if any is left. The licences
are in VERSIONS and LICENSE-govuk-frontend.txt beside this file; read them again when a version changes.
"""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parents[2] / "tests" / "browser"
BRANDING = re.compile(r"crown|crest|gds.?transport|tudor|/assets/", re.IGNORECASE)
SOURCE_MAP = re.compile(r"\s*(//# ?sourceMappingURL=\S+|/\*# ?sourceMappingURL=.*?\*/)\s*$")


class StillBranded(Exception):
    """Something of the crown, the crest, the typeface or their files is left in what was to be served."""


def main() -> None:
    """Fetch each package that VERSIONS names and write what is used of it."""
    govuk, axe = (version_of(name) for name in ("govuk-frontend", "axe-core"))
    with tempfile.TemporaryDirectory() as scratch:
        dist = fetch(f"govuk-frontend@{govuk}", into=Path(scratch)) / "dist" / "govuk"
        for name in ("govuk-frontend.min.css", "govuk-frontend.min.js"):
            text = SOURCE_MAP.sub("", (dist / name).read_text(encoding="utf-8"))
            (HERE / name).write_text(refuse_branding(plain(text) if name.endswith("css") else text), encoding="utf-8")
        shutil.copy(fetch(f"axe-core@{axe}", into=Path(scratch)) / "axe.min.js", TESTS / "axe.min.js")


def version_of(name: str) -> str:
    """Return the version of a package that VERSIONS names."""
    found = re.search(rf"^{re.escape(name)} (\S+),", (HERE / "VERSIONS").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise LookupError(f"VERSIONS has no line for {name}")
    return found[1]


def fetch(package: str, *, into: Path) -> Path:
    """Return the folder a package was unpacked in."""
    command = ["npm", "pack", "--silent", package]
    packed = subprocess.run(command, cwd=into, check=True, capture_output=True, text=True).stdout.split()[-1]
    folder = into / packed.removesuffix(".tgz")
    shutil.unpack_archive(into / packed, folder, filter="data")
    return folder / "package"


def plain(style: str) -> str:
    """Return a style sheet without the rules that draw the crown or the crest, and without the typeface."""
    style = re.sub(r"/\*[^!].*?\*/", "", style, flags=re.DOTALL)
    style = re.sub(r"@font-face\{[^}]*\}", "", style)
    style = re.sub(r"GDS Transport,\s*", "", style)
    return re.sub(r"[^{}]+\{[^{}]*\}", lambda rule: "" if BRANDING.search(rule[0]) else rule[0], style)


def refuse_branding(text: str) -> str:
    """
    Return the text, having looked through it once more.

    :raises StillBranded: with what is left and what is around it
    """
    if left := BRANDING.search(text):
        raise StillBranded(text[max(0, left.start() - 60) : left.end() + 60])
    return text.rstrip() + "\n"


if __name__ == "__main__":
    main()
