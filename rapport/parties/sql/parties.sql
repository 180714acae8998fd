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
    insert into parties_stageperiod (id, party_id, stage, since, until)
    select kernel_uuid7(), m.id, m.was, m.was_since, m.stage_since
    from moved m where not exists (select from back b where b.party_id = m.id);
    return null;
end $$;

drop trigger if exists then_stage_inserted on parties_party;
drop function if exists parties_stage_of_new();
drop trigger if exists then_stage_updated on parties_party;
create trigger then_stage_updated after update on parties_party
    referencing old table as old_rows new table as new_rows for each statement
    execute function parties_stage_of_changed();
