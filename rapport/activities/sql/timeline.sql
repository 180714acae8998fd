-- Timelines, next steps and last contacts follow every write of activities and participants: the door, a bulk
-- update, COPY, psql. All set-based; a loader of millions sets rapport.quiet to "on" and rebuilds afterwards.

create or replace function activities_is_quiet() returns boolean language sql stable as $$
    select coalesce(current_setting('rapport.quiet', true), '') = 'on'
$$;

-- A call or meeting that took place is a contact; not reached and canceled ones are none.
create or replace function activities_is_contact(line activities_activity) returns boolean language sql immutable as $$
    select line.done_at is not null and line.type in ('call', 'meeting')
        and line.outcome not in ('not_reached', 'canceled')
$$;

-- Where an activity stands in time; a note is done when it is written.
create or replace function activities_when() returns trigger language plpgsql as $$
begin
    if new.type = 'note' and new.done_at is null then
        new.done_at := coalesce(new.created_at, now());
    end if;
    new.at := coalesce(new.done_at, new.due_at, new.created_at, now());
    return new;
end $$;

-- In which timelines activities belong: of every record that takes part, and of the organization of every person
-- that takes part (unless it takes part itself).
create or replace function activities_places(ids uuid[])
returns table (record_id uuid, activity_id uuid, origin_id uuid) language sql stable as $$
    select distinct on (w.record_id, w.activity_id) w.record_id, w.activity_id, w.origin_id
    from (
        select p.record_id, p.activity_id, null::uuid as origin_id
        from activities_participant p
        where p.activity_id = any(ids) and p.record_id is not null
        union all
        select s.organization_id, p.activity_id, s.id
        from activities_participant p join parties_party s on s.id = p.record_id
        where p.activity_id = any(ids) and s.organization_id is not null
    ) as w
    order by w.record_id, w.activity_id, w.origin_id nulls first
$$;

-- The last contact of these records, where they are parties.
create or replace function activities_refresh_parties(ids uuid[]) returns void language sql as $$
    update parties_party p
    set last_contact_at = f.last_contact_at
    from (
        select r.id, contact.at as last_contact_at
        from unnest(ids) as r(id)
        left join lateral (
            select t.at from kernel_timeline t join activities_activity a on a.id = t.item_id
            where t.record_id = r.id and t.kind = 'activity' and activities_is_contact(a)
            order by t.at desc, t.id desc limit 1) as contact on true
    ) as f
    where p.id = f.id and p.last_contact_at is distinct from f.last_contact_at
$$;

-- Puts these activities into the timelines where they belong and takes them out of others; returns whose changed.
create or replace function activities_place(ids uuid[]) returns uuid[] language plpgsql as $$
declare touched uuid[];
begin
    with wanted as materialized (
        select w.record_id, w.activity_id, w.origin_id, a.at, a.due_at, a.done_at
        from activities_places(ids) w join activities_activity a on a.id = w.activity_id
        where a.deleted_at is null
    ), gone as (
        delete from kernel_timeline t
        where t.item_id = any(ids) and t.kind = 'activity'
            and not exists (select from wanted w where w.record_id = t.record_id and w.activity_id = t.item_id)
        returning t.record_id
    ), placed as (
        insert into kernel_timeline as t (record_id, at, kind, item_id, origin_id)
        select record_id, at, 'activity', activity_id, origin_id from wanted
        on conflict (record_id, kind, item_id) do update set at = excluded.at, origin_id = excluded.origin_id
        where (t.at, t.origin_id) is distinct from (excluded.at, excluded.origin_id)
    ), stepped as (
        delete from activities_next_step n
        where n.activity_id = any(ids) and not exists (
            select from wanted w
            where w.record_id = n.record_id and w.activity_id = n.activity_id and w.done_at is null)
    ), planned as (
        insert into activities_next_step as n (record_id, activity_id, due_at)
        select record_id, activity_id, due_at from wanted where done_at is null
        on conflict (record_id, activity_id) do update set due_at = excluded.due_at
        where n.due_at is distinct from excluded.due_at
    )
    select array_agg(distinct record_id) into touched
    from (select record_id from gone union all select record_id from wanted) as t;
    return touched;
end $$;

-- Locks these parties and the organizations of the people among them, in one order. Whoever is about to write an
-- activity with several participants one after the other calls it first, so that two of them cannot block each other.
create or replace function activities_lock_parties(ids uuid[]) returns void language sql as $$
    with locked as (
        select 1 from parties_party
        where id in (
            select unnest(ids)
            union select organization_id from parties_party where id = any(ids) and organization_id is not null)
        order by id for no key update
    ) select count(*) from locked
$$;

-- The same with everything that hangs on it. Locks first, so that what is worked out afterwards sees what others have
-- written meanwhile: the activities (not where a person moves: then the parties are locked already, and whoever holds
-- an activity works it out anew behind us), then all parties in one order.
drop function if exists activities_refresh(uuid[]);
create or replace function activities_refresh(ids uuid[], lock_activities boolean default true)
returns void language plpgsql as $$
declare touched uuid[];
begin
    if ids is null then
        return;
    end if;
    if lock_activities then
        perform 1 from activities_activity where id = any(ids) order by id for no key update;
    end if;
    perform activities_lock_parties(array(
        select p.record_id from activities_participant p where p.activity_id = any(ids) and p.record_id is not null
        union select t.record_id from kernel_timeline t where t.item_id = any(ids) and t.kind = 'activity'));
    touched := activities_place(ids);
    if touched is not null then
        perform activities_refresh_parties(touched);
    end if;
end $$;

create or replace function activities_then_inserted() returns trigger language plpgsql as $$
begin
    if not activities_is_quiet() then
        perform activities_refresh((
            select array_agg(n.id) from new_rows n
            where exists (select from activities_participant p where p.activity_id = n.id)));
    end if;
    return null;
end $$;

create or replace function activities_then_updated() returns trigger language plpgsql as $$
begin
    if not activities_is_quiet() then
        perform activities_refresh((
            select array_agg(n.id) from new_rows n full join old_rows o on o.id = n.id
            where (n.at, n.done_at, n.due_at, n.deleted_at, n.type, n.outcome, n.subject)
                is distinct from (o.at, o.done_at, o.due_at, o.deleted_at, o.type, o.outcome, o.subject)));
    end if;
    return null;
end $$;

create or replace function activities_then_removed() returns trigger language plpgsql as $$
begin
    if not activities_is_quiet() then
        perform activities_refresh((select array_agg(id) from old_rows));
    end if;
    return null;
end $$;

create or replace function activities_participants_then_added() returns trigger language plpgsql as $$
begin
    if not activities_is_quiet() then
        perform activities_refresh((select array_agg(distinct activity_id) from new_rows));
    end if;
    return null;
end $$;

create or replace function activities_participants_then_updated() returns trigger language plpgsql as $$
begin
    if not activities_is_quiet() then
        perform activities_refresh((
            select array_agg(distinct activity_id)
            from (select activity_id from new_rows union all select activity_id from old_rows) as t));
    end if;
    return null;
end $$;

create or replace function activities_participants_then_removed() returns trigger language plpgsql as $$
begin
    if not activities_is_quiet() then
        perform activities_refresh((select array_agg(distinct activity_id) from old_rows));
    end if;
    return null;
end $$;

-- A person who changes the organization takes the activities along.
create or replace function activities_then_moved() returns trigger language plpgsql as $$
begin
    if not activities_is_quiet() then
        perform activities_refresh((
            select array_agg(distinct p.activity_id)
            from (select n.id from new_rows n full join old_rows o on o.id = n.id
                where n.organization_id is distinct from o.organization_id offset 0) as n
            join activities_participant p on p.record_id = n.id), false);
    end if;
    return null;
end $$;

-- Works everything out anew, after millions were loaded with rapport.quiet on. Call it in a transaction of its own:
-- the parties' triggers rest meanwhile, for these columns are neither searched nor logged.
create or replace function activities_rebuild_timeline() returns void language plpgsql as $$
declare
    last uuid := '00000000-0000-0000-0000-000000000000';
    batch uuid[];
begin
    delete from activities_next_step;
    delete from kernel_timeline where kind = 'activity';
    loop
        select array_agg(id) into batch
        from (select id from activities_activity where id > last order by id limit 20000) as a;
        exit when batch is null;
        last := batch[cardinality(batch)];
        perform activities_place(batch);
    end loop;
    set constraints all immediate;
    alter table parties_party disable trigger user;
    last := '00000000-0000-0000-0000-000000000000';
    loop
        select array_agg(id) into batch
        from (select id from parties_party where id > last order by id limit 20000) as p;
        exit when batch is null;
        last := batch[cardinality(batch)];
        perform activities_refresh_parties(batch);
    end loop;
    alter table parties_party enable trigger user;
end $$;

drop trigger if exists then_when_added on activities_activity;
create trigger then_when_added before insert on activities_activity for each row
    when (new.at is null or new.at is distinct from coalesce(new.done_at, new.due_at, new.created_at)
        or (new.type = 'note' and new.done_at is null))
    execute function activities_when();
drop trigger if exists then_when_changed on activities_activity;
create trigger then_when_changed before update on activities_activity for each row
    when (new.at is distinct from coalesce(new.done_at, new.due_at, new.created_at)
        or (new.type = 'note' and new.done_at is null))
    execute function activities_when();

drop trigger if exists then_placed on activities_activity;
create trigger then_placed after insert on activities_activity
    referencing new table as new_rows for each statement execute function activities_then_inserted();
drop trigger if exists then_placed_anew on activities_activity;
create trigger then_placed_anew after update on activities_activity
    referencing old table as old_rows new table as new_rows
    for each statement execute function activities_then_updated();
drop trigger if exists then_removed on activities_activity;
create trigger then_removed after delete on activities_activity
    referencing old table as old_rows for each statement execute function activities_then_removed();

drop trigger if exists then_placed on activities_participant;
create trigger then_placed after insert on activities_participant
    referencing new table as new_rows for each statement execute function activities_participants_then_added();
drop trigger if exists then_placed_anew on activities_participant;
create trigger then_placed_anew after update on activities_participant
    referencing old table as old_rows new table as new_rows
    for each statement execute function activities_participants_then_updated();
drop trigger if exists then_removed on activities_participant;
create trigger then_removed after delete on activities_participant
    referencing old table as old_rows for each statement execute function activities_participants_then_removed();

drop trigger if exists then_moved on parties_party;
create trigger then_moved after update on parties_party
    referencing old table as old_rows new table as new_rows
    for each statement execute function activities_then_moved();
