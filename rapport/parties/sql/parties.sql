-- Triggers on the parties themselves (functions: contact_points.sql, works_at.sql).

drop trigger if exists then_contacts_inserted on parties_party;
create trigger then_contacts_inserted after insert on parties_party
    referencing new table as new_rows for each statement execute function parties_contacts_of_new();
drop trigger if exists then_contacts_updated on parties_party;
create trigger then_contacts_updated after update on parties_party
    referencing old table as old_rows new table as new_rows for each statement
    execute function parties_contacts_of_changed();
drop trigger if exists then_work_inserted on parties_party;
create trigger then_work_inserted after insert on parties_party
    referencing new table as new_rows for each statement execute function parties_work_of_new();
drop trigger if exists then_work_updated on parties_party;
create trigger then_work_updated after update on parties_party
    referencing old table as old_rows new table as new_rows for each statement
    execute function parties_work_of_changed();

-- The stages through which a party went, each with its dates; the one that it is in stands on the party. Who takes a change
-- of stage back takes its period with it.
create or replace function parties_stage_of_changed() returns trigger language plpgsql as $$
begin
    if not exists (select from new_rows n full join old_rows o on o.id = n.id
        where n.stage is distinct from o.stage) then
        return null;
    end if;
    with moved as materialized (
        select n.id, n.stage, n.stage_since, o.stage as was, o.stage_since as was_since
        from new_rows n full join old_rows o on o.id = n.id where n.stage is distinct from o.stage),
    back as (
        delete from parties_stageperiod p using moved m
        where p.party_id = m.id and p.stage = m.stage
            and (p.since, p.until) is not distinct from (m.stage_since, m.was_since)
        returning p.party_id)
    insert into parties_stageperiod (id, party_id, stage, since, until, followed_by, change_set_id)
    select kernel_uuid7(), m.id, m.was, m.was_since, m.stage_since, m.stage, kernel_set()
    from moved m where not exists (select from back b where b.party_id = m.id);
    perform parties_pin(array(select n.id from new_rows n full join old_rows o on o.id = n.id
        where n.stage is distinct from o.stage and n.id is not null));
    return null;
end $$;

-- Where a person has decided the stage, no rule of the life cycle moves the party for some time. Taking a rule's move back
-- is such a decision; taking a person's decision back gives the party to the rules again.
create or replace function parties_pin(ids uuid[]) returns void language plpgsql as $$
declare
    cause text := kernel_cause();
    undone text;
begin
    if cause = 'undo' then
        select d.cause into undone from kernel_change_set s join kernel_change_set d on d.id = s.reverts_id
        where s.id = kernel_set();
        if coalesce(undone, '') <> 'life_cycle' then
            delete from parties_stagepin where party_id = any(ids);
            return;
        end if;
    end if;
    if cause not in ('page', 'api', 'import', 'undo') then
        return;
    end if;
    insert into parties_stagepin (party_id, until, by_id, at)
    select one, current_date + coalesce((select pin_days from parties_lifecycle), 90), kernel_actor(), kernel_at()
    from unnest(ids) one
    on conflict (party_id) do update set until = excluded.until, by_id = excluded.by_id, at = excluded.at;
end $$;

-- Who enters a new party by hand and says its stage has decided it, too; an import of many leaves them to the rules.
create or replace function parties_stage_of_new() returns trigger language plpgsql as $$
begin
    if kernel_cause() in ('page', 'api') and exists (select from new_rows where stage <> 'suspect') then
        perform parties_pin(array(select id from new_rows where stage <> 'suspect'));
    end if;
    return null;
end $$;

drop trigger if exists then_stage_inserted on parties_party;
create trigger then_stage_inserted after insert on parties_party
    referencing new table as new_rows for each statement execute function parties_stage_of_new();
drop trigger if exists then_stage_updated on parties_party;
create trigger then_stage_updated after update on parties_party
    referencing old table as old_rows new table as new_rows for each statement
    execute function parties_stage_of_changed();

-- A guessed name is marked as a guess like any other value of which somebody is not sure.
create or replace function parties_guess_of_new() returns trigger language plpgsql as $$
begin
    if exists (select from new_rows where is_name_guessed) then
        insert into kernel_value_mark (record_id, field, kind, value, note, at)
        select id, 'name', 'guess', name, '', now() from new_rows where is_name_guessed
        on conflict (record_id, field) do update set kind = 'guess', value = excluded.value, at = excluded.at;
    end if;
    return null;
end $$;
create or replace function parties_guess_of_changed() returns trigger language plpgsql as $$
begin
    if exists (select from new_rows n full join old_rows o on o.id = n.id
        where n.is_name_guessed is distinct from o.is_name_guessed) then
        insert into kernel_value_mark (record_id, field, kind, value, note, at)
        select n.id, 'name', 'guess', n.name, '', now() from new_rows n join old_rows o on o.id = n.id
        where n.is_name_guessed and not o.is_name_guessed
        on conflict (record_id, field) do update set kind = 'guess', value = excluded.value, at = excluded.at;
        delete from kernel_value_mark m using new_rows n, old_rows o
        where o.id = n.id and m.record_id = n.id and m.field = 'name' and m.kind = 'guess'
            and o.is_name_guessed and not n.is_name_guessed;
    end if;
    return null;
end $$;
drop trigger if exists then_guess_inserted on parties_party;
create trigger then_guess_inserted after insert on parties_party
    referencing new table as new_rows for each statement execute function parties_guess_of_new();
drop trigger if exists then_guess_updated on parties_party;
create trigger then_guess_updated after update on parties_party
    referencing old table as old_rows new table as new_rows for each statement execute function parties_guess_of_changed();
