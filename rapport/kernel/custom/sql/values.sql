-- Values of custom fields as the database compares them. They stand as text in a JSON column; text that does not fit
-- (left from another kind of field, brought back by undoing) is no value instead of an error in every list.

create or replace function kernel_number(said text) returns numeric
language sql immutable parallel safe as $$
    select case when said ~ '^-?[0-9]{1,30}([.][0-9]{1,20})?$' then said::numeric end
$$;

create or replace function kernel_date(said text) returns date
language sql immutable parallel safe as $$
    select case when said ~ '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
        then make_date(substr(said, 1, 4)::int, substr(said, 6, 2)::int, 1) + (substr(said, 9, 2)::int - 1) end
$$;

create or replace function kernel_moment(said text) returns timestamptz
language sql immutable parallel safe as $$
    select case when said ~ '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}[.][0-9]{6}Z$'
        then (make_date(substr(said, 1, 4)::int, substr(said, 6, 2)::int, 1) + (substr(said, 9, 2)::int - 1)
            + make_time(substr(said, 12, 2)::int, substr(said, 15, 2)::int, substr(said, 18, 9)::double precision))
            at time zone 'UTC' end
$$;

create or replace function kernel_id(said text) returns uuid
language sql immutable parallel safe as $$
    select case when said ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then said::uuid end
$$;

create or replace function kernel_texts(said jsonb) returns text[]
language sql immutable parallel safe as $$
    select coalesce(array_agg(one), '{}') from jsonb_array_elements_text(
        case when jsonb_typeof(said) = 'array' then said else '[]' end) as one
$$;

-- What formulas need beside the functions of the database: none of these can fail on any value, and all are immutable.

create or replace function kernel_later(first date, days numeric) returns date
language sql immutable parallel safe as $$
    select case when abs(days) < 4000000 and (first - date '0001-01-01') + trunc(days) between 0 and 3652058
        then first + trunc(days)::int end
$$;

create or replace function kernel_day(years numeric, months numeric, days numeric) returns date
language sql immutable parallel safe as $$
    select case when years between 1 and 9999 and months between 1 and 12 and days between 1 and 31
        then case when extract(month from make_date(years::int, months::int, 1) + (days::int - 1)) = months::int
            then make_date(years::int, months::int, 1) + (days::int - 1) end end
$$;

create or replace function kernel_months(later date, earlier date) returns numeric
language sql immutable parallel safe as $$
    select (extract(year from age(later::timestamp, earlier::timestamp)) * 12
        + extract(month from age(later::timestamp, earlier::timestamp)))::numeric
$$;

create or replace function kernel_months_later(first date, months numeric) returns date
language sql immutable parallel safe as $$
    select case when abs(months) < 120000
            and extract(year from first) * 12 + extract(month from first) + trunc(months) between 24 and 119988
        then (first::timestamp + make_interval(months => trunc(months)::int))::date end
$$;

create or replace function kernel_day_text(said date) returns text
language sql immutable parallel safe as $$
    select lpad(extract(year from said)::text, 4, '0') || '-' || lpad(extract(month from said)::text, 2, '0') || '-'
        || lpad(extract(day from said)::text, 2, '0')
$$;

create or replace function kernel_worked_number(said numeric, places int) returns numeric
language sql immutable parallel safe as $$
    select case when abs(said) < 1000000000000000000 then round(said, places) end
$$;
