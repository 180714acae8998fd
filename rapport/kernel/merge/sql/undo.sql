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

-- What stands on one record only leaves the survivor before its owner returns, unless somebody has changed it since.
create or replace function kernel_unmerge_unique(undone uuid, survivor uuid) returns void language plpgsql as $$
declare
    one record;
begin
    for one in
        select distinct m."table" as of, d.key as name, d.value -> 0 as old, d.value -> 1 as new
        from kernel_merge g
        join kernel_moved_link m on m.merge_id = g.id and m."column" = 'deleted_at'
        join kernel_change c on c.change_set_id = g.change_set_id and c.record_id = survivor and c.part = ''
        cross join lateral jsonb_each(c.diff) d
        join kernel_custom_field f on f.type = c.type and 'x_' || f.key = d.key and f."unique"
        where g.id = undone
    loop
        execute format('update %I set custom = case when $1 = ''null'' then custom - $2'
            ' else jsonb_set(custom, array[$2], $1) end where id = $3 and custom -> $2 = $4', one.of)
            using one.old, one.name, survivor, one.new;
    end loop;
end $$;

create or replace function kernel_unmerge(undone uuid, survivor uuid) returns void language plpgsql as $$
declare
    one record;
begin
    perform kernel_unmerge_unique(undone, survivor);
    -- In the order of the merge: first the records (a link into the trash counts as gone for what follows it), then
    -- relationships, then all others.
    for one in select * from kernel_moved_columns(undone) order by place loop
        if one.name = 'deleted_at' then
            execute format('update %1$s t set deleted_at = null from kernel_moved_link m where m.merge_id = $1'
                ' and m."table" = %1$L and m."column" = ''deleted_at'' and t.id = m.row::uuid'
                ' and t.deleted_at is not null', one.of) using undone;
        elsif one.is_gone then
            execute format('insert into %1$s select (jsonb_populate_record(null::%1$s, m.line)).*'
                ' from kernel_moved_link m where m.merge_id = $1 and m."table" = %1$L and m.line is not null'
                ' on conflict do nothing', one.of) using undone;
        elsif one.name like 'custom:%' then
            execute format('update %1$s t set custom = jsonb_set(t.custom, array[%2$L], to_jsonb(m.old::text))'
                ' from kernel_moved_link m where m.merge_id = $1 and m."table" = %1$L and m."column" = %3$L'
                ' and t.%4$I::text = m.row and t.custom ->> %2$L = $2::text',
                one.of, substr(one.name, 8), one.name, one.key) using undone, survivor;
        else
            execute format('update %1$s t set %2$I = m.old from kernel_moved_link m'
                ' where m.merge_id = $1 and m."table" = %1$L and m."column" = %2$L and m.line is null'
                ' and t.%3$I = m.row::%4$s and t.%2$I = $2',
                one.of, one.name, one.key, one.key_type) using undone, survivor;
        end if;
    end loop;
    delete from kernel_merged_record where merge_id = undone;
end $$;

-- The undoing itself is taken back: the links go to the survivor once more. The others return to the trash at the end
-- of the journal, when nothing follows their links any more.
create or replace function kernel_remerge(again uuid, survivor uuid) returns void language plpgsql as $$
declare
    one record;
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
                one.of, substr(one.name, 8), one.name, one.key) using again, survivor;
        else
            execute format('update %1$s t set %2$I = $2 from kernel_moved_link m'
                ' where m.merge_id = $1 and m."table" = %1$L and m."column" = %2$L and m.line is null'
                ' and t.%3$I::text = m.row and t.%2$I = m.old', one.of, one.name, one.key) using again, survivor;
        end if;
    end loop;
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
        perform kernel_unmerge(found.id, found.survivor_id);
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
