-- The main e-mail address, phone and mobile number and the main address stand on the party for its lists; the
-- contact points and addresses hold all of them. Each write to one side brings the other into line, whoever writes;
-- while one side follows the other, `rapport.contacts_follow` keeps that from answering back.

create or replace function parties_normalized(kind text, value text) returns text
language sql immutable parallel safe as $$
    select case when kind not in ('phone', 'mobile', 'fax') then lower(btrim(value))
        when translate(value, '+0123456789', '') = '' then ltrim(replace(value, '+', ''), '0')
        else ltrim(regexp_replace(value, '[^0-9]', '', 'g'), '0') end
$$;

create or replace function parties_contact_normalize() returns trigger language plpgsql as $$
begin
    new.normalized := parties_normalized(new.kind, new.value);
    return new;
end $$;

drop trigger if exists normalize on parties_contactpoint;
create trigger normalize before insert or update on parties_contactpoint
    for each row when (new.normalized is distinct from parties_normalized(new.kind, new.value))
    execute function parties_contact_normalize();

-- Party columns that changed -> contact points.
create or replace function parties_contacts_of_new() returns trigger language plpgsql as $$
begin
    perform set_config('rapport.contacts_follow', 'on', true), set_config('rapport.follows', 'on', true);
    insert into parties_contactpoint (id, party_id, kind, value, normalized, purpose, is_primary)
    select kernel_uuid7_beside(n.id), n.id, c.kind, c.value, parties_normalized(c.kind, c.value), 'work', true
    from new_rows n
    cross join lateral (values ('email', n.email), ('phone', n.phone), ('mobile', n.mobile)) as c (kind, value)
    where c.value <> '';
    perform set_config('rapport.contacts_follow', '', true), set_config('rapport.follows', '', true);
    return null;
end $$;

create or replace function parties_contacts_of_changed() returns trigger language plpgsql as $$
declare
    news jsonb;
begin
    if current_setting('rapport.contacts_follow', true) = 'on' then return null; end if;
    select jsonb_agg(jsonb_build_object('party_id', n.id, 'kind', c.kind, 'old_value', c.old_value,
        'new_value', c.new_value, 'old_normal', parties_normalized(c.kind, c.old_value),
        'new_normal', parties_normalized(c.kind, c.new_value)))
    into news
    from new_rows n full join old_rows o on o.id = n.id
    cross join lateral (values ('email', o.email, n.email), ('phone', o.phone, n.phone),
        ('mobile', o.mobile, n.mobile)) as c (kind, old_value, new_value)
    where c.old_value is distinct from c.new_value;
    if news is null then return null; end if;
    perform set_config('rapport.contacts_follow', 'on', true);
    perform parties_follow_news(news);
    perform parties_refresh_contacts(array(
        select distinct party_id from jsonb_to_recordset(news) as c (party_id uuid)));
    perform set_config('rapport.contacts_follow', '', true);
    return null;
end $$;

create or replace function parties_follow_news(news jsonb) returns void language plpgsql as $$
begin
    -- The new value is known already: it becomes the main one.
    update parties_contactpoint p set is_primary = (p.normalized = c.new_normal)
    from jsonb_to_recordset(news) as c (party_id uuid, kind text, new_normal text)
    where p.party_id = c.party_id and p.kind = c.kind and c.new_normal <> ''
        and exists (select from parties_contactpoint k
            where k.party_id = c.party_id and k.kind = c.kind and k.normalized = c.new_normal)
        and p.is_primary is distinct from (p.normalized = c.new_normal);
    -- Else the old main one is replaced; without one, the new value is added.
    update parties_contactpoint p set value = c.new_value
    from jsonb_to_recordset(news) as c (party_id uuid, kind text, new_value text, old_normal text, new_normal text)
    where p.party_id = c.party_id and p.kind = c.kind and c.new_normal <> '' and c.old_normal <> ''
        and p.normalized = c.old_normal
        and not exists (select from parties_contactpoint k
            where k.party_id = c.party_id and k.kind = c.kind and k.normalized = c.new_normal);
    insert into parties_contactpoint (id, party_id, kind, value, normalized, purpose, is_primary)
    select kernel_uuid7(), c.party_id, c.kind, c.new_value, c.new_normal, 'work', true
    from jsonb_to_recordset(news) as c (party_id uuid, kind text, new_value text, new_normal text)
    where c.new_normal <> '' and not exists (select from parties_contactpoint k
        where k.party_id = c.party_id and k.kind = c.kind and k.normalized = c.new_normal);
    -- Emptied: the main one leaves.
    delete from parties_contactpoint p
    using jsonb_to_recordset(news) as c (party_id uuid, kind text, old_normal text, new_normal text)
    where p.party_id = c.party_id and p.kind = c.kind and c.new_normal = '' and p.normalized = c.old_normal;
end $$;

-- The main contact point of a kind: marked as such, valid today, else the oldest.
create or replace function parties_main_contact(party uuid, wanted text) returns text
language sql stable as $$
    select coalesce((
        select p.value from parties_contactpoint p
        where p.party_id = party and p.kind = wanted
            and coalesce(p.valid_until, 'infinity') >= current_date
        order by p.is_primary desc, p.id limit 1), '')
$$;

-- Contact points that changed -> party columns.
create or replace function parties_refresh_contacts(parties uuid[]) returns void language sql as $$
    update parties_party t
    set email = f.email, phone = f.phone, mobile = f.mobile
    from (select id, parties_main_contact(id, 'email') as email, parties_main_contact(id, 'phone') as phone,
            parties_main_contact(id, 'mobile') as mobile
          from unnest(parties) as id) as f
    where t.id = f.id and (t.email, t.phone, t.mobile) is distinct from (f.email, f.phone, f.mobile)
$$;

create or replace function parties_contacts_written() returns trigger language plpgsql as $$
begin
    if current_setting('rapport.contacts_follow', true) = 'on' then return null; end if;
    perform set_config('rapport.contacts_follow', 'on', true);
    perform parties_refresh_contacts(array(select distinct party_id from new_rows));
    perform set_config('rapport.contacts_follow', '', true);
    return null;
end $$;
create or replace function parties_contacts_removed() returns trigger language plpgsql as $$
begin
    if current_setting('rapport.contacts_follow', true) = 'on' then return null; end if;
    perform set_config('rapport.contacts_follow', 'on', true);
    perform parties_refresh_contacts(array(select distinct party_id from old_rows));
    perform set_config('rapport.contacts_follow', '', true);
    return null;
end $$;

drop trigger if exists then_refresh_inserted on parties_contactpoint;
create trigger then_refresh_inserted after insert on parties_contactpoint
    referencing new table as new_rows for each statement execute function parties_contacts_written();
drop trigger if exists then_refresh_updated on parties_contactpoint;
create trigger then_refresh_updated after update on parties_contactpoint
    referencing new table as new_rows for each statement execute function parties_contacts_written();
drop trigger if exists then_refresh_removed on parties_contactpoint;
create trigger then_refresh_removed after delete on parties_contactpoint
    referencing old table as old_rows for each statement execute function parties_contacts_removed();
