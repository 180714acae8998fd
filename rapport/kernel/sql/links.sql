-- Foreign keys of tables that take many rows at once: asked once for each statement instead of once for each row.
--
-- PostgreSQL asks for the target of each new row with a query of its own and locks it: a quarter of what the database does
-- for a row of an import. Here one look at the index answers for all new rows of a statement. The keys themselves stay:
-- changed links, removed and emptied targets are PostgreSQL's own checks as ever. A target that is not there yet may come
-- until the transaction ends: rows without one are touched, and PostgreSQL's check of changed rows has them from there.
-- docs/decisions/imports-plan-here-and-write-there.md says what was weighed.

create or replace function kernel_check_links_by_statement(child regclass) returns void
language plpgsql set client_min_messages = warning as $make$
declare
    name text := (select relname from pg_class where oid = child) || '_linked';
    held text := '';  -- a variable for each link
    asked text := '';
    taken text := '';
    body text := '';
    one record;
begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
        return;  -- only who rules the server may tell PostgreSQL not to ask itself
    end if;
    for one in
        select a.attname as link, a.atttypid::regtype as kind, c.confrelid::regclass as target, k.attname as key,
            'wanted_' || a.attname as wanted
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        join pg_attribute k on k.attrelid = c.confrelid and k.attnum = c.confkey[1]
        where c.contype = 'f' and c.conrelid = child and cardinality(c.conkey) = 1 and a.attname <> 'id'
        order by a.attname
    loop
        held := held || format('
    %I %s[];', one.wanted, one.kind);
        asked := asked || format(', array_agg(distinct n.%1$I) filter (where n.%1$I is not null)', one.link);
        taken := taken || format(', %I', one.wanted);
        body := body || format($block$
    if %6$I is not null then
        declare
            there %2$s[] := '{}';
        begin
            if mine is not null then
                there := array(select t.%4$I from %3$s t where t.%4$I = any(%6$I) and t.xmin = mine);
            end if;
            if cardinality(there) < cardinality(%6$I) then
                there := there || array(select t.%4$I from %3$s t
                    where t.%4$I = any(%6$I) and t.xmin is distinct from mine for key share);
            end if;
            if cardinality(there) < cardinality(%6$I) then
                update %5$s c set %1$I = c.%1$I from new_rows n
                where c.id = n.id and n.%1$I in (select unnest(%6$I) except select unnest(there));
            end if;
        end;
    end if;$block$, one.link, one.kind, one.target, one.key, child, one.wanted);
    end loop;
    if body = '' then
        execute format('drop trigger if exists linked on %s', child);
        return;
    end if;
    body := format($body$
declare
    many int;
    mine xid;%s
begin
    select count(*)%s into many%s from new_rows n;
    if many >= 50 then
        -- Targets that this statement or what it is part of made: nobody else can take them away, they need no lock.
        mine := (select c.xmin from %s c where c.id = (select n.id from new_rows n limit 1));
    end if;%s
    return null;
end $body$, held, asked, taken, child, body);
    if exists (select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
            where t.tgrelid = child and t.tgname = 'linked' and t.tgenabled <> 'D' and p.prosrc = body)
        and not exists (select from pg_trigger t where t.tgrelid = child and t.tgenabled <> 'D'
            and t.tgfoid = '"RI_FKey_check_ins"'::regproc)
    then
        return;  -- as it is: whoever changes it waits for everybody who writes there
    end if;
    -- Plans are made once: a new one for each statement would take longer than a single row's checks.
    execute format('create or replace function %I() returns trigger language plpgsql'
        ' set enable_seqscan = off set plan_cache_mode = force_generic_plan as %L', name, body);
    execute format('drop trigger if exists linked on %s', child);
    execute format('create trigger linked after insert on %s referencing new table as new_rows'
        ' for each statement execute function %I()', child, name);
    for one in
        select t.tgname from pg_trigger t join pg_constraint c on c.oid = t.tgconstraint
        where t.tgrelid = child and t.tgfoid = '"RI_FKey_check_ins"'::regproc and t.tgenabled <> 'D'
            and cardinality(c.conkey) = 1
    loop
        execute format('alter table %s disable trigger %I', child, one.tgname);
    end loop;
end $make$;
