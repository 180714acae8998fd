-- The records of a type that have one of these keys, read from the index of keys: the planner takes every key for a
-- frequent one, and would walk through the whole table for a rare one.
create or replace function kernel_like_fingerprints(which text, wanted_type text, wanted bigint[], most int)
returns table (record_id uuid, facts jsonb) language plpgsql stable rows 50 set enable_seqscan = off as $$
begin
    if which = 'loose' then
        return query select f.record_id, f.facts from kernel_fingerprint f
            where f.loose && wanted and f.type = wanted_type limit most;
    else
        return query select f.record_id, f.facts from kernel_fingerprint f
            where f.keys && wanted and f.type = wanted_type limit most;
    end if;
end $$;

-- All pairs of records that have one of the keys of these records.
create or replace function kernel_pairs_of(ids uuid[]) returns table (first uuid, second uuid)
language sql stable set enable_seqscan = off as $$
    select distinct least(a.record_id, b.record_id), greatest(a.record_id, b.record_id)
    from kernel_fingerprint a
    cross join lateral unnest(a.keys) as k (key)
    join kernel_fingerprint b on b.keys @> array[k.key] and b.record_id <> a.record_id and b.type = a.type
    where a.record_id = any(ids) and not exists (select from kernel_frequent_key q where q.key = k.key)
$$;

-- Which of many rows (their places, each repeated for each of its keys) shares a key with which record.
create or replace function kernel_like_many(wanted_type text, places int[], wanted bigint[])
returns table (place int, record_id uuid) language sql stable set enable_seqscan = off as $$
    select distinct w.place, f.record_id
    from unnest(places, wanted) as w (place, key)
    join kernel_fingerprint f on f.keys @> array[w.key] and f.type = wanted_type
    where not exists (select from kernel_frequent_key q where q.key = w.key)
$$;
