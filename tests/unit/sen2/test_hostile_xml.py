"""Files made to do harm, or broken: each is refused with the reason, quickly and in little memory."""

# ruff: noqa: E501  (rows of data, one to a line)

import os
import re
import resource
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from casetracker.csvin.refusals import FileRefused
from casetracker.sen2 import xml_in
from casetracker.sen2.files import open_return

PERSON = "<Person><Surname>Lovell</Surname><Requests><ReceivedDate>2023-02-01</ReceivedDate></Requests></Person>"
HEADER = "<Header><CollectionDetails><Year>2024</Year></CollectionDetails></Header>"
WHOLE = f"<Message>{HEADER}<Persons>{PERSON}</Persons></Message>"
LAUGHS = '<!DOCTYPE Message [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' if n else '<!ENTITY a0 "haha">' for n in range(12)
)


def refused(path: Path, content: str | bytes, **options: int) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(FileRefused) as refusal, open_return(path, **options) as file:
        list(file.people())
    return str(refusal.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (LAUGHS + "]><Message>&a11;</Message>", "document type declaration"),
        ('<!DOCTYPE Message SYSTEM "http://127.0.0.1:9/x.dtd">' + WHOLE, "document type declaration"),
        ('<!DOCTYPE Message [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + WHOLE.replace("Lovell", "&x;"), "document type declaration"),
        ("", "is empty"),
        ("<!-- nothing -->", "no element begins in it"),
        (LAUGHS.encode("utf-16") + "]><Message>&a11;</Message>".encode("utf-16-le"), "is written in UTF-16, and a return is written in UTF-8"),
        ('<?xml version="1.0" encoding="cp037"?><!DOCTYPE Message []>'.encode("cp037"), "does not begin with <"),
        ("surname,forename\nLovell,Ada\n", "is not XML"),
        (WHOLE[:-30], "r.xml ends too soon at line 1: the rest of the return is missing$"),
        (f"<Message>{HEADER}\n<Persons>{PERSON}\n", "ends too soon at line 3"),
        (f"<Message>{HEADER}\n<Persons><Person><", "ends too soon at line 2"),
        (WHOLE.replace("</Header>", "</Header>\n")[:-5].encode("utf-16"), "is written in UTF-16, and"),
        ('<?xml version="1.0" encoding="UTF-8"?>'.encode("utf-16-le") + WHOLE.encode("utf-16-le"), "is written in UTF-16, and"),
        (WHOLE.encode("utf-32"), "is written in UTF-32, and"),
        (('<?xml version="1.0" encoding="ISO-8859-1"?>' + WHOLE).encode("latin-1"), "says that it is written in ISO-8859-1, and a return is written in UTF-8"),
        (('<?xml version="1.0"' + " " * 300 + 'encoding="ISO-8859-1"?>' + WHOLE.replace("Lovell", "Súil")).encode("latin-1"), "is not written in UTF-8, as a return is, at line 1"),
        (WHOLE.replace("</Requests>", "</Request>"), "is not well-formed XML at line 1 .Opening and ending tag mismatch"),
        ('<?xml version="1.0" encoding="EBCDIC-US"?>' + WHOLE, "says that it is written in EBCDIC-US"),
        ('<?xml version="1.0" encoding="UTF-7"?>' + WHOLE, "says that it is written in UTF-7"),
        (b'<?xml version="1.0" encoding="UTF-8"?>' + WHOLE.replace("Lovell", "Súil").encode("cp1252"), "is not written in UTF-8, as a return is, at line 1"),
        ("<html><body>Sign in</body></html>", "it begins with html, and a return begins with Message"),
        ("<Message/>", "neither a header nor people"),
        (WHOLE.replace("Lovell", "<i>" * 400 + "</i>" * 400), "is deeper or longer than a return is, at line 1"),
        (WHOLE.replace("Lovell", "x" * 20_000), "a text of more than 10,000 characters, at line 1"),
        (WHOLE + WHOLE, "is not well-formed XML at line 1"),
        (WHOLE.replace("Lovell", "&laughs;"), "is not well-formed XML at line 1 .*laughs"),
    ],
    ids=["billion laughs", "external DTD", "external entity", "empty", "a comment", "billion laughs in UTF-16", "a DTD in EBCDIC", "not XML", "cut off", "unclosed", "cut off in a tag", "UTF-16 cut off", "UTF-16 that says UTF-8", "UTF-32", "ISO-8859-1", "ISO-8859-1 said far away", "mismatched", "EBCDIC", "UTF-7", "not the encoding it says", "a web page", "no return in it", "very deep", "a long text", "two roots", "an entity nobody declared"],
)  # fmt: skip
def test_is_refused_with_the_reason(tmp_path, content, words):
    said = refused(tmp_path / "r.xml", content)
    assert said.startswith("r.xml") and re.search(words, said), said


@pytest.mark.parametrize(
    "written",
    [
        ('<?xml version="1.0" encoding="utf-8"?>' + WHOLE.replace("Lovell", "Ó Súil")).encode(),
        b"\xef\xbb\xbf" + WHOLE.replace("Lovell", "Ó Súil").encode(),
        WHOLE.replace("<Message>", '<Message xmlns="http://example.gov.uk/sen2">').encode(),
    ],
    ids=["UTF-8", "with a byte order mark", "in a namespace"],
)
def test_what_councils_really_have_is_read(tmp_path, written):
    (tmp_path / "r.xml").write_bytes(written)
    with open_return(tmp_path / "r.xml") as file:
        assert file.total == 1 and file.header["year"] == "2024"
        assert next(file.people())["surname"] in ("Lovell", "Ó Súil")


def test_nothing_is_fetched_from_the_network(tmp_path):
    asked = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(1)

    def listen():
        try:
            asked.append(server.accept())
        except TimeoutError:
            return

    thread = threading.Thread(target=listen)
    thread.start()
    address = f"http://127.0.0.1:{server.getsockname()[1]}/x.dtd"
    refused(tmp_path / "r.xml", f'<!DOCTYPE Message SYSTEM "{address}">{WHOLE}')
    thread.join()
    server.close()
    assert asked == []


def test_two_gigabytes_are_refused_by_their_size_and_not_read(tmp_path):
    path = tmp_path / "r.xml"
    with path.open("wb") as handle:
        handle.write(WHOLE.encode())
        handle.truncate(2 << 30)  # a hole: nothing of it is on disc
    began = time.monotonic()
    with pytest.raises(FileRefused, match=r"larger than a return may be \(1,024 MB\)"), open_return(path):
        pass
    assert time.monotonic() - began < 1
    assert path.stat().st_size == 2 << 30


def test_a_stream_that_does_not_end_is_refused_once_it_is_too_large(tmp_path):
    path = tmp_path / "r.xml"
    os.mkfifo(path)
    sent = []

    def pour():
        with suppress(BrokenPipeError), path.open("wb") as handle:  # closing it writes too
            handle.write(f"<Message>{HEADER}<Persons>".encode())
            while True:
                sent.append(handle.write(PERSON.encode() * 100))

    thread = threading.Thread(target=pour)
    thread.start()
    with pytest.raises(FileRefused, match="not a file"), open_return(path, largest=1 << 20):
        pass
    with path.open("rb"):  # lets the writer find that nobody reads
        pass
    thread.join()
    assert sum(sent) < 1 << 20


def test_one_person_as_large_as_a_return_is_refused_in_little_memory(tmp_path):
    path = tmp_path / "r.xml"
    with path.open("wb") as handle:
        handle.write(f"<Message>{HEADER}<Persons><Person>".encode())
        for _ in range(2_000):
            handle.write(b"<Requests><RYA>0</RYA></Requests>" * 500)
        handle.write(b"</Person></Persons></Message>")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FileRefused, match="more than 4 MB in one person"), open_return(path):
        pass
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_the_largest_return_there_can_be_is_well_within_the_bounds():
    assert xml_in.LARGEST > 5 * 200_000_000 and xml_in.LARGEST_IN_ONE_PLACE >= 4 << 20
