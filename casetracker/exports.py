"""Tables as files for people to keep: CSV that Excel opens right, and XLSX; no cell that a spreadsheet would run."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from flask import Response, send_file, stream_with_context

from casetracker.london import LONDON

_WOULD_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes the file for Windows-1252, and Ó for two letters


def safe(cell: Any) -> Any:
    """
    Return a cell that no spreadsheet takes for a formula: text that begins like one is led by an apostrophe.

    An instant is written by London's clocks.
    """
    if isinstance(cell, datetime):
        return f"{cell.astimezone(LONDON):%Y-%m-%d %H:%M}"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_WOULD_RUN) else cell


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file, a few at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(_BYTE_ORDER_MARK)
    writer.writerow(header)
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
        if buffer.tell() > 32_768:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Answer with a table as a CSV file, streamed."""
    response = Response(stream_with_context(csv_lines(header, rows)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[int] = ()
    """Of the first columns, in characters; the rest are as Excel has them."""


def xlsx_response(filename: str, sheet: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Answer with a table as an Excel workbook, written row by row so that memory stays flat."""
    return workbook_response(filename, [Sheet(sheet, header, rows)])


def workbook_response(filename: str, sheets: Iterable[Sheet], *, title: str = "") -> Response:
    """Answer with an Excel workbook of several sheets, each with its header fast at the top."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the answer that sends it)
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "default_date_format": "d mmm yyyy",
    }
    book = xlsxwriter.Workbook(file, options)
    if title:
        book.set_properties({"title": title})
    bold = book.add_format({"bold": True})
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.name), sheet, bold)
    book.close()
    file.seek(0)
    return send_file(file, as_attachment=True, download_name=filename)


def _write_sheet(page: Any, sheet: Sheet, bold: Any) -> None:
    page.freeze_panes(1, 0)
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    for column, title in enumerate(sheet.header):
        page.write_string(0, column, title, bold)
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write(page, number, column, cell)


def _write(page: Any, row: int, column: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, datetime):
        page.write_datetime(row, column, cell.replace(tzinfo=None))
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell)
    else:
        page.write_string(row, column, str(cell))
