-- Whoever takes the change set of a merge back brings its links back, too: the rows that were moved lead to where they
-- led before (unless somebody has changed them since), the rows that left return, the old addresses answer again. The
-- values of the records themselves come back from the change log as always.

-- The moved links of a merge by table and column, each with the column that names its rows.
create or replace function kernel_moved_columns(merge uuid)
returns table (of text, name text, place bigint, is_gone boolean, key text, key_type text) language sql stable as $$
    select m.of, m.name, m.place, m.is_gone, a.attname::text, format_type(a.atttypid, a.atttypmod)
    from (select "table" as of, "column" as name, min(id) as place, line is not null as is_gone
        from kernel_moved_link where merge_id = merge group by 1, 2, 4) as m
    join pg_index i on i.indrelid = m.of::regclass and i.indisprimary
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
$$;

-- Where a record went after it had taken others in: the merges that are still in force, one step after the other.
create or replace function kernel_merged_onward(start uuid)
returns table (step int, merge uuid, here uuid, there uuid) language sql stable as $$
    with recursive chain as (
        select 1 as step, r.merge_id, r.record_id, r.into_id from kernel_merged_record r where r.record_id = start
        union all select c.step + 1, r.merge_id, r.record_id, r.into_id
        from chain c join kernel_merged_record r on r.record_id = c.into_id where c.step < 20)
    select * from chain
$$;

-- The undo could not bring this value back, as another record has it by now: the set says so.
create or replace function kernel_note_taken(undo uuid, record uuid, type text, field text)
returns void language sql as $$
    update kernel_change_set set facts = facts || jsonb_build_object('left', coalesce(facts -> 'left', '[]')
        || jsonb_build_array(jsonb_build_object('record_id', record, 'type', type, 'field', field, 'part', '',
            'why', 'taken')), 'kept_count', coalesce((facts ->> 'kept_count')::int, 0) + 1)
    where id = undo
$$;

-- The custom field whose values stand on one record only, by the name of its index (custom/unique.py).
create or replace function kernel_unique_field(violated text, out type text, out name text) language sql stable as $$
    select f.type, 'x_' || f.key from kernel_custom_field f
    where f."unique" and left('custom_unique_' || left(f.type, 20) || '_x_' || f.key, 63) = violated limit 1
$$;

-- What stands on one record only leaves the survivor before its owner returns, unless somebody has changed it since.
-- What the survivor had before may be another record's by now: then it has none.
drop function if exists kernel_unmerge_unique(uuid, uuid);
create or replace function kernel_unmerge_unique(undone uuid, survivor uuid, undo uuid)
returns void language plpgsql as $$
declare
    one record;
begin
    for one in
        select distinct m."table" as of, c.type, d.key as name, d.value -> 0 as old, d.value -> 1 as new
        from kernel_merge g
        join kernel_moved_link m on m.merge_id = g.id and m."column" = 'deleted_at'
        join kernel_change c on c.change_set_id = g.change_set_id and c.record_id = survivor and c.part = ''
        cross join lateral jsonb_each(c.diff) d
        join kernel_custom_field f on f.type = c.type and 'x_' || f.key = d.key and f."unique"
        where g.id = undone
    loop
        begin
            execute format('update %I set custom = case when $1 = ''null'' then custom - $2'
                ' else jsonb_set(custom, array[$2], $1) end where id = $3 and custom -> $2 = $4', one.of)
                using one.old, one.name, survivor, one.new;
        exception when unique_violation then
            execute format('update %I set custom = custom - $1 where id = $2', one.of) using one.name, survivor;
            perform kernel_note_taken(undo, survivor, one.type, one.name);
        end;
    end loop;
end $$;

-- A record comes out of the trash, without the values that another one has taken meanwhile.
create or replace function kernel_unmerge_record(of text, record uuid, undo uuid) returns void language plpgsql as $$
declare
    violated text;
    taken record;
begin
    loop
        begin
            execute format('update %s set deleted_at = null where id = $1 and deleted_at is not null', of) using record;
            return;
        exception when unique_violation then
            get stacked diagnostics violated = constraint_name;
            select * into taken from kernel_unique_field(violated);
            if taken.name is null then raise; end if;
            execute format('update %s set custom = custom - $1 where id = $2', of) using taken.name, record;
            perform kernel_note_taken(undo, record, taken.type, taken.name);
        end;
    end loop;
end $$;

-- The rows that this merge moved lead to where they led before, if they still stand there: on its survivor, or on what
-- that one became by further merges, which carried them on.
create or replace function kernel_lead_back(
    undone uuid, of text, name text, key text, key_type text, stands uuid, merges uuid[], heres uuid[]
) returns void language plpgsql as $$
declare
    carried text := format('m.merge_id = $1 and m."table" = %1$L and m."column" = %2$L and m.line is null'
        ' and (cardinality($3) = 0 or m.row in (select n.row from kernel_moved_link n where n.merge_id = any($3)'
        ' and n."table" = %1$L and n."column" = %2$L and n.old = any($4) and n.line is null'
        ' group by n.row having count(*) = cardinality($3)))', of, name);
begin
    if name like 'custom:%' then
        execute format('update %1$s t set custom = jsonb_set(t.custom, array[%2$L], to_jsonb(m.old::text))'
            ' from kernel_moved_link m where %3$s and t.%4$I = m.row::%5$s and t.custom ->> %2$L = $2::text',
            of, substr(name, 8), carried, key, key_type) using undone, stands, merges, heres;
    else
        execute format('update %1$s t set %2$I = m.old from kernel_moved_link m'
            ' where %3$s and t.%4$I = m.row::%5$s and t.%2$I = $2',
            of, name, carried, key, key_type) using undone, stands, merges, heres;
    end if;
end $$;

-- The same where a further merge has carried what this one moved: that a middle record is undone first leaves nothing
-- with it. Rows that left there, as that survivor had the same, return.
create or replace function kernel_unmerge_onward(undone uuid, survivor uuid, of text, name text, key text, key_type text)
returns void language plpgsql as $$
declare
    further record;
    merges uuid[] := '{}';
    heres uuid[] := '{}';
begin
    for further in select * from kernel_merged_onward(survivor) order by step loop
        merges := merges || further.merge;
        heres := heres || further.here;
        perform kernel_lead_back(undone, of, name, key, key_type, further.there, merges, heres);
        continue when name like 'custom:%';
        execute format('insert into %1$s select (jsonb_populate_record(null::%1$s,'
            ' n.line || jsonb_build_object(%2$L, m.old))).* from kernel_moved_link m join kernel_moved_link n'
            ' on n.merge_id = $2 and n."table" = m."table" and n.row = m.row and n.line is not null'
            ' where m.merge_id = $1 and m."table" = %1$L and m."column" = %2$L and m.line is null'
            ' and n.line ->> %2$L = $3::text on conflict do nothing', of, name)
            using undone, further.merge, further.here;
    end loop;
end $$;

drop function if exists kernel_unmerge(uuid, uuid);
create or replace function kernel_unmerge(undone uuid, survivor uuid, undo uuid) returns void language plpgsql as $$
declare
    one record;
begin
    perform kernel_unmerge_unique(undone, survivor, undo);
    -- In the order of the merge: first the records (a link into the trash counts as gone for what follows it), then
    -- relationships, then all others.
    for one in select * from kernel_moved_columns(undone) order by place loop
        if one.name = 'deleted_at' then
            perform kernel_unmerge_record(one.of, m.row::uuid, undo) from kernel_moved_link m
            where m.merge_id = undone and m."table" = one.of and m."column" = 'deleted_at';
        elsif one.is_gone then
            execute format('insert into %1$s select (jsonb_populate_record(null::%1$s, m.line)).*'
                ' from kernel_moved_link m where m.merge_id = $1 and m."table" = %1$L and m.line is not null'
                ' on conflict do nothing', one.of) using undone;
        else
            perform kernel_lead_back(undone, one.of, one.name, one.key, one.key_type, survivor, '{}', '{}');
            perform kernel_unmerge_onward(undone, survivor, one.of, one.name, one.key, one.key_type);
        end if;
    end loop;
    delete from kernel_merged_record where merge_id = undone;
end $$;

-- The undoing itself is taken back: the links go to the survivor once more, or to what it has become since. The others
-- return to the trash at the end of the journal, when nothing follows their links any more.
create or replace function kernel_remerge(again uuid, survivor uuid) returns void language plpgsql as $$
declare
    one record;
    merges uuid[] := array(select merge from kernel_merged_onward(survivor) order by step);
    heir uuid := coalesce((select there from kernel_merged_onward(survivor) order by step desc limit 1), survivor);
begin
    for one in select * from kernel_moved_columns(again) order by name = 'deleted_at', is_gone desc, place loop
        if one.name = 'deleted_at' then
            execute format('update %1$s t set deleted_at = now() from kernel_moved_link m where m.merge_id = $1'
                ' and m."table" = %1$L and m."column" = ''deleted_at'' and t.id = m.row::uuid'
                ' and t.deleted_at is null', one.of) using again;
        elsif one.is_gone then
            execute format('delete from %1$s t using kernel_moved_link m where m.merge_id = $1'
                ' and m."table" = %1$L and m.line is not null and t.%2$I::text = m.row', one.of, one.key) using again;
        elsif one.name like 'custom:%' then
            execute format('update %1$s t set custom = jsonb_set(t.custom, array[%2$L], to_jsonb($2::text))'
                ' from kernel_moved_link m where m.merge_id = $1 and m."table" = %1$L and m."column" = %3$L'
                ' and t.%4$I::text = m.row and t.custom ->> %2$L = m.old::text',
                one.of, substr(one.name, 8), one.name, one.key) using again, heir;
        else
            execute format('delete from %1$s t using kernel_moved_link m, kernel_moved_link n where m.merge_id = $1'
                ' and m."table" = %1$L and m."column" = %2$L and m.line is null and n.merge_id = any($2)'
                ' and n."table" = %1$L and n.line is not null and n.row = m.row and t.%3$I::text = m.row'
                ' and t.%2$I = m.old', one.of, one.name, one.key) using again, merges;
            execute format('update %1$s t set %2$I = $2 from kernel_moved_link m'
                ' where m.merge_id = $1 and m."table" = %1$L and m."column" = %2$L and m.line is null'
                ' and t.%3$I::text = m.row and t.%2$I = m.old', one.of, one.name, one.key) using again, heir;
        end if;
    end loop;
    -- Whatever came back while a further merge was in force went on with that one: it takes it along when it is undone.
    insert into kernel_moved_link (merge_id, "table", "column", row, old)
    select f.merge, m."table", m."column", m.row, f.here
    from kernel_merged_onward(survivor) f, kernel_moved_link m
    where m.merge_id = again and m.line is null and m."column" <> 'deleted_at' and not exists (
        select from kernel_moved_link n
        where n.merge_id = f.merge and n."table" = m."table" and n.row = m.row and n."column" in (m."column", ''));
    insert into kernel_merged_record (record_id, into_id, merge_id)
    select m.row::uuid, survivor, again from kernel_moved_link m
    where m.merge_id = again and m."column" = 'deleted_at'
    on conflict do nothing;
end $$;

create or replace function kernel_change_set_reverts() returns trigger language plpgsql as $$
declare
    found record;
begin
    -- Undo, undo of the undo, and so on: the merge at the beginning is done and undone in turn.
    with recursive chain as (
        select new.reverts_id as id
        union all select s.reverts_id from chain c join kernel_change_set s on s.id = c.id
        where s.reverts_id is not null)
    select m.id, m.survivor_id into found from kernel_merge m join chain c on c.id = m.change_set_id;
    if found.id is null then return null; end if;
    if exists (select from kernel_merged_record r where r.merge_id = found.id) then
        perform kernel_unmerge(found.id, found.survivor_id, new.id);
    else
        perform kernel_remerge(found.id, found.survivor_id);
    end if;
    return null;
end $$;

-- When somebody claims the set in order to take it back, before the log does: links that lead to records in the trash
-- would count as gone.
drop trigger if exists then_unmerge on kernel_change_set;
create trigger then_unmerge after update of reverts_id on kernel_change_set for each row
    when (old.reverts_id is null and new.reverts_id is not null) execute function kernel_change_set_reverts();
