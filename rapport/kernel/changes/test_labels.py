"""What was done is read in the language of the reader, whoever did it in which."""

from typing import Any

import pytest
from django.utils.translation import gettext, override

from rapport.accounts.models import User
from rapport.kernel.changes.labels import LONGEST
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set, name_set
from rapport.kernel.records import delete_record, save_record, update_records
from rapport.kernel.testing import make
from rapport.kernel.testing.known import client_of, kind_of
from rapport.kernel.trash.emptying import purge_rows
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


def last() -> ChangeSet:
    return ChangeSet.objects.latest("id")


def read(one: ChangeSet) -> tuple[str, str]:
    found = []
    for language in ("en", "de"):
        with override(language):
            found.append(one.told)
    return found[0], found[1]


def test_a_german_reads_german_of_what_was_done_in_english_and_the_other_way_round(
    administrator: User,
) -> None:
    with override("en"):
        ingrid = save_record(kind_of("people").new(), {"name": "Ingrid"}, by=administrator)
    assert (last().label, read(last())) == ("New: Ingrid", ("New: Ingrid", "Neu: Ingrid"))
    with override("de"):
        update_records(kind_of("people"), [ingrid.pk], {"position": "Baker"}, by=administrator)
        assert last().label == "1 Person geändert"
    assert read(last())[0] == "1 person changed"
    with override("de"):
        revert(last(), by=administrator)
    assert last().label.startswith("Zurückgenommen") and read(last())[0] == "Undone: 1 person changed"


def test_the_pages_of_changes_say_so(administrator: User) -> None:
    with override("en"):
        save_record(make(Person, by=administrator, name="Ingrid"), {"position": "Baker"}, by=administrator)
    done = last()
    User.objects.filter(pk=administrator.pk).update(language="de")
    client = client_of(User.objects.get(pk=administrator.pk))
    for address in ("/settings/changes/", f"/changes/{done.pk}/", f"/changes/{done.pk}/take-back/"):
        page = client.get(address).content.decode()
        assert "Geändert: Ingrid" in page and "Changed: Ingrid" not in page, address
    said: Any = client.post(f"/undo/{done.pk}/")
    assert said.status_code == 200 and read(last()) == (
        "Undone: Changed: Ingrid",
        "Zurückgenommen: Geändert: Ingrid",
    )


def test_what_is_the_same_everywhere_or_older_is_kept_once(administrator: User) -> None:
    with change_set(by=administrator, label="Call " + "x" * 500) as opened:
        pass
    assert opened.row.facts == {} and len(opened.row.label) == LONGEST
    with change_set(by=administrator, label=lambda: "Ingrid") as opened:
        pass
    assert opened.row.facts == {} and read(opened.row) == ("Ingrid", "Ingrid")
    with change_set(by=administrator, label=lambda: gettext("Deleted for good")) as opened:
        name_set(opened.row, "Ingrid", held=1)
    assert opened.row.facts == {"held": 1} and read(opened.row) == ("Ingrid", "Ingrid")


def test_what_is_deleted_for_good_is_named_in_no_language(administrator: User) -> None:
    ingrid = make(Person, by=administrator, name='Ingrid "Inga" Ö')
    save_record(ingrid, {"position": "Baker"}, by=administrator)
    done = last()
    assert "Inga" in str(done.facts)
    delete_record(ingrid, by=administrator)
    purge_rows([ingrid.entry], by=administrator)
    done.refresh_from_db()
    assert read(done) == ("Changed: …", "Geändert: …")
    assert not [one for one in ChangeSet.objects.all() if "Inga" in f"{one.label} {one.facts}"]


@pytest.mark.parametrize("name", [",", ":", "{", '"', "\\", "e", "de", "a.*(b", "Ö_ö [x]"])
def test_whatever_it_was_called_it_is_deleted_for_good(administrator: User, name: str) -> None:
    odd = make(Person, by=administrator, name=name)
    save_record(odd, {"position": "Baker"}, by=administrator)
    done = last()
    delete_record(odd, by=administrator)
    assert purge_rows([odd.entry], by=administrator).records == 1
    done.refresh_from_db()
    assert set(done.facts["label"]) == {"en", "de"}
    assert all(text.endswith(": …") or name == ":" for text in read(done))


def test_of_several_in_one_set_no_name_stays_and_of_a_long_one_no_part(administrator: User) -> None:
    names = ("Ingrid", "Quarz " * 30, "Ingrid Ost")
    rows = [make(Person, by=administrator, name=name.strip()) for name in names]
    with change_set(
        by=administrator, label=lambda: gettext("Merged: %(what)s") % {"what": "Ingrid Ost, Ingrid"}
    ):
        for one in (rows[0], rows[2]):
            save_record(one, {"position": "Baker"}, by=administrator)
    done = last()
    save_record(rows[1], {"position": "Baker"}, by=administrator)
    for one in rows:
        delete_record(one, by=administrator)
    purge_rows([one.entry for one in rows], by=administrator)
    done.refresh_from_db()
    assert read(done) == ("Merged: …, …", "Zusammengeführt: …, …")
    said = " ".join(f"{one.label} {one.facts}" for one in ChangeSet.objects.all())
    assert "Quarz" not in said and "Ingrid" not in said


def test_of_what_is_deleted_for_good_no_earlier_name_stays_and_none_that_was_cut_off(
    administrator: User,
) -> None:
    row = make(Person, by=administrator, name="Ingrid Maiden")
    row = save_record(row, {"position": "Baker"}, by=administrator)
    row = save_record(row, {"name": "Ingrid Married"}, by=administrator)
    label = "x" * (LONGEST - 17) + ", "
    with change_set(
        by=administrator, label=lambda: gettext("Changed: %(what)s") % {"what": label + row.name}
    ):
        save_record(row, {"position": "Miller"}, by=administrator)
    assert last().label.endswith(", Ingrid")
    delete_record(row, by=administrator)
    purge_rows([row.entry], by=administrator)
    said = " ".join(f"{one.label} {one.facts}" for one in ChangeSet.objects.all())
    assert "Ingr" not in said and "Maiden" not in said and "Married" not in said
    assert "xxx, …" in said and "Changed: …" in said
