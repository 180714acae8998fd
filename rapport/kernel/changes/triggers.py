"""The triggers that write the change log and kernel_record, generated from the registry.

Statement-level with transition tables (measured: invisible on single writes and imports, twice on mass updates).
They fire for every write: the door, a bulk update, COPY, psql.
"""

import hashlib
import re
from pathlib import Path

from django.apps import apps
from django.db import connection, models, transaction

from rapport.kernel.changes.differing import column_diff, diff_of, only_new, only_old, rows_differ
from rapport.kernel.changes.links import check_links, unguarded
from rapport.kernel.fields.base import FieldType
from rapport.kernel.fields.links import Link
from rapport.kernel.registry import PartType, RecordType, made_types, part_types, tables

SQL = Path(__file__).resolve().parent.parent / "sql"
NEVER_LOGGED = ("version",)
MADE = re.compile(r"^create trigger (\w+)\b[^;]*?\son (\w+)", re.MULTILINE)
_more: list[tuple[str, Path]] = []


def add_sql(table: str, path: Path) -> None:
    """Register a file of idempotent SQL (functions and triggers of an area) that belongs to a table.

    `install` runs it after the generated triggers whenever it has changed. Its triggers must sort behind the
    kernel's names ("inserted", "changed", "removed"), so that the log has what follows behind what it follows from, and
    that kernel_record is there: begin them with "then_".
    """
    _more.append((table, path))


def install() -> None:
    """Create or renew all functions and triggers unless exactly these are installed (kept as a comment)."""
    wanted = _wanted()
    mark = f"triggers {hashlib.sha256(''.join(wanted).encode()).hexdigest()[:24]}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('rapport triggers'))")
        cursor.execute("select obj_description('kernel_change'::regclass, 'pg_class')")
        if cursor.fetchone()[0] != mark or _missing(wanted):
            for sql in wanted:
                cursor.execute(sql)
            cursor.execute(f"comment on table kernel_change is '{mark}'")
        cursor.execute(
            "select kernel_change_partitions((now() - '1 month'::interval)::date,"
            " (now() + '6 months'::interval)::date)"
        )
        check_links(set(installed_tables()) - {one.table for one in made_types()})
    for kind in made_types():
        install_on(kind.table, [kind])


def _wanted() -> list[str]:
    """All SQL but that of types that administrators made."""
    made = {one.table for one in made_types()}
    generated = [record_triggers(table, types) for table, types in tables().items() if table not in made]
    generated += [part_triggers(part) for part in part_types()]
    more = [path.read_text() for _table, path in _more]
    shared = [(SQL / name).read_text() for name in ("functions.sql", "links.sql")]
    return [*shared, *generated, relationship_triggers(), *more]


def install_on(table: str, types: list[RecordType]) -> None:
    """The same for the table of types that administrators made; each table keeps its own comment."""
    wanted = record_triggers(table, types)
    mark = f"triggers {hashlib.sha256(wanted.encode()).hexdigest()[:24]}"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select obj_description(%s::regclass, 'pg_class')", [table])
        if cursor.fetchone()[0] != mark or _missing([wanted]):
            cursor.execute(wanted)
            cursor.execute(f"comment on table {table} is '{mark}'")
        check_links([table])


def missing() -> list[str]:
    """Triggers that somebody dropped or switched off by hand; the next migrate makes them anew."""
    return _missing([*_wanted(), *(record_triggers(one.table, [one]) for one in made_types())]) + unguarded()


def _missing(wanted: list[str]) -> list[str]:
    named = {(table, name) for sql in wanted for name, table in MADE.findall(sql)}
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
            " where not t.tgisinternal and t.tgenabled in ('O', 'A') and pg_table_is_visible(c.oid)"
        )
        there = set(cursor.fetchall())
    return sorted(f"{name} on {table}" for table, name in named - there)


def _logged_columns(model: type[models.Model]) -> list[str]:
    """The columns whose changes are changes of the record: not its version, nor what others keep on it."""
    return [
        one.column
        for one in model._meta.concrete_fields
        if one.column
        and one.column not in NEVER_LOGGED
        and not (isinstance(one, FieldType) and not one.flags.logged)
    ]


def _sought_columns(model: type[models.Model], title: str) -> list[str]:
    """The columns that stand in kernel_record or in its words."""
    searched = [
        one.column
        for one in model._meta.concrete_fields
        if one.column and isinstance(one, FieldType) and one.flags.searched
    ]
    return list(dict.fromkeys([title, "owner_id", "team_id", "deleted_at", *searched, "custom"]))


def type_sql(types: list[RecordType], row: str) -> str:
    """SQL for the type key of a row; several types in one table are told apart by their kind."""
    if len(types) == 1 and not types[0].kind:
        return f"'{types[0].key}'"
    cases = " ".join(f"when '{one.kind}' then '{one.key}'" for one in types)
    return f"case {row}.kind {cases} end"


def _words(types: list[RecordType], row: str, *, links: bool = True, parts: bool = True) -> str:
    """SQL for all words under which search finds the record whose row is called `row`; with or without linked names
    and the words of its parts.

    Written out in the triggers instead of calling a function: the planner sees one statement (three times faster).
    """
    model = types[0].model._meta.concrete_model
    own = [
        one.search_sql(row)
        for one in model._meta.concrete_fields  # type: ignore[union-attr]  # never abstract
        if isinstance(one, FieldType) and one.flags.searched and (links or not isinstance(one, Link))
    ]
    dependent = [
        f"array(select unnest({one.search_sql('part')}) from {part.model._meta.db_table} part"
        f" where part.{part.link}_id = {row}.id)"
        for part in _searched_parts(types)
        for one in part.model._meta.concrete_fields
        if isinstance(one, FieldType) and one.flags.searched
    ]
    custom = f"kernel_custom_words({type_sql(types, row)}, {row}.custom)"
    custom = f"case when {row}.custom <> '{{}}' then {custom} else '{{}}'::text[] end"
    words = " || ".join([*_in_one_go(own), *(dependent if parts else ()), custom])
    return f"kernel_lexemes({words})"


def _searched_parts(types: list[RecordType]) -> list[PartType]:
    """The kinds of parts that have words of their own."""
    model = types[0].model._meta.concrete_model
    return [
        part
        for part in part_types()
        if part.model._meta.get_field(part.link).related_model is model
        and any(isinstance(one, FieldType) and one.flags.searched for one in part.model._meta.concrete_fields)
    ]


def _in_one_go(found: list[str]) -> list[str]:
    """The words of all texts with one call: each call costs as much as several short texts."""
    texts, rest = [], []
    for sql in found:
        name, _bracket, inner = sql.partition("(")
        if name == "kernel_words" and inner.endswith(")"):
            texts.append(inner[:-1])
        elif name == "kernel_email_words" and inner.endswith(")"):
            texts.append(inner[:-1])
            rest.append(f"array[coalesce(lower(left({inner[:-1]}, 254)), '')]")
        else:
            rest.append(sql)
    if not texts:
        return rest
    said = ", ".join(texts)
    return [f"coalesce(kernel_words_of_line(concat_ws(' ', {said})), kernel_words_of({said}))", *rest]


def _parts_were_first(table: str, types: list[RecordType]) -> str:
    """SQL: where the parts of a new record were written before it, it is found by their words, too.

    They say so (`_note_parts_first`): to look for them would cost as much as an index for every new record.
    """
    updates = "".join(
        f"""
        update kernel_record r set lexemes = {table}_words(p)
        from {table} p
        where r.id = any(array(select n.id from new_rows n)) and p.id = r.id
            and exists (select from {part.model._meta.db_table} part where part.{part.link}_id = r.id);"""
        for part in _searched_parts(types)
    )
    start = "\n    if current_setting('rapport.parts_first', true) = 'on' then"
    return f"{start}{updates}\n    end if;" if updates else ""


def _note_parts_first(link: str) -> str:
    """SQL: note, until the transaction ends, that there are parts whose record is not there yet."""
    return f"""
    if exists (select from new_rows n where not exists (select from kernel_record r where r.id = n.{link})) then
        perform set_config('rapport.parts_first', 'on', true);
    end if;"""


def _linking(model: type[models.Model], title: str) -> str:
    """SQL: records that are found by the title of a renamed one are found by the new title."""
    found = ""
    for table, types in tables().items():
        for one in types[0].model._meta.concrete_fields:
            if not (isinstance(one, Link) and one.flags.searched):
                continue
            if one.related_model._meta.concrete_model is model:
                found += f"""
    update kernel_record r set lexemes = f.lexemes
    from (select w.id, {_words(types, "w")} as lexemes
          from (select n.id from new_rows n full join old_rows o on o.id = n.id
              where o.{title} is distinct from n.{title} offset 0) n
          join {table} w on w."{one.column}" = n.id) as f
    where r.id = f.id and r.lexemes is distinct from f.lexemes;"""
    return found


def record_triggers(table: str, types: list[RecordType]) -> str:
    """SQL of the triggers of a record table."""
    model = types[0].model._meta.concrete_model
    assert model is not None
    title = types[0].title
    key_new, key_old = type_sql(types, "n"), type_sql(types, "o")
    log = (
        "insert into kernel_change"
        " (at, record_id, type, act, diff, version, actor_id, cause, change_set_id, transaction)"
    )
    who = "kernel_actor(), kernel_cause(), kernel_set(), pg_current_xact_id()::text::bigint"
    words, own = _words(types, "n"), _words(types, "n", parts=False)
    is_logged = rows_differ(_logged_columns(model), "o", "n")
    is_sought = rows_differ(_sought_columns(model, title), "o", "n")
    is_touched = rows_differ(_logged_columns(model), "old", "new")
    return f"""
create or replace function {table}_words(line {table}) returns tsvector language sql stable as $$
    select {_words(types, "line")}
$$;

create or replace function {table}_own_words(wanted uuid) returns tsvector language sql stable as $$
    select {_words(types, "line", links=False)} from {table} line where line.id = wanted
$$;

create or replace function {table}_inserted() returns trigger language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
    its_moment timestamptz := kernel_at();  -- asked once, not for each row
    its_actor uuid := kernel_actor();
    its_cause text := kernel_cause();
    its_set uuid := kernel_set();
    its_transaction bigint := pg_current_xact_id()::text::bigint;
begin
    {log}
    select its_moment, n.id, {key_new}, 'create', '{{}}', n.version, its_actor, its_cause, its_set, its_transaction
    from new_rows n;
    insert into kernel_record (id, type, title, owner_id, team_id, deleted_at, rank_at, lexemes)
    select n.id, {key_new}, n.{title}, n.owner_id, n.team_id, n.deleted_at, n.created_at, {own}
    from new_rows n;{_parts_were_first(table, types)}
    return null;
end $$;

-- Old and new rows meet in full joins: those are hashed or merged, even by a plan that was made for a single row; a
-- nested loop compares each with each, and 10,000 changed rows take minutes. "offset 0" keeps them full.
create or replace function {table}_updated() returns trigger language plpgsql as $$
begin
    {log}
    select kernel_at(), n.id, {key_new}, 'update', d.diff, n.version, {who}
    from new_rows n full join old_rows o on o.id = n.id
    cross join lateral ({column_diff(_logged_columns(model))}) as d
    where {is_logged} and d.diff <> '{{}}';
    update kernel_record r
    set title = f.title, owner_id = f.owner_id, team_id = f.team_id, deleted_at = f.deleted_at, lexemes = f.lexemes
    from (select n.id, n.{title} as title, n.owner_id, n.team_id, n.deleted_at, {words} as lexemes
          from new_rows n full join old_rows o on o.id = n.id where {is_sought} offset 0) as f
    where r.id = f.id and (r.title, r.owner_id, r.team_id, r.deleted_at, r.lexemes)
        is distinct from (f.title, f.owner_id, f.team_id, f.deleted_at, f.lexemes);{_linking(model, title)}
    return null;
end $$;

create or replace function {table}_removed() returns trigger language plpgsql as $$
begin
    {log}
    select kernel_at(), o.id, {key_old}, 'remove', '{{}}', o.version, {who} from old_rows o;
    delete from kernel_record r using old_rows o where r.id = o.id;
    return null;
end $$;

drop trigger if exists touch on {table};
create trigger touch before update on {table} for each row
    when ({is_touched}) execute function kernel_touch();
{_attach(table)}
"""


def _attach(table: str) -> str:
    return f"""
drop trigger if exists inserted on {table};
create trigger inserted after insert on {table}
    referencing new table as new_rows for each statement execute function {table}_inserted();
drop trigger if exists updated on {table};
drop trigger if exists changed on {table};
create trigger changed after update on {table}
    referencing old table as old_rows new table as new_rows for each statement execute function {table}_updated();
drop trigger if exists removed on {table};
create trigger removed after delete on {table}
    referencing old table as old_rows for each statement execute function {table}_removed();
"""


def part_triggers(part: PartType) -> str:
    """SQL of the triggers of a part's table: its changes are logged as changes of the record it belongs to."""
    table = part.model._meta.db_table
    link_field = part.model._meta.get_field(part.link)
    link = str(link_field.column)  # type: ignore[union-attr]  # a foreign key
    parent = link_field.related_model._meta.db_table  # type: ignore[union-attr]  # as above
    searched = any(
        isinstance(one, FieldType) and one.flags.searched for one in part.model._meta.concrete_fields
    )
    return _dependent_triggers(
        table, part.key, [link], f"- array['id', '{link}']", parent if searched else ""
    )


def relationship_triggers() -> str:
    """SQL of the triggers of relationships: a change is logged with the records at both ends."""
    return _dependent_triggers(
        "kernel_relationship", "relationships", ["source_id", "target_id"], "- array['id']", ""
    )


def _dependent_triggers(table: str, key: str, links: list[str], strip: str, searched_parent: str) -> str:
    columns = "(at, record_id, type, act, part, part_id, diff, actor_id, cause, change_set_id, transaction)"
    who = "kernel_actor(), kernel_cause(), kernel_set(), pg_current_xact_id()::text::bigint"

    def log(act: str, row: str, rows: str, diff: str) -> str:
        return "".join(
            f"""
    insert into kernel_change {columns}
    select kernel_at(), {row}.{link}, r.type, '{act}', '{key}', {row}.id, d.diff, {who}
    from {rows} join kernel_record r on r.id = {row}.{link}
    cross join lateral ({diff}) as d where d.diff <> '{{}}';"""
            for link in links
        )

    def search(row: str, rows: str) -> str:
        if not searched_parent:
            return ""
        return f"""
    update kernel_record r set lexemes = f.lexemes
    from (select p.id, {searched_parent}_words(p) as lexemes from {searched_parent} p
          where p.id in (select {row}.{links[0]} from {rows} {row})) as f
    where r.id = f.id and r.lexemes is distinct from f.lexemes;"""

    both = "new_rows n join old_rows o on o.id = n.id"
    diff = diff_of(f"to_jsonb(o) {strip}", f"to_jsonb(n) {strip}")
    created = log("create", "n", "new_rows n", only_new(f"to_jsonb(n) {strip}"))
    first = _note_parts_first(links[0]) if searched_parent else ""
    return f"""
create or replace function {table}_inserted() returns trigger language plpgsql set enable_seqscan = off as $$
begin
    -- What follows from the columns of a new record (its main e-mail address) is the record.
    if coalesce(current_setting('rapport.follows', true), '') = 'on' then
        return null;
    end if;{first}{created}{search("n", "new_rows")}
    return null;
end $$;
create or replace function {table}_updated() returns trigger language plpgsql as $$
begin{log("update", "n", both, diff)}{search("n", "new_rows")}
    return null;
end $$;
create or replace function {table}_removed() returns trigger language plpgsql as $$
begin{log("remove", "o", "old_rows o", only_old(f"to_jsonb(o) {strip}"))}{search("o", "old_rows")}
    return null;
end $$;
{_attach(table)}
"""


def installed_tables() -> list[str]:
    """All tables that must have triggers, for the doctor and the tests."""
    assert apps.ready
    return [*tables(), *(part.model._meta.db_table for part in part_types()), "kernel_relationship"]
