-- Every way of a deal into a stage or out of the pipeline is written down, whoever changes the row, and stands in the
-- timelines of the deal, its organization and its contact person.

-- The timeline rows of these deals as they must be; what is there already stays.
create or replace function sales_show_moves(deals uuid[]) returns void language sql as $$
    insert into kernel_timeline (record_id, at, kind, item_id, origin_id)
    select r.record_id, m.at, 'stage_move', m.id, nullif(m.deal_id, r.record_id)
    from sales_stagemove m join sales_deal d on d.id = m.deal_id
    cross join lateral (values (d.id), (d.organization_id), (d.person_id)) as r (record_id)
    where m.deal_id = any(deals) and d.deleted_at is null and r.record_id is not null
    on conflict (record_id, kind, item_id) do nothing
$$;

create or replace function sales_deal_then_inserted() returns trigger language plpgsql as $$
begin
    insert into sales_stagemove (id, deal_id, at, from_stage_id, to_stage_id, outcome, actor_id)
    select kernel_uuid7(), n.id, least(n.created_at, kernel_at()), null, n.stage_id, n.outcome, kernel_actor() from new_rows n;
    perform sales_show_moves(array(select id from new_rows));
    return null;
end $$;

create or replace function sales_deal_then_updated() returns trigger language plpgsql as $$
declare
    moved uuid[];
    elsewhere uuid[];
begin
    select array_agg(n.id) filter (where (n.stage_id, n.outcome) is distinct from (o.stage_id, o.outcome)),
        array_agg(n.id) filter (where (n.organization_id, n.person_id, n.deleted_at is null)
            is distinct from (o.organization_id, o.person_id, o.deleted_at is null))
    into moved, elsewhere
    from new_rows n full join old_rows o on o.id = n.id;
    if moved is null and elsewhere is null then
        return null;
    end if;
    insert into sales_stagemove (id, deal_id, at, from_stage_id, to_stage_id, outcome, actor_id)
    select kernel_uuid7(), n.id, kernel_at(), n.was, n.stage_id, n.outcome, kernel_actor()
    from (select n.id, o.stage_id as was, n.stage_id, n.outcome
        from new_rows n full join old_rows o on o.id = n.id offset 0) as n where n.id = any(moved);
    delete from kernel_timeline t using sales_stagemove m
    where m.deal_id = any(elsewhere) and t.item_id = m.id and t.kind = 'stage_move';
    perform sales_show_moves(coalesce(moved, '{}') || coalesce(elsewhere, '{}'));
    return null;
end $$;

create or replace function sales_deal_then_removed() returns trigger language plpgsql as $$
begin
    delete from kernel_timeline t using sales_stagemove m, old_rows o
    where m.deal_id = o.id and t.item_id = m.id and t.kind = 'stage_move';
    delete from sales_stagemove m using old_rows o where m.deal_id = o.id;
    return null;
end $$;

drop trigger if exists then_inserted on sales_deal;
create trigger then_inserted after insert on sales_deal
    referencing new table as new_rows for each statement execute function sales_deal_then_inserted();
drop trigger if exists then_updated on sales_deal;
create trigger then_updated after update on sales_deal
    referencing old table as old_rows new table as new_rows
    for each statement execute function sales_deal_then_updated();
drop trigger if exists then_removed on sales_deal;
create trigger then_removed after delete on sales_deal
    referencing old table as old_rows for each statement execute function sales_deal_then_removed();
