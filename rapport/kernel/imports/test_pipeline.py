"""Writing side by side gives what writing one piece after the other gives, whatever is in the file."""

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from rapport.accounts.models import Company
from rapport.kernel.changes.models import Change
from rapport.kernel.custom import schema
from rapport.kernel.custom.define import Draft, add_field
from rapport.kernel.custom.record_types import define
from rapport.kernel.custom.record_types.define import TypeDraft
from rapport.kernel.custom.record_types.models import CustomType
from rapport.kernel.imports import committing, deeds, engine, jobs
from rapport.kernel.imports.extensions import Extension
from rapport.kernel.imports.models import Import, State
from rapport.kernel.imports.pipeline import Pipeline, pipeline
from rapport.kernel.imports.undisturbed import Undisturbed, is_waited_for
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing.make import make, make_user
from rapport.parties.models import ContactPoint, Organization, Person


def _file() -> str:
    rows = ["Name;E-Mail;Telefon;Firma"]
    for number in range(300):
        mail = f"p{number}@example.com"
        if number % 40 == 39:
            mail = f"p{number - 12}@example.com"  # of a row in the piece before
        if number % 50 == 7:
            mail = "not an address"
        rows.append(f"Person Nr{number};{mail};+4930{10_000_000 + number // 3};Firma {number % 20} GmbH")
    return "\n".join(rows)


def _import(path: Any, user: Any, type_key: str = "people") -> Import:  # Any: a path, a user
    kind = type_by_key(type_key)
    assert kind is not None
    with engine.speaking(user) as context:
        one = deeds.take_in_path(kind, path, context)
    deeds.start_check(one)
    jobs.check_file(import_id=str(one.pk))
    deeds.start_run(one)
    jobs.run_file(import_id=str(one.pk))
    one.refresh_from_db()
    assert one.state == State.DONE, one.message
    return one


def _found() -> dict[str, Any]:  # Any: counts and names
    return {
        "people": sorted(Person.objects.values_list("name", "email", "organization__name")),
        "organizations": sorted(Organization.objects.values_list("name", flat=True)),
        "points": sorted(ContactPoint.objects.values_list("party__name", "normalized")),
    }


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_aside", [True, False], ids=["side by side", "one after the other"])
def test_both_ways_give_the_same(is_aside: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SIZE", 20)
    monkeypatch.setattr(committing, "STRETCH", 4)
    Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles"})
    user = make_user("Ada", role="administrator")
    make(Person, owner=user, name="Known Before", email="p111@example.com")
    path = tmp_path / "people.csv"
    path.write_text(_file())
    used: list[bool] = []
    may = committing.may_run_side_by_side

    def chosen(each: engine.Engine) -> bool:
        used.append(is_aside and may(each))
        return used[-1]

    monkeypatch.setattr(engine, "may_run_side_by_side", chosen)
    one = _import(path, user)
    assert used == [is_aside]
    counts = {name: number for name, number in one.counts.items() if number}
    assert counts == {"new": 287, "changed": 7, "wrong": 6, "organizations_made": 20}
    checked = one.checked["counts"]
    assert all(checked[name] == counts[name] for name in ("new", "changed", "wrong"))
    found = _found()
    assert Person.objects.filter(origin="import", origin_detail=one.origin).count() == 287
    assert len(found["people"]) == 288 and len(found["organizations"]) == 20
    assert Change.objects.filter(change_set_id=one.change_set_id, part="", act="create").count() == 287 + 20
    assert one.rows.filter(phase="run").count() == 6


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_type_of_ones_own_is_written_side_by_side_too(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SIZE", 20)
    sent: list[int] = []
    put = Pipeline.put
    monkeypatch.setattr(
        Pipeline, "put", lambda line, job, keys: sent.append(len(keys)) or put(line, job, keys)
    )
    Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles"})
    user = make_user("Ada", role="administrator")
    kind = define.add_type(TypeDraft({"label": {"": "Engine"}, "plural": {"": "Engines"}}), by=user)
    try:
        add_field(kind, Draft("number", {"label": {"": "Power"}}), by=user)
        own = Draft("link", {"label": {"": "Drives"}}, options={"to": "engines"})
        add_field(kind, own, by=user)
        path = tmp_path / "engines.csv"
        rows = (f"Engine {number};{number};Engine {(number + 37) % 90}\n" for number in range(90))
        path.write_text("Name;Power;Drives\n" + "".join(rows))
        one = _import(path, user, "engines")
        made: Any = type_by_key("engines")
        assert (one.counts["new"], len(sent)) == (90, 5)
        by_name = {str(each): each for each in made.model.objects.all()}
        assert by_name["Engine 80"].custom["x_drives"] == str(by_name["Engine 27"].pk)
        assert sum(int(each.custom["x_power"]) for each in made.model.objects.all()) == sum(range(90))
        assert Change.objects.filter(change_set_id=one.change_set_id, act="create").count() == 90
    finally:
        define.forget_type(CustomType.objects.get(key="engines"))
        schema.forget()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_import_sees_who_waits_and_maintenance_leaves_its_tables_alone() -> None:
    one: Any = SimpleNamespace(one=SimpleNamespace(type="people"), extension=Extension())
    alone = Undisturbed(["parties_party", "kernel_record"])

    def analyze(how: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"analyze {how} parties_party")
        connection.close()

    def wait_for_ones_turn() -> None:
        with transaction.atomic():
            committing._lock_out_others(one)
        connection.close()

    def is_seen(kind: str) -> bool:
        for _try in range(500):
            if is_waited_for(kind):
                return True
            cursor.execute("select pg_sleep(0.01)")
        return False

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            committing._lock_out_others(one)
            alone.hold()
            alone.hold()
            pool.submit(analyze, "(skip_locked)").result()  # as the server itself does it
            assert not is_waited_for("advisory") and not is_waited_for("relation")
            waiting = [pool.submit(wait_for_ones_turn), pool.submit(analyze, "")]
            assert is_seen("advisory") and is_seen("relation")
            committing._take_turns(alone)
            waiting[1].result()
            committing._take_turns(alone)
            assert alone.is_held
        waiting[0].result()


def test_what_follows_a_failure_does_not_get_in() -> None:
    done: list[str] = []

    def works(name: str) -> Any:  # Any: a job
        def job(turn: Any) -> bool:
            is_mine = bool(turn())
            if is_mine:
                done.append(name)
            return is_mine

        return job

    def fails(turn: Any) -> bool:
        assert turn()
        raise ValueError

    with pipeline() as line:
        line.put(works("a"), {"1"})
        line.put(fails, {"2"})
        assert line.meets({"2"}) and not line.meets({"3"})
        with pytest.raises(ValueError):
            for name in "bcd":
                line.put(works(name), set())
            line.drain()
    assert done == ["a"]
