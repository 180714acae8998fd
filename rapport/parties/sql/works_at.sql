-- Where a person mainly works (organization, position) stands on the person for its lists; the relationships
-- "works at" hold every place of work with its time. Each side follows the other, as with contact points.

create or replace function parties_works_at() returns bigint language sql stable as $$
    select id from kernel_relationship_type where key = 'works_at'
$$;

create or replace function parties_work_of_new() returns trigger language plpgsql as $$
declare
    works_at bigint := parties_works_at();
begin
    perform set_config('rapport.follows', 'on', true);
    insert into kernel_relationship (id, type_id, source_id, target_id, role, note, is_primary, valid_from, valid_until)
    select kernel_uuid7_beside(n.id), works_at, n.id, n.organization_id, n.position, '', true, null, null
    from new_rows n where n.organization_id is not null;
    perform set_config('rapport.follows', '', true);
    return null;
end $$;

create or replace function parties_work_of_changed() returns trigger language plpgsql as $$
begin
    -- Full joins everywhere: they are never done by comparing each row with each, whatever the plan was made for.
    if not exists (select from new_rows n full join old_rows o on o.id = n.id
        where (n.organization_id, n.position) is distinct from (o.organization_id, o.position)) then
        return null;
    end if;
    -- A job that ended stays in the history with its last day.
    update kernel_relationship r set valid_until = current_date, is_primary = false
    from (select n.id, o.organization_id as was from new_rows n full join old_rows o on o.id = n.id
        where o.organization_id is distinct from n.organization_id offset 0) as n
    where r.source_id = n.id and r.type_id = parties_works_at() and r.target_id = n.was and r.valid_until is null
        and coalesce(r.valid_from, '-infinity') <= current_date;
    update kernel_relationship r set is_primary = true, role = n.position
    from new_rows n
    where r.source_id = n.id and r.type_id = parties_works_at() and r.target_id = n.organization_id
        and coalesce(r.valid_until, 'infinity') >= current_date
        and (r.is_primary, r.role) is distinct from (true, n.position);
    insert into kernel_relationship (id, type_id, source_id, target_id, role, note, is_primary, valid_from, valid_until)
    select kernel_uuid7(), parties_works_at(), n.id, n.organization_id, n.position, '', true,
        case when n.was is null then null else current_date end, null
    from (select n.id, n.organization_id, n.position, o.organization_id as was
        from new_rows n full join old_rows o on o.id = n.id offset 0) as n
    where n.organization_id is not null and not exists (
        select from kernel_relationship r where r.source_id = n.id and r.type_id = parties_works_at()
            and r.target_id = n.organization_id and coalesce(r.valid_until, 'infinity') >= current_date);
    return null;
end $$;

create or replace function parties_refresh_work(people uuid[]) returns void language sql as $$
    update parties_party t set organization_id = f.target_id, position = f.role
    from (select wanted.id, r.target_id, coalesce(r.role, t2.position) as role
          from unnest(people) as wanted (id)
          join parties_party t2 on t2.id = wanted.id and t2.kind = 'person'
          left join lateral (
              select k.target_id, k.role from kernel_relationship k
              join parties_party o on o.id = k.target_id and o.kind = 'organization' and o.deleted_at is null
              where k.source_id = wanted.id and k.type_id = parties_works_at()
                  and coalesce(k.valid_until, 'infinity') >= current_date
                  and coalesce(k.valid_from, '-infinity') <= current_date
              order by k.is_primary desc, k.valid_from desc nulls last, k.id desc limit 1) as r on true) as f
    where t.id = f.id and (t.organization_id, t.position) is distinct from (f.target_id, f.role)
$$;

create or replace function parties_work_written() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() > 1 then return null; end if;  -- the person's own columns are being written
    perform parties_refresh_work(array(
        select distinct source_id from new_rows where type_id = parties_works_at()));
    return null;
end $$;
create or replace function parties_work_removed() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() > 1 then return null; end if;
    perform parties_refresh_work(array(
        select distinct source_id from old_rows where type_id = parties_works_at()));
    return null;
end $$;

drop trigger if exists then_work_inserted on kernel_relationship;
create trigger then_work_inserted after insert on kernel_relationship
    referencing new table as new_rows for each statement execute function parties_work_written();
drop trigger if exists then_work_updated on kernel_relationship;
create trigger then_work_updated after update on kernel_relationship
    referencing new table as new_rows for each statement execute function parties_work_written();
drop trigger if exists then_work_removed on kernel_relationship;
create trigger then_work_removed after delete on kernel_relationship
    referencing old table as old_rows for each statement execute function parties_work_removed();
