"""The checks of a file that was sent in, each with a message fit for beside its field."""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MEGABYTE = 1024 * 1024
MOST_UNPACKED = 300 * MEGABYTE
MOST_RATIO = 200
MOST_ENTRIES = 5_000
LONGEST_NAME = 150
_START = 8
_HIDDEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
_OPENING = {
    "pdf": b"%PDF-",
    "rtf": b"{\\rtf",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
}
_HOLDS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml", "ods": "content.xml"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NESTED = (".zip", ".rar", ".7z", ".gz", ".exe", ".dll", ".js", ".vbs", ".jar")
_RUNS = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/RichMedia")


class FileWrong(ValueError):
    """The file cannot be taken; the message is fit for beside its field."""


def clean_name(name: str) -> str:
    """Return a file's name fit to be shown and handed back: no folders, nothing hidden, not over-long."""
    bare = _HIDDEN.sub("", unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).name)).strip(" .")
    stem, dot, ending = bare.rpartition(".")
    if not dot:
        return bare[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(ending) - 1] or 'file'}.{ending}"


def ending_of(name: str) -> str:
    """Return the ending of a file's name, in lower case and without the dot."""
    return clean_name(name).rpartition(".")[2].lower()


def check_name(name: str, types: tuple[str, ...]) -> None:
    """
    Raise unless files with this ending are taken.

    :raises FileWrong: with the endings that are
    """
    ending = ending_of(name)
    if "." not in clean_name(name) or ending not in types or ending not in MEDIA_TYPES:
        raise FileWrong(f"“{clean_name(name)}” is not a type of file we can take: choose {_listed(types)}")


def _listed(types: tuple[str, ...]) -> str:
    return ", ".join(sorted(kind.upper() for kind in types))


def check_content(file: Path, name: str) -> None:
    """
    Raise unless the file is what its name says, and nothing in it is hidden, locked or runs by itself.

    :raises FileWrong: with what is wrong
    """
    ending, shown = ending_of(name), clean_name(name)
    with file.open("rb") as stream:
        start = stream.read(_START)
    if not start:
        raise FileWrong(f"“{shown}” is empty")
    if start.startswith(_OLE):
        raise FileWrong(f"“{shown}” is locked with a password, or in an old format: save it without a password, as PDF")
    if ending in _OPENING and not start.startswith(_OPENING[ending][:_START]):
        raise FileWrong(f"“{shown}” is not the {ending.upper()} its name says it is")
    _CHECKS.get(ending, _nothing_more)(file, shown)


def _nothing_more(file: Path, shown: str) -> None:
    del file, shown


def _check_text(file: Path, shown: str) -> None:
    with file.open("rb") as stream:
        while part := stream.read(MEGABYTE):
            if b"\x00" in part:
                raise FileWrong(f"“{shown}” is not the TXT its name says it is")


def _check_pdf(file: Path, shown: str) -> None:
    try:
        reader = PdfReader(file)
        if reader.is_encrypted:
            raise FileWrong(f"“{shown}” is locked with a password: save it without one")
        pages = len(reader.pages)
        active = _active_parts(reader)
    except FileWrong:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError):
        raise FileWrong(f"“{shown}” cannot be read as a PDF: it may be damaged") from None
    if not pages:
        raise FileWrong(f"“{shown}” has no pages")
    if active:
        raise FileWrong(
            f"“{shown}” has something in it that runs by itself ({', '.join(active)}): print it to a new PDF"
        )


def _active_parts(reader: PdfReader) -> list[str]:
    catalogue = reader.root_object
    names = catalogue.get("/Names")
    held = [catalogue, names.get_object() if names is not None else {}]
    action = catalogue.get("/OpenAction")
    opened = action.get_object() if action is not None else {}
    found = [word.strip("/") for word in _RUNS if any(word in part for part in held if hasattr(part, "keys"))]
    if hasattr(opened, "get") and opened.get("/S") in ("/JavaScript", "/Launch"):
        found.append(str(opened["/S"]).strip("/"))
    return found


def _check_package(file: Path, shown: str) -> None:
    """Check a document that is a zip of its parts. What its directory says of sizes is not believed."""
    try:
        with zipfile.ZipFile(file) as package:
            _check_parts(package, file.stat().st_size, shown)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise FileWrong(f"“{shown}” cannot be read: it is damaged, or not what its name says it is") from None


def _check_parts(package: zipfile.ZipFile, size: int, shown: str) -> None:
    parts = package.infolist()
    names = {part.filename for part in parts}
    wanted = _HOLDS[ending_of(shown)]
    if wanted not in names:
        raise FileWrong(f"“{shown}” is not the {ending_of(shown).upper()} its name says it is")
    if len(parts) > MOST_ENTRIES:
        raise FileWrong(f"“{shown}” has too many parts to be a document")
    if any(part.flag_bits & 1 for part in parts):
        raise FileWrong(f"“{shown}” is locked with a password: save it without one")
    if any(name.lower().endswith(("vbaproject.bin", *_NESTED)) for name in names):
        raise FileWrong(f"“{shown}” has macros or other files hidden in it: save it as PDF")
    _refuse_bombs(package, parts, size, shown)


def _refuse_bombs(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo], size: int, shown: str) -> None:
    most = min(MOST_UNPACKED, max(size * MOST_RATIO, 20 * MEGABYTE))
    unpacked = 0
    for part in parts:
        with package.open(part) as stream:
            while chunk := stream.read(MEGABYTE):
                unpacked += len(chunk)
                if unpacked > most:
                    raise FileWrong(f"“{shown}” unpacks to far more than a document would: it cannot be taken")


_CHECKS: Mapping[str, Callable[[Path, str], None]] = {
    "pdf": _check_pdf,
    "txt": _check_text,
    **dict.fromkeys(_HOLDS, _check_package),
}
