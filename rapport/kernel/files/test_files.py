"""Files: known by their content, served harmlessly, seen with their record only."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.files.models import StoredFile
from rapport.kernel.files.store import clean_name, sniff, store_file
from rapport.kernel.testing import make
from rapport.kernel.timeline.models import TimelineEntry
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def person(member: User, client: Client) -> Person:
    client.force_login(member)
    return make(Person, owner=member, name="Ada")


def upload(client: Client, person: Person, *files: SimpleUploadedFile):
    return client.post(f"{person.get_absolute_url()}files/", {"files": list(files)})


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_several_files_at_once_are_kept_and_stand_in_the_timeline(client: Client, person: Person) -> None:
    upload(client, person, SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.png", PNG))
    assert {one.name for one in StoredFile.objects.filter(record_id=person.pk)} == {"a.txt", "b.png"}
    assert TimelineEntry.objects.filter(record_id=person.pk, kind="file").count() == 2
    html = client.get(person.get_absolute_url()).content.decode()
    assert "a.txt" in html and "b.png" in html
    assert [one.name for one in StoredFile.objects.all() if "a.txt" in one.content.name] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("evil.png", b"<html><script>alert(1)</script>"),
        ("evil.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("evil.html", b"<script>alert(1)</script>"),
        ("evil.gif", b"  GIF89a"),
        ("evil.xml", b"<?xml version='1.0'?><x/>"),
    ],
)
def test_nothing_that_could_run_is_opened_by_the_browser(
    client: Client, person: Person, name: str, content: bytes
) -> None:
    upload(client, person, SimpleUploadedFile(name, content, content_type="text/html"))
    answer = client.get(f"/files/{StoredFile.objects.get().pk}/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert body(answer) == content


def test_pictures_are_shown_by_their_content(client: Client, person: Person) -> None:
    upload(client, person, SimpleUploadedFile("picture.txt", PNG, content_type="text/html"))
    answer = client.get(f"/files/{StoredFile.objects.get().pk}/")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "image/png",
        'inline; filename="picture.txt"',
    )
    assert "sandbox" in answer["Content-Security-Policy"] and body(answer) == PNG


def test_empty_and_large_files_get_a_sentence_and_the_others_are_kept(
    client: Client, person: Person, settings
) -> None:
    settings.LARGEST_FILE = 10
    upload(
        client,
        person,
        SimpleUploadedFile("no.txt", b""),
        SimpleUploadedFile("big.txt", b"x" * 11),
        SimpleUploadedFile("ok.txt", b"x"),
    )
    html = client.get(person.get_absolute_url()).content.decode()
    assert "“no.txt” is empty." in html and "“big.txt” has" in html
    assert [one.name for one in StoredFile.objects.all()] == ["ok.txt"]


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\offer.pdf", "offer.pdf"),
        ("a\x00b\n.txt", "ab.txt"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ('<b>"x"</b>.txt', "b_.txt"),
        ("con.txt", "_con.txt"),
        ("...", "Unnamed file"),
        ("🦄.pdf", "🦄.pdf"),
    ],
)
def test_names_lose_paths_and_tricks(said: str, clean: str) -> None:
    assert clean_name(said) == clean


def test_long_names_keep_their_ending() -> None:
    name = clean_name("x" * 400 + ".pdf")
    assert len(name) == 200 and name.endswith(".pdf")


def test_only_pictures_where_a_picture_is_asked_for(member: User) -> None:
    with pytest.raises(ValidationError):
        store_file(SimpleUploadedFile("a.png", b"<svg/>"), by=member, only_pictures=True)
    assert sniff(b"RIFF0000WEBPVP8 ") == "image/webp"


def picture(kind: str, side: int) -> bytes:
    """The head of a picture that says to be so many pixels wide and high."""
    big, little = side.to_bytes(2, "big") * 2, side.to_bytes(2, "little") * 2
    less = (side - 1).to_bytes(3, "little") * 2
    bits = (side - 1) | (side - 1) << 14
    return {
        "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + side.to_bytes(4, "big") * 2,
        "gif": b"GIF89a" + little,
        "jpg": b"\xff\xd8\xff\xe0\0\x10" + b"\xff\xc0" * 7 + b"\xff\xff\xc2\0\x11\x08" + big,
        "webp": b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + less,
        "lossless.webp": b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + bits.to_bytes(4, "little") + b"\0" * 4,
        "lossy.webp": b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 7 + b"\x9d\x01\x2a" + little,
    }[kind]


@pytest.mark.parametrize("kind", ["png", "gif", "jpg", "webp", "lossless.webp", "lossy.webp"])
def test_a_picture_that_swells_in_the_browser_is_refused(member: User, kind: str) -> None:
    store_file(SimpleUploadedFile(kind, picture(kind, 9_000)), by=member, only_pictures=True)
    with pytest.raises(ValidationError, match="more pixels"):
        store_file(SimpleUploadedFile(kind, picture(kind, 12_000)), by=member)


def test_a_file_of_nobody_is_seen_by_its_uploader_only(
    client: Client, member: User, administrator: User
) -> None:
    stored = store_file(SimpleUploadedFile("a.txt", b"x"), by=member)
    for user, status in ((member, 200), (administrator, 404)):
        client.force_login(user)
        answer = client.get(f"/files/{stored.pk}/")
        assert answer.status_code == status
        if status == 200:
            body(answer)


def test_a_deleted_file_is_gone_and_comes_back(client: Client, person: Person) -> None:
    upload(client, person, SimpleUploadedFile("a.txt", b"x"))
    stored = StoredFile.objects.get()
    client.post(f"/files/{stored.pk}/delete/")
    assert client.get(f"/files/{stored.pk}/").status_code == 404
    assert not TimelineEntry.objects.filter(item_id=stored.pk).exists()
    client.post(f"/files/{stored.pk}/restore/")
    body(client.get(f"/files/{stored.pk}/"))
    assert TimelineEntry.objects.filter(item_id=stored.pk).exists()


def test_files_leave_the_eye_with_their_record(client: Client, person: Person) -> None:
    upload(client, person, SimpleUploadedFile("a.txt", b"x"))
    client.post(f"{person.get_absolute_url()}delete/")
    assert client.get(f"/files/{StoredFile.objects.get().pk}/").status_code == 404
