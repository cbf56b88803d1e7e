"""Files that come with advice: what is taken, what is refused and why, what is released."""

import io
import socket
import struct
import subprocess
import threading
import time
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from sqlalchemy import select

from casetracker.adapters.files import Store
from casetracker.adapters.scanning import Clamd, ScannerAway
from casetracker.agreed_forms.definition import Uploads
from casetracker.extensions import db
from casetracker.models import AdviceFile, ScanState
from casetracker.services import advice_files
from casetracker.services.advice_files import FileRefused
from casetracker.uploads.checks import clean_name
from tests.conftest import NOW
from tests.integration.giving.conftest import *  # noqa: F403  (its fixtures)
from tests.integration.giving.conftest import ask_for_medical
from tests.services import clamd_path, require

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TEAM = "team@health.example"


def pdf(**options) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    if options.get("password"):
        writer.encrypt("secret")
    if options.get("script"):
        script = DictionaryObject(
            {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
        )
        writer.root_object[NameObject("/OpenAction")] = script
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def docx(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<document/>")
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return held.getvalue()


def bomb() -> bytes:
    return docx(word__media_dot_xml=b"\0" * (80 * 1024 * 1024))


BAD = [
    ("empty.pdf", b"", "is empty"),
    ("page.pdf", b"<!DOCTYPE html><script>alert(1)</script>", "is not the PDF its name says"),
    ("photo.jpg", b"MZ\x90\x00 this is a program", "is not the JPG"),
    ("locked.pdf", pdf(password=True), "locked with a password"),
    ("active.pdf", pdf(script=True), "runs by itself"),
    ("broken.pdf", b"%PDF-1.7\nnothing more", "cannot be read as a PDF"),
    ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "locked with a password, or in an old format"),
    ("not.docx", b"PK\x03\x04 not really", "damaged, or not what its name says"),
    ("other.docx", docx().replace(b"word/document.xml", b"xord/document.xml"), "is not the DOCX"),
    ("macro.docx", docx(word__vbaProject_dot_bin=b"x"), "macros"),
    ("bomb.docx", bomb(), "unpacks to far more"),
    ("program.exe", b"MZ", "is not a type of file we can take"),
    ("noending", b"x", "is not a type of file we can take"),
]


@pytest.fixture
def inside(app, ready, caseworker, come_in):
    ask_for_medical(caseworker, ready)
    return come_in(TEAM)


def upload(inside, name: str, content: bytes, status: int = 302):
    return inside.post("/giving/files", {"files": (io.BytesIO(content), name)}, status=status)


def kept(app) -> list[AdviceFile]:
    with app.app_context():
        return list(db.session.scalars(select(AdviceFile)))


class TestThroughThePage:
    def test_a_sound_file_is_kept_outside_the_web_root_under_a_random_name_and_comes_back_as_an_attachment(
        self, app, inside, tmp_path
    ):
        upload(inside, "Report for Ada.pdf", pdf())
        (file,) = kept(app)
        assert (file.name, file.media_type) == ("Report for Ada.pdf", "application/pdf")
        stored = tmp_path / "advice-files" / file.stored_as[:2] / file.stored_as
        assert stored.read_bytes() == pdf() and stored.stat().st_mode & 0o777 == 0o600
        assert "Ada" not in str(stored) and len(file.sha256) == 64
        answer = inside.get(f"/giving/files/{file.id}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    @pytest.mark.parametrize(("name", "content", "why"), BAD, ids=[name for name, _, _ in BAD])
    def test_a_bad_file_is_refused_beside_the_field_and_nothing_is_left(
        self, app, inside, tmp_path, name, content, why
    ):
        assert why in upload(inside, name, content, status=200).text
        assert kept(app) == []
        left = [path for path in (tmp_path / "advice-files").rglob("*") if path.is_file()]
        assert left == []

    def test_it_may_be_taken_out_again_and_is_then_gone(self, app, inside, tmp_path):
        upload(inside, "a.pdf", pdf())
        (file,) = kept(app)
        inside.post(f"/giving/files/{file.id}/remove")
        inside.get(f"/giving/files/{file.id}", status=404)
        assert kept(app)[0].removed_because.startswith("taken out by Gita")

    def test_files_are_sent_in_place_of_the_form_and_the_caseworker_opens_them(self, app, inside, caseworker, ready):
        upload(inside, "letter.docx", docx())
        inside.post("/giving/send", {"role": "GP", "instead": "files", "submission": "files-1"})
        (file,) = kept(app)
        answer = caseworker.get(f"/cases/{ready.case_id}/advice/{file.advice_id}/files/{file.id}")
        assert answer.data == docx()
        assert "letter.docx" in caseworker.get(f"/cases/{ready.case_id}/advice/{file.advice_id}").text


class TestLimits:
    def store(self, app, tmp_path, ready, caseworker, content=b"", **limits):
        ask_for_medical(caseworker, ready)
        with app.app_context():
            from casetracker.models import Advice

            advice_id = db.session.scalars(select(Advice.id)).one()
            for number in range(limits.pop("times", 1)):
                advice_files.store(
                    advice_id=advice_id,
                    name=f"file{number}.pdf",
                    stream=io.BytesIO(content or pdf()),
                    limits=Uploads(**limits),
                    at=NOW,
                    by="Gita",
                    files=Store(tmp_path / "kept"),
                    scanner=None,
                )

    def test_a_file_larger_than_the_form_allows_is_refused_without_being_kept(self, app, tmp_path, ready, caseworker):
        with pytest.raises(FileRefused, match="larger than 1 MB"):
            self.store(app, tmp_path, ready, caseworker, b"%PDF-" + b"x" * 1024 * 1024, megabytes=1)
        assert not [path for path in (tmp_path / "kept").rglob("*") if path.is_file()]

    def test_one_too_many_is_refused(self, app, tmp_path, ready, caseworker):
        with pytest.raises(FileRefused, match="one too many: 2 files"):
            self.store(app, tmp_path, ready, caseworker, most=2, times=3)

    def test_a_form_that_takes_no_files_takes_none(self, app, tmp_path, ready, caseworker):
        with pytest.raises(FileRefused, match="not taken"):
            self.store(app, tmp_path, ready, caseworker, allowed=False)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\report.pdf", "report.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_name_is_shown_bare(given, shown):
    assert clean_name(given) == shown


class FakeClamd:
    """A server that speaks clamd's protocol and knows one virus."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(size)
                found = EICAR in content
                connection.sendall(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")


@pytest.fixture
def fake_clamd():
    fake = FakeClamd()
    yield fake.address
    fake.server.close()


@pytest.fixture(scope="session")
def real_clamd(tmp_path_factory):
    """A clamd of the test's own, with one signature: that of the EICAR test file."""
    require("clamd")
    folder: Path = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    address = folder / "ctl"
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {folder}/db\nLocalSocket {address}\nForeground yes\nLogFile {folder}/log\n"
        f"PidFile {folder}/pid\nTemporaryDirectory {folder}\n"
    )
    program = subprocess.Popen([clamd_path() or "clamd", "-c", str(folder / "clamd.conf")])
    for _ in range(100):
        if address.exists():
            break
        time.sleep(0.1)
    yield str(address)
    program.terminate()
    program.wait()


class TestScanning:
    @pytest.mark.parametrize("which", ["fake_clamd", "real_clamd"])
    def test_a_virus_is_found_and_a_clean_file_is_not_one(self, which, request, tmp_path):
        scanner = Clamd(request.getfixturevalue(which))
        (tmp_path / "clean").write_bytes(pdf())
        (tmp_path / "virus").write_bytes(EICAR)
        assert scanner.scan(tmp_path / "clean").virus == ""
        assert "Eicar-Test-Signature" in scanner.scan(tmp_path / "virus").virus

    def test_a_scanner_that_is_away_says_so(self, tmp_path):
        (tmp_path / "clean").write_bytes(pdf())
        with pytest.raises(ScannerAway):
            Clamd("127.0.0.1:9").scan(tmp_path / "clean")

    def test_a_file_with_a_virus_is_refused_by_name_and_not_kept(self, app, inside, fake_clamd):
        app.config["CLAMD_ADDRESS"] = fake_clamd
        content = docx(word__notes_dot_xml=EICAR)
        stored = io.BytesIO()
        with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as package:
            package.writestr("word/document.xml", EICAR)
        assert "has a virus in it" in upload(inside, "notes.docx", stored.getvalue(), status=200).text
        assert kept(app) == [] and content

    def test_in_production_nothing_is_released_unscanned_and_a_later_scan_releases_it(
        self, app, inside, fake_clamd, tmp_path
    ):
        upload(inside, "a.pdf", pdf())
        (file,) = kept(app)
        app.config["ENVIRONMENT"] = "production"
        assert file.scan is ScanState.NOT_SCANNED
        inside.get(f"/giving/files/{file.id}", status=404)
        with app.app_context():
            files = Store(tmp_path / "advice-files")
            assert advice_files.rescan(at=NOW, files=files, scanner=Clamd("127.0.0.1:9")) == 0
            assert advice_files.rescan(at=NOW, files=files, scanner=Clamd(fake_clamd)) == 1
            assert advice_files.rescan(at=NOW, files=files, scanner=Clamd(fake_clamd)) == 0
            db.session.commit()
        inside.get(f"/giving/files/{file.id}")
        app.config["ENVIRONMENT"] = "testing"
