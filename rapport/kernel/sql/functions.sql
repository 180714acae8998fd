-- Functions that the generated triggers and the readers share. Created anew on every migrate; all are idempotent.

create extension if not exists unaccent;
create extension if not exists pg_trgm;

-- unaccent() is only "stable" because its dictionary could change; naming the dictionary makes it safe to index. In
-- plpgsql, as a function in SQL that calls a stable one is never written out in place: each call was a query of its own,
-- and every row of a person has four.
create or replace function kernel_unaccent(said text) returns text
language plpgsql immutable parallel safe strict as $$
begin
    return public.unaccent('public.unaccent'::regdictionary, said);
end $$;

-- Müller, Mueller and Muller meet in "muller": lower case, no accents, ae/oe/ue without their e. 500 characters are
-- less than the longest word that a tsvector takes.
create or replace function kernel_normal(said text) returns text
language sql immutable parallel safe strict as $$
    select replace(replace(replace(lower(public.kernel_unaccent(left(said, 500))), 'ae', 'a'), 'oe', 'o'), 'ue', 'u')
$$;

create or replace function kernel_words(said text) returns text[]
language sql immutable parallel safe as $$
    select array_remove(
        string_to_array(regexp_replace(public.kernel_normal(coalesce(said, '')), '[^[:alnum:]]+', ' ', 'g'), ' '), '')
$$;

-- The words of several texts in one go, which costs a third; each text counts with its first 500 characters. Some may be
-- empty.
create or replace function kernel_words_of(variadic said text[]) returns text[]
language sql immutable parallel safe as $$
    select array(select unnest(public.kernel_words(one)) from unnest(said) as one)
$$;

-- The same for texts that stand in one with spaces between them, or null where they are long. What stands between words in
-- most names and addresses goes without a regular expression, in half the time.
create or replace function kernel_words_of_line(line text) returns text[]
language plpgsql immutable parallel safe as $$
begin
    if length(line) > 500 then
        return null;
    end if;
    line := replace(replace(replace(lower(public.unaccent('public.unaccent'::regdictionary, line)),
        'ae', 'a'), 'oe', 'o'), 'ue', 'u');
    line := replace(replace(replace(replace(line, '@', ' '), '.', ' '), '-', ' '), ',', ' ');
    if line ~ '[^[:alnum:] ]' then
        line := regexp_replace(line, '[^[:alnum:]]+', ' ', 'g');
    end if;
    return string_to_array(line, ' ');
end $$;

create or replace function kernel_email_words(address text) returns text[]
language sql immutable parallel safe as $$
    select case when coalesce(address, '') = '' then '{}'::text[]
        else array[lower(left(address, 254))] || public.kernel_words(address) end
$$;

-- A number is found by its digits without the country code, by all its digits, and backwards (from the end).
create or replace function kernel_digit_words(number text) returns text[]
language plpgsql immutable parallel safe as $$
declare
    digits text := ltrim(left(number, 60), '+0');
    code int;
begin
    if translate(digits, '0123456789', '') <> '' then
        digits := ltrim(regexp_replace(digits, '[^0-9]', '', 'g'), '0');
    end if;
    if digits = '' then
        return '{}';
    end if;
    code := case
        when left(digits, 1) in ('1', '7') then 1
        when left(digits, 2) in ('20', '27', '30', '31', '32', '33', '34', '36', '39', '40', '41', '43', '44', '45', '46',
            '47', '48', '49', '51', '52', '53', '54', '55', '56', '57', '58', '60', '61', '62', '63', '64', '65', '66',
            '81', '82', '84', '86', '90', '91', '92', '93', '94', '95', '98') then 2
        else 3 end;
    if length(digits) < code + 4 then
        return array[digits, 'r' || reverse(digits)];
    end if;
    return array[digits, substr(digits, code + 1), 'r' || reverse(digits)];
end $$;
create or replace function kernel_phone_words(number text) returns text[]
language sql immutable parallel safe as $$
    select case when coalesce(number, '') = '' then '{}'::text[] else public.kernel_digit_words(number) end
$$;

create or replace function kernel_lexemes(words text[]) returns tsvector
language sql immutable parallel safe as $$
    select array_to_tsvector(array_remove(words, ''))
$$;

-- The words of custom fields that are searched, as their definitions say just now: choices are found by their labels in
-- every language. Most rows have nothing of the kind.
create or replace function kernel_custom_words(type_key text, held jsonb) returns text[]
language plpgsql stable as $$
declare
    words text[] := '{}';
    one record;
begin
    if held is null or held = '{}' then return words; end if;
    for one in
        select f.kind, held -> ('x_' || f.key) as said, f.options -> 'choices' as choices
        from kernel_custom_field f
        where f.type = type_key and f.is_searched and f.removed_at is null and held ? ('x_' || f.key)
    loop
        words := words || case
            when one.kind = 'email' then kernel_email_words(one.said #>> '{}')
            when one.kind = 'phone' then kernel_phone_words(one.said #>> '{}')
            when one.kind in ('choice', 'choices') then array(
                select unnest(kernel_words(label.said))
                from jsonb_array_elements(case when jsonb_typeof(one.choices) = 'array' then one.choices else '[]' end) c
                cross join lateral (select c -> 'label' #>> '{}' as said where jsonb_typeof(c -> 'label') = 'string'
                    union all select each.value from jsonb_each_text(
                        case when jsonb_typeof(c -> 'label') = 'object' then c -> 'label' else '{}' end) as each) as label
                where one.said @> (c -> 'key'))
            else kernel_words(one.said #>> '{}') end;
    end loop;
    return words;
end $$;

-- Who acts, why, in which change set: set by the door for the running transaction only.
create or replace function kernel_actor() returns uuid language sql stable as $$
    select nullif(current_setting('rapport.actor', true), '')::uuid
$$;
create or replace function kernel_set() returns uuid language sql stable as $$
    select nullif(current_setting('rapport.change_set', true), '')::uuid
$$;
create or replace function kernel_cause() returns text language sql stable as $$
    select coalesce(nullif(current_setting('rapport.cause', true), ''), 'database')
$$;
-- The moment of a change: now, unless history is being loaded.
create or replace function kernel_at() returns timestamptz language sql stable as $$
    select coalesce(nullif(current_setting('rapport.at', true), '')::timestamptz, now())
$$;

-- A row as JSON in which custom fields count like columns.
create or replace function kernel_flat(line jsonb) returns jsonb
language sql immutable parallel safe as $$
    select (line - 'custom') || coalesce(nullif(line -> 'custom', 'null'), '{}')
$$;

-- Every changed row gets a new version and time, whoever changes it.
create or replace function kernel_touch() returns trigger language plpgsql as $$
begin
    new.version := old.version + 1;
    new.changed_at := kernel_at();
    return new;
end $$;

-- An identifier like the application's (UUID version 7) for rows that are made in SQL; PostgreSQL 18 makes them itself,
-- in a third of the time.
do $do$
begin
    if current_setting('server_version_num')::int >= 180000 then
        create or replace function kernel_uuid7() returns uuid language sql volatile parallel safe as $$
            select uuidv7()
        $$;
        return;
    end if;
    create or replace function kernel_uuid7() returns uuid language sql volatile parallel safe as $$
        select encode(
            set_bit(set_bit(
                overlay(uuid_send(gen_random_uuid())
                    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
                    from 1 for 6),
                52, 1), 53, 1), 'hex')::uuid
    $$;
end $do$;

-- An identifier for what belongs to a new record: its moment and half of its chance, and as much chance of its own. Half the
-- time of a whole new one.
create or replace function kernel_uuid7_beside(record uuid) returns uuid language sql volatile parallel restricted as $$
    select (left(record::text, 24) || lpad(to_hex((random() * 281474976710655)::bigint), 12, '0'))::uuid
$$;

-- Partitions of the change log: one a month; the default partition catches what lies outside.
create or replace function kernel_change_partitions(first date, last date) returns void language plpgsql as $$
declare
    month date := date_trunc('month', first);
    name text;
begin
    while month <= last loop
        name := 'kernel_change_' || to_char(month, 'YYYY_MM');
        if to_regclass(name) is null and not exists (
            select from kernel_change_other where at >= month and at < month + interval '1 month')
        then
            execute format('create table %I partition of kernel_change for values from (%L) to (%L)',
                name, month, (month + interval '1 month')::date);
        end if;
        month := month + interval '1 month';
    end loop;
end $$;

-- What a person typed, as a query on the lexemes: earlier words whole, the last as a beginning; `loose` takes every
-- word as a beginning; what looks like a phone number is sought by its digits from both ends.
create or replace function kernel_query(said text, loose boolean default false) returns tsquery
language plpgsql immutable parallel safe as $$
declare
    digits text := regexp_replace(said, '[^0-9]', '', 'g');
    words text[] := kernel_words(said);
    parts text[] := '{}';
    place int;
begin
    if said ~ '^[\s0-9+()./-]+$' and length(digits) >= 3 then
        digits := ltrim(digits, '0');
        -- "(0)" between country code and number is not dialed
        if said ~ '\(0\)' then digits := ltrim(regexp_replace(regexp_replace(said, '\(0\)', ''), '[^0-9]', '', 'g'), '0');
        end if;
        if digits = '' then return null; end if;
        return (digits || ':* | r' || reverse(digits) || ':*')::tsquery;
    end if;
    if said ~ '@' and said !~ '\s' then
        return (quote_literal(lower(said)) || ':*')::tsquery;
    end if;
    if cardinality(words) = 0 then return null; end if;
    for place in 1 .. least(cardinality(words), 8) loop
        parts := parts || (words[place] || case when loose or place = cardinality(words) then ':*' else '' end);
    end loop;
    return array_to_string(parts, ' & ')::tsquery;
end $$;

-- The records whose words fit, no more than `most`, read from the index of words: the planner takes every word for
-- a frequent one, and would walk through the whole table for a rare one.
create or replace function kernel_found(query tsquery, most int) returns setof uuid
language sql stable parallel safe rows 200 set enable_seqscan = off set enable_indexscan = off as $$
    select id from kernel_record where lexemes @@ query limit most
$$;

-- Distinct words of all titles, for proposals when nothing is found; kept by a job (kernel/search/jobs.py).
create or replace function kernel_add_words(ids uuid[]) returns void language sql as $$
    insert into kernel_word (word)
    select distinct left(word, 60) from kernel_record r, unnest(kernel_words(r.title)) as word
    where r.id = any(ids) and length(word) between 3 and 60 and word !~ '[0-9]'
    order by 1
    on conflict do nothing
$$;
