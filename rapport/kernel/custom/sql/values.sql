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
