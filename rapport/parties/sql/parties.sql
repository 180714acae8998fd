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

-- The stages through which a party went, each with its dates.
create or replace function parties_stage_of_new() returns trigger language plpgsql as $$
begin
    insert into parties_stageperiod (id, party_id, stage, since, until)
    select kernel_uuid7(), n.id, n.stage, n.stage_since, null from new_rows n;
    return null;
end $$;
create or replace function parties_stage_of_changed() returns trigger language plpgsql as $$
begin
    if not exists (select from new_rows n full join old_rows o on o.id = n.id
        where n.stage is distinct from o.stage) then
        return null;
    end if;
    update parties_stageperiod p set until = n.stage_since
    from (select n.id, n.stage_since from new_rows n full join old_rows o on o.id = n.id
        where n.stage is distinct from o.stage offset 0) as n
    where p.party_id = n.id and p.until is null;
    insert into parties_stageperiod (id, party_id, stage, since, until)
    select kernel_uuid7(), n.id, n.stage, n.stage_since, null
    from new_rows n full join old_rows o on o.id = n.id where n.stage is distinct from o.stage;
    return null;
end $$;

drop trigger if exists then_stage_inserted on parties_party;
create trigger then_stage_inserted after insert on parties_party
    referencing new table as new_rows for each statement execute function parties_stage_of_new();
drop trigger if exists then_stage_updated on parties_party;
create trigger then_stage_updated after update on parties_party
    referencing old table as old_rows new table as new_rows for each statement
    execute function parties_stage_of_changed();
