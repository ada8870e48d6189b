"""Files are what is in them: programs are not taken whatever they are called, and not everybody gets them."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.conversations.file_kinds import LONGEST_NAME, NotTaken, clean_name, recognise
from rapport.conversations.incoming import IncomingFile
from rapport.conversations.models import Attachment
from rapport.conversations.services import attachments
from rapport.conversations.tests.making import received
from rapport.kernel import files
from rapport.kernel.actors import SYSTEM, Actor, Reach
from rapport.kernel.ids import new_id
from rapport.kernel.permissions import OutOfReach
from rapport.testing.builders import customer
from rapport.testing.cast import Cast, actor

PNG = b"\x89PNG\r\n\x1a\n"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def archive(*names: str, first: bytes = b"") -> bytes:
    """Return a zip archive with members of these names."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for name in names:
            made.writestr(name, first if name == "mimetype" else b"x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, "image/png"),
        ("holiday", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.jpg", b"%PDF-1.7", "application/pdf"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.wav", b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic", "image/heic"),
        ("a.mp4", b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        ("a.bmp", b"BM\x10\x00\x00\x00\x00\x00\x00\x00", "image/bmp"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "application/msword"),
        ("a.docx", archive("[Content_Types].xml", "word/document.xml"), WORD),
        ("a.odt", archive("mimetype", "content.xml", first=b"application/vnd.oasis.opendocument.text"),
         "application/vnd.oasis.opendocument.text"),
        ("a.zip", archive("a.txt", "b/c.pdf"), "application/zip"),
        ("a.csv", b"a;b\n1;2", "text/csv"),
        ("a.html", b"<p>Hello</p>", "text/html"),
        ("notes", "Grüße".encode("cp1252"), "text/plain"),
        ("utf16.txt", "Hallo".encode("utf-16"), "text/plain"),
        ("BMW.txt", b"BMW and MZ are two firms", "text/plain"),
        ("MZ.txt", b"MZ Motorcycles", "text/plain"),
        ("empty.txt", b"", "text/plain"),
        ("invite.ics", b"BEGIN:VCALENDAR", "text/calendar"),
    ],
)  # fmt: skip
def test_a_file_is_what_is_in_it(name: str, content: bytes, kind: str) -> None:
    assert recognise(name, content, at_most=100_000) == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.jpg", b"MZ\x90\x00\x03"),
        ("photo.jpg", b"\x7fELF\x02\x01"),
        ("readme.txt", b"#!/bin/sh\nrm -rf /"),
        ("invoice.pdf.exe", b"%PDF-1.7"),
        ("invoice.pdf.js", b"alert(1)"),
        ("invoice.js . ", b"alert(1)"),
        ("inv\u202efdp.exe", b"hello"),
        ("a.lnk", b"L\x00\x00\x00\x01\x14\x02\x00"),
        ("a.zip", archive("readme.txt", "run.EXE")),
        ("a.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("a.zip", b"PK\x03\x04 broken"),
        ("a.msi", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.dat", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.bin", b"\x00\x01\x02\x03 some bytes"),
    ],
)
def test_what_we_do_not_take(name: str, content: bytes) -> None:
    with pytest.raises(NotTaken):
        recognise(name, content, at_most=100_000)


def test_a_file_may_be_as_large_as_allowed_and_no_larger() -> None:
    assert recognise("a.txt", b"x" * 1_000_000, at_most=1_000_000) == "text/plain"
    with pytest.raises(NotTaken, match="larger than 1 MB"):
        recognise("a.txt", b"x" * 1_000_001, at_most=1_000_000)


@pytest.mark.parametrize(
    ("name", "clean"),
    [("../../etc/passwd", "passwd"), ("C:\\temp\\a.txt", "a.txt"), ("", "file"), ("...", "file"),
     ("a\x00b\n.txt", "ab.txt"),
     ("\u202egpj.exe", "gpj.exe"), (".hidden.txt", "hidden.txt"), ("folder/", "folder")],
)  # fmt: skip
def test_names_are_made_harmless(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@given(st.text(max_size=400))
def test_any_name_can_be_stored(name: str) -> None:
    clean = clean_name(name)
    assert 0 < len(clean) <= LONGEST_NAME
    assert not set(clean) & set("/\\\x00\n\r\u202e")
    assert clean_name(clean) == clean


@given(st.binary(max_size=300), st.sampled_from(["a.zip", "a.doc", "a", "a.exe", "a.html"]))
def test_any_content_is_recognised_or_refused(content: bytes, name: str) -> None:
    try:
        kind = recognise(name, content, at_most=200)
    except NotTaken:
        return
    assert len(content) <= 200
    assert "/" in kind


@pytest.mark.django_db
def test_a_file_is_handed_to_whoever_may_see_its_thread(cast: Cast) -> None:
    customer("Cy", owner=cast.sam, email="cy@x.example")
    received(from_address="cy@x.example", files=(IncomingFile("a.html", b"<b>Hello</b>"), IncomingFile("b.png", PNG)))
    page, picture = Attachment.objects.order_by("id")
    found = attachments.open_for(actor(cast.ben), page.pk)
    with found.file:
        assert found.file.read() == b"<b>Hello</b>"
    assert (found.name, found.media_type, found.size) == ("a.html", "application/octet-stream", 12)
    with attachments.open_for(SYSTEM, picture.pk).file as file:
        assert file.read() == PNG
    team = Actor("user", "Ben", user_id=cast.ben.pk, mates=frozenset({cast.ben.pk}),
                 grants={"conversations.view": Reach.TEAM})  # fmt: skip
    for who in (team, Actor("user", "Nobody")):
        with pytest.raises(OutOfReach):
            attachments.open_for(who, page.pk)


@pytest.mark.django_db
def test_what_was_refused_is_lost_or_was_never_there_is_not_handed_out(cast: Cast) -> None:
    received(files=(IncomingFile("a.exe", b"MZ\x00"), IncomingFile("b.png", PNG)))
    refused, kept = Attachment.objects.order_by("id")
    files.forget(kept.key)
    for key in (refused.pk, kept.pk, new_id()):
        with pytest.raises(OutOfReach):
            attachments.open_for(SYSTEM, key)


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xml", "application/xhtml+xml"])
def test_what_a_browser_might_run_is_called_plain_bytes(kind: str) -> None:
    assert attachments.safe_type(kind) == "application/octet-stream"


@pytest.mark.django_db
def test_no_message_has_hundreds_of_files(cast: Cast) -> None:
    message = received(files=[IncomingFile(f"{n}.txt", b"x") for n in range(130)])
    assert message.attachments.count() == 100
    with pytest.raises(NotTaken):
        attachments.attach(message, [IncomingFile("a.txt", b"x")] * 101)
    assert message.attachments.count() == 100
