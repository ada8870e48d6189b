"""Reading whatever somebody may send."""

from __future__ import annotations

import base64
import random
import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.conversations.mail.headers import addresses, believable, date_of, decoded, ids
from rapport.conversations.mail.parse import parse
from rapport.conversations.mail.parts import Address


def _mail(*headers: str, body: str | bytes = "Hello", sender: str = "ann@example.org") -> bytes:
    content = body if isinstance(body, bytes) else body.encode()
    return "\r\n".join([f"From: {sender}", "Message-ID: <m@x>", *headers, "", ""]).encode() + content


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", b"Gr\xfc\xdfe \x80", "Grüße €"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("iso-2022-jp", "こんにちは".encode("iso2022_jp"), "こんにちは"),
        ("ks_c_5601-1987", "안녕하세요".encode("cp949"), "안녕하세요"),
        ("gb2312", "您好，中國".encode("gb18030"), "您好，中國"),
        ("windows-1251", "Привет".encode("cp1251"), "Привет"),
        ("X-UNKNOWN", "Grüße".encode(), "Grüße"),
        ("unicode_escape", b"a\\u0041", "a\\u0041"),
        ("idna", b"xn--mller-kva", "xn--mller-kva"),
        ("zlib", b"plain", "plain"),
        ("", b"Gr\xfc\xdfe aus K\xf6ln, sch\xf6ne Gr\xfc\xdfe", "Grüße aus Köln, schöne Grüße"),
        ("utf-8", b"a\x00b", "ab"),
    ],
)
def test_every_character_set_is_read(charset: str, data: bytes, text: str) -> None:
    raw = _mail(f"Content-Type: text/plain; charset={charset}" if charset else "X: y", body=data)
    assert parse(raw).text == text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?R3LDvA==?= =?utf-8?B?w59l?=", "Grüße"),
        ("=?utf-8?B?R3LD?=\r\n =?utf-8?B?vMOfZQ==?=", "Grüße"),
        ("=?x-unknown?Q?Gr=C3=BC=C3=9Fe?= ok", "Grüße ok"),
        ("=?iso-8859-1*de?Q?Gr=FC=DFe?=", "Grüße"),
        ("=?utf-8?B?R3LDvMOfZ?= broken", "Grüß broken"),
        ("=?utf-8?Q?not closed", "=?utf-8?Q?not closed"),
        ("plain =?utf-8?Q?=0D=0Ainjected?=", "plain  injected"),
    ],
)
def test_encoded_words_are_read(raw: str, said: str) -> None:
    assert decoded(raw) == said


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ('"Doe, Ann" <Ann@Example.org>, bob@example.org', [("Doe, Ann", "ann@example.org"), ("", "bob@example.org")]),
        ("=?utf-8?Q?J=C3=B6rg=2C_Dr=2E?= <j@example.org>", [("Jörg, Dr.", "j@example.org")]),
        ("undisclosed-recipients:;", []),
        ("Team: a@x.example, b@x.example;", [("", "a@x.example"), ("", "b@x.example")]),
        ("ann@example.org (Ann)", [("Ann", "ann@example.org")]),
        ("a@x.example; b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("<a@x.example> <b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("nobody", []),
        ("'ann@example.org' <ann@example.org>", [("", "ann@example.org")]),
        ("A@x.example, a@X.example", [("", "a@x.example")]),
    ],
)
def test_addresses_are_read(raw: str, found: list[tuple[str, str]]) -> None:
    assert addresses(raw) == tuple(Address(*one) for one in found)


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ("Mon, 6 Jul 2026 10:00:00 +0200", datetime(2026, 7, 6, 8, tzinfo=UTC)),
        ("6 Jul 2026 10.00.00 +0200 (CEST)", datetime(2026, 7, 6, 8, tzinfo=UTC)),
        ("Mon, 6 Jul 2026 10:00:00", datetime(2026, 7, 6, 10, tzinfo=UTC)),
        ("Mon, 6 Jul 2026 10:00:00 UT", datetime(2026, 7, 6, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 99 Jul 2026 99:00:00 +0200", None),
        ("Mon, 1 Jan 1802 00:00:00 +2359", None),
        ("", None),
    ],
)
def test_dates_are_read(raw: str, at: datetime | None) -> None:
    assert date_of(raw) == at


def test_a_date_that_cannot_be_is_the_moment_it_came() -> None:
    now = datetime(2026, 7, 6, tzinfo=UTC)
    assert believable(None, now) == now
    assert believable(datetime(2030, 1, 1, tzinfo=UTC), now) == now
    assert believable(datetime(2026, 7, 5, tzinfo=UTC), now) == datetime(2026, 7, 5, tzinfo=UTC)


def test_ids_are_read_however_they_are_written() -> None:
    assert ids("<a@x>\r\n <b@x><c@x> garbage <a@x>") == ("a@x", "b@x", "c@x")
    assert ids("a@x b@x") == ("a@x", "b@x")
    assert ids('"Your mail of Monday" <a@x>') == ("a@x",)
    long = ids(f"<{'a' * 400}@x>")[0]
    assert len(long) < 250
    assert long == ids(f"<{'a' * 400}@x>")[0] != ids(f"<{'a' * 401}@x>")[0]


def test_a_mail_without_an_id_gets_one_that_stays() -> None:
    said = b"From: a@x.example\r\nDate: Mon, 6 Jul 2026 10:00:00 +0200\r\nSubject: Hi\r\n\r\nHello\r\n"
    first, again = parse(b"Received: by one\r\n" + said), parse(b"Received: by two\r\n" + said.replace(b"\r\n", b"\n"))
    assert not first.has_id
    assert first.message_id == again.message_id != parse(said.replace(b"Hello", b"Hallo")).message_id
    assert (
        parse(b"From: a@x.example\r\n\r\nAlarm").message_id
        != parse(b"From: a@x.example\r\nX: 2\r\n\r\nAlarm").message_id
    )


def _tnef(*attributes: tuple[int, int, bytes]) -> bytes:
    made = struct.pack("<IH", 0x223E9F78, 1)
    for level, name, data in attributes:
        made += struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return made


def _with_winmail(data: bytes) -> bytes:
    body = (
        b'--b\r\nContent-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + base64.encodebytes(data)
        + b"\r\n--b--"
    )
    return _mail('Content-Type: multipart/mixed; boundary="b"', body=body)


def test_winmail_is_unpacked() -> None:
    data = _tnef(
        (1, 0x00069007, struct.pack("<II", 1252, 0)),
        (1, 0x0002800C, b"Hello from Outlook\x00"),
        (2, 0x00069002, b"\x01\x00" + b"\x00" * 12),
        (2, 0x00018010, b"lamp.txt\x00"),
        (2, 0x0006800F, b"A lamp."),
    )
    mail = parse(_with_winmail(data))
    assert mail.text == "Hello from Outlook"
    assert [(file.name, file.content) for file in mail.files] == [("lamp.txt", b"A lamp.")]


@pytest.mark.parametrize("data", [b"", b"\x78\x9f\x3e\x22", b"\x78\x9f\x3e\x22" + b"\x01" * 400, b"nonsense"])
def test_a_broken_winmail_stays_a_file(data: bytes) -> None:
    mail = parse(_with_winmail(data))
    assert [file.content for file in mail.files] == [data]
    assert mail.problems == ("winmail.dat could not be opened",)


def test_a_winmail_of_a_million_objects_is_not_opened() -> None:
    mail = parse(_with_winmail(_tnef(*[(1, 0x00018004, b"")] * 20_000)))
    assert mail.problems == ("winmail.dat could not be opened",)


def test_five_thousand_links_are_shown_as_text() -> None:
    page = "<p>Hello</p>" + '<a href="https://x.example/">x</a> ' * 5_001
    mail = parse(_mail("Content-Type: text/html", body=page))
    assert mail.html == ""
    assert mail.text.startswith("Hello\n")
    assert mail.problems == ("too many links, shown as text alone",)


def test_a_huge_mail_is_shown_in_part() -> None:
    mail = parse(_mail("Content-Type: text/plain", body="Lamp " * 1_000_000))
    assert len(mail.text) == 500_000
    assert mail.problems == ("too long, shown in part",)


def test_no_body_is_no_error() -> None:
    mail = parse(_mail("Subject: Lamp", body=""))
    assert (mail.subject, mail.text, mail.html, mail.files, mail.problems) == ("Lamp", "", "", (), ())


def test_only_a_file_is_no_error() -> None:
    mail = parse(
        _mail("Content-Type: application/pdf; name=lamp.pdf", "Content-Transfer-Encoding: base64", body="JVBERg==")
    )
    assert (mail.text, [(file.name, file.content) for file in mail.files]) == ("", [("lamp.pdf", b"%PDF")])


def test_broken_base64_gives_what_can_be_read() -> None:
    mail = parse(_mail("Content-Transfer-Encoding: base64", body="SGVs\r\nbG8!sIHdvcmxkI"))
    assert mail.text == "Hello, world"


def test_a_boundary_that_is_not_closed_gives_what_came() -> None:
    body = "--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hel"
    mail = parse(_mail('Content-Type: multipart/alternative; boundary="b"', body=body))
    assert (mail.text.strip(), mail.html) == ("Hello", "<p>Hel")


def test_names_of_files_are_names_and_nothing_else() -> None:
    name = "utf-8''..%2F..%2Fetc%2Fr%C3%A4d%E2%80%AEtxt.exe"
    body = f"--b\r\nContent-Type: a/b\r\nContent-Disposition: attachment; filename*={name}\r\n\r\nx\r\n--b--"
    mail = parse(_mail('Content-Type: multipart/mixed; boundary="b"', body=body))
    assert [file.name for file in mail.files] == ["rädtxt.exe"]


def test_a_thousand_nested_parts_are_kept_as_they_came() -> None:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(1_000)
    )
    mail = parse(b"From: ann@example.org\r\nSubject: Deep\r\n" + opened)
    assert mail.unreadable
    assert (mail.subject, mail.sender) == ("Deep", Address("", "ann@example.org"))
    assert "boundary=b7" in mail.text


def test_many_recipients_are_all_there() -> None:
    everybody = ", ".join(f"p{number}@example.org" for number in range(60))
    assert len(parse(_mail(f"To: {everybody}")).to) == 60


@given(st.binary(max_size=600))
@settings(max_examples=200)
def test_no_bytes_raise(raw: bytes) -> None:
    _storable(raw)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["From", "To", "Subject", "Date", "Content-Type", "References", "Content-Disposition"]),
            st.text(max_size=60)
            | st.sampled_from(["multipart/mixed; boundary=b", "message/rfc822", '"<@>', "=?a?b?c?="]),
        ),
        max_size=8,
    ),
    st.binary(max_size=200),
)
@settings(max_examples=200)
def test_no_headers_raise(headers: list[tuple[str, str]], body: bytes) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    _storable(head.encode("utf-8", "replace") + b"\r\n--b\r\n" + body)


def test_no_damage_raises() -> None:
    chance = random.Random(7)
    whole = _with_winmail(_tnef((1, 0x0002800C, b"Hello\x00"), (2, 0x0006800F, b"A lamp."))) * 2
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        _storable(bytes(damaged[: chance.randrange(1, len(damaged))]))


def _storable(raw: bytes) -> None:
    mail = parse(raw)
    assert mail.message_id
    for text in (mail.message_id, mail.subject, mail.text, mail.html, *(file.name for file in mail.files)):
        assert "\x00" not in text
        text.encode("utf-8")
