"""Opening a return wherever it is: a folder of CSV files, or a file of XML."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casetracker.csvin.refusals import FileRefused
from casetracker.sen2.blade import BladeFiles
from casetracker.sen2.records import ReturnFile
from casetracker.sen2.xml_in import LARGEST, XmlFile


@contextmanager
def open_return(path: Path, *, largest: int = LARGEST) -> Iterator[ReturnFile]:
    """
    Open a return: the folder of its nine CSV files, its XML file, or a folder that holds one of those.

    :raises FileRefused: if it is not there, or cannot be read
    """
    opened: ReturnFile = _open(path, largest)
    try:
        yield opened
    finally:
        opened.close()


def _open(path: Path, largest: int) -> ReturnFile:
    if not path.exists():
        raise FileRefused(f"{path} is not there")
    if path.is_dir():
        xml = sorted(path.glob("*.[xX][mM][lL]"))
        if len(xml) > 1:
            raise FileRefused(f"there is more than one XML file in {path.name}: keep one return in a folder")
        return XmlFile(xml[0], largest=largest) if xml else BladeFiles(path)
    if not path.is_file():
        raise FileRefused(f"{path.name} is not a file")
    if path.suffix.lower() == ".csv":
        raise FileRefused(f"{path.name} is one of the nine CSV files of a return: name the folder they are in")
    return XmlFile(path, largest=largest)
