-- Whoever takes the change set of a merge back brings its links back, too: the rows that were moved lead to where they
-- led before (unless somebody has changed them since), the rows that left return, the old addresses answer again. The
-- values of the records themselves come back from the change log as always.

create or replace function kernel_unmerge(undone uuid, survivor uuid) returns void language plpgsql as $$
declare
    one record;
    key text;
begin
    -- In the order of the merge: first the records (a link into the trash counts as gone for what follows it), then
    -- relationships, then all others.
    for one in select "table" as of, "column" as name, min(id) as place, line is not null as is_gone
        from kernel_moved_link where merge_id = undone group by 1, 2, 4 order by 3
    loop
        select a.attname into key from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        where i.indrelid = one.of::regclass and i.indisprimary;
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
                one.of, substr(one.name, 8), one.name, key) using undone, survivor;
        else
            execute format('update %1$s t set %2$I = m.old from kernel_moved_link m'
                ' where m.merge_id = $1 and m."table" = %1$L and m."column" = %2$L and m.line is null'
                ' and t.%3$I = m.row::%4$s and t.%2$I = $2', one.of, one.name, key,
                (select format_type(a.atttypid, a.atttypmod) from pg_attribute a
                    where a.attrelid = one.of::regclass and a.attname = key)) using undone, survivor;
        end if;
    end loop;
    delete from kernel_merge where id = undone;
end $$;

create or replace function kernel_change_set_reverts() returns trigger language plpgsql as $$
begin
    perform kernel_unmerge(m.id, m.survivor_id) from kernel_merge m where m.change_set_id = new.reverts_id;
    return null;
end $$;

-- When somebody claims the set in order to take it back, before the log does: links that lead to records in the trash
-- would count as gone.
drop trigger if exists then_unmerge on kernel_change_set;
create trigger then_unmerge after update of reverts_id on kernel_change_set for each row
    when (old.reverts_id is null and new.reverts_id is not null) execute function kernel_change_set_reverts();
