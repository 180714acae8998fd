-- Postal code, city and country of the main address stand on the party for its lists.

create or replace function parties_refresh_place(parties uuid[]) returns void language sql as $$
    update parties_party t set postcode = f.postcode, city = f.city, country = f.country
    from (select wanted.id, coalesce(a.address ->> 'postcode', '') as postcode,
              coalesce(a.address ->> 'city', '') as city, coalesce(a.address ->> 'country', '') as country
          from unnest(parties) as wanted (id)
          left join lateral (
              select address from parties_partyaddress p
              where p.party_id = wanted.id and coalesce(p.valid_until, 'infinity') >= current_date
              order by p.is_primary desc, p.id limit 1) as a on true) as f
    where t.id = f.id and (t.postcode, t.city, t.country) is distinct from (f.postcode, left(f.city, 250), f.country)
$$;

create or replace function parties_address_written() returns trigger language plpgsql as $$
begin
    perform parties_refresh_place(array(select distinct party_id from new_rows));
    return null;
end $$;
create or replace function parties_address_removed() returns trigger language plpgsql as $$
begin
    perform parties_refresh_place(array(select distinct party_id from old_rows));
    return null;
end $$;

drop trigger if exists then_place_inserted on parties_partyaddress;
create trigger then_place_inserted after insert on parties_partyaddress
    referencing new table as new_rows for each statement execute function parties_address_written();
drop trigger if exists then_place_updated on parties_partyaddress;
create trigger then_place_updated after update on parties_partyaddress
    referencing new table as new_rows for each statement execute function parties_address_written();
drop trigger if exists then_place_removed on parties_partyaddress;
create trigger then_place_removed after delete on parties_partyaddress
    referencing old table as old_rows for each statement execute function parties_address_removed();
