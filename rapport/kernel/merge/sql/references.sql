-- What duplicates and merges know of a record leaves with it, also where a row is removed without Django.

do $$
declare one record;
begin
    for one in select c.conname, c.conrelid::regclass as of, pg_get_constraintdef(c.oid) as said
        from pg_constraint c
        where c.contype = 'f' and c.confdeltype <> 'c'
            and c.confrelid in ('kernel_record'::regclass, 'kernel_merge'::regclass)
            and c.conrelid in ('kernel_fingerprint'::regclass, 'kernel_duplicate'::regclass,
                'kernel_merge'::regclass, 'kernel_merged_record'::regclass, 'kernel_moved_link'::regclass)
    loop
        execute format('alter table %s drop constraint %I', one.of, one.conname);
        execute format('alter table %s add constraint %I %s', one.of, one.conname,
            replace(one.said, ' DEFERRABLE', ' ON DELETE CASCADE DEFERRABLE'));
    end loop;
end $$;
