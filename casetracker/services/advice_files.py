"""Files that come with advice: checked, kept outside the web root, scanned, and released only when that may be."""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import func, select, update

from casetracker.adapters.files import Store, TooLarge
from casetracker.adapters.scanning import Scanner, ScannerAway
from casetracker.agreed_forms.definition import Uploads
from casetracker.extensions import db
from casetracker.models import AdviceFile, ScanState
from casetracker.uploads.checks import (
    MEDIA_TYPES,
    MEGABYTE,
    FileWrong,
    check_content,
    check_name,
    clean_name,
    ending_of,
)

FileRefused = FileWrong


def store(
    *,
    advice_id: int,
    name: str,
    stream: BinaryIO,
    limits: Uploads,
    at: datetime,
    by: str,
    files: Store,
    scanner: Scanner | None,
    question: str = "",
) -> AdviceFile:
    """
    Take a file in for a piece of advice, as part of its draft.

    :raises FileRefused: if it is too large, one too many, empty, locked, not what it says it is, or has a virus
    """
    shown = clean_name(name)
    if not limits.allowed:
        raise FileRefused("Files are not taken with this form")
    if len(of_draft(advice_id)) >= limits.most:
        raise FileRefused(f"“{shown}” is one too many: {limits.most} files can be sent")
    check_name(name, limits.types)
    try:
        stored = files.put(stream, most=limits.megabytes * MEGABYTE)
    except TooLarge:
        raise FileRefused(f"“{shown}” is larger than {limits.megabytes} MB") from None
    try:
        check_content(files.path(stored.name), name)
        state, says = _scanned(files, stored.name, scanner)
        if state is ScanState.INFECTED:
            raise FileRefused(f"“{shown}” has a virus in it ({says}) and was not kept")
    except FileRefused:
        files.remove(stored.name)
        raise
    row = AdviceFile(
        advice_id=advice_id,
        question=question,
        name=shown,
        media_type=MEDIA_TYPES[ending_of(name)],
        size=stored.size,
        sha256=stored.sha256,
        stored_as=stored.name,
        scan=state,
        scanned_at=at if state is ScanState.CLEAN else None,
        scan_says=says,
        uploaded_at=at,
        uploaded_by=by[:200],
    )
    db.session.add(row)
    db.session.flush()
    return row


def _scanned(files: Store, name: str, scanner: Scanner | None) -> tuple[ScanState, str]:
    if scanner is None:
        return ScanState.NOT_SCANNED, ""
    try:
        verdict = scanner.scan(files.path(name))
    except ScannerAway as away:
        return ScanState.WAITING, str(away)[:200]
    return (ScanState.INFECTED, verdict.virus[:200]) if verdict.virus else (ScanState.CLEAN, "")


def of_draft(advice_id: int) -> Sequence[AdviceFile]:
    """Return the files that are part of a draft."""
    return db.session.scalars(
        select(AdviceFile)
        .where(AdviceFile.advice_id == advice_id, AdviceFile.submission_id.is_(None), AdviceFile.removed_at.is_(None))
        .order_by(AdviceFile.id)
    ).all()


def remove(file: AdviceFile, *, at: datetime, because: str, files: Store) -> None:
    """Take a file out of a draft; that it was there stays on record."""
    file.removed_at, file.removed_because = at, because[:200]
    files.remove(file.stored_as)


def attach(advice_id: int, submission_id: int) -> int:
    """Make the files of a draft part of what was given, and return how many there are."""
    mine = (AdviceFile.advice_id == advice_id, AdviceFile.submission_id.is_(None), AdviceFile.removed_at.is_(None))
    number = db.session.scalar(select(func.count(AdviceFile.id)).where(*mine)) or 0
    db.session.execute(update(AdviceFile).where(*mine).values(submission_id=submission_id))
    return number


def may_release(file: AdviceFile, *, production: bool) -> bool:
    """Return whether a file may be handed to anybody: in production nothing is that has not been scanned."""
    if file.removed_at is not None:
        return False
    return file.scan is ScanState.CLEAN or (file.scan is ScanState.NOT_SCANNED and not production)


def rescan(*, at: datetime, files: Store, scanner: Scanner, most: int = 50) -> int:
    """Scan files that have not been, up to `most`, and return how many now have been; done again it does no harm."""
    waiting = select(AdviceFile).where(
        AdviceFile.scan.in_((ScanState.WAITING, ScanState.NOT_SCANNED)), AdviceFile.removed_at.is_(None)
    )
    settled = 0
    for file in db.session.scalars(waiting.order_by(AdviceFile.id).limit(most)).all():
        state, says = _scanned(files, file.stored_as, scanner)
        if state is ScanState.WAITING:
            break  # the scanner is away: the next tick asks again
        file.scan, file.scan_says, file.scanned_at = state, says, at
        settled += 1
        if state is ScanState.INFECTED:
            remove(file, at=at, because=f"a virus was found in it: {says}", files=files)
    return settled
