"""What is due on a day is the same day for everybody.

It was kept as the midnight of who said so; from now on it is the same moment of that day (rapport/ui/days.py).
"""

from django.db import migrations

# Nobody changes anything: neither the log nor the search need to know.
SQL = """
    create function activities_whole_day(moment timestamptz, zone text) returns timestamptz language sql stable as $$
        select ((moment at time zone zone)::date::timestamp + interval '10 hours 1 microsecond') at time zone 'UTC'
    $$;

    create temporary table zone_of_user on commit drop as
        select u.id, z.name
        from accounts_user u left join accounts_company c on true
        join pg_timezone_names z on z.name = coalesce(nullif(u.time_zone, ''), c.time_zone);

    create temporary table whole on commit drop as
        with zones as (select name from zone_of_user union select time_zone from activities_series where hour is null),
        perhaps as (
            select id, due_at, owner_id, series_id from activities_activity a
            where due_at is not null and exists (
                select from zones z where (a.due_at at time zone z.name)::time = '00:00')
        ),
        said as (
            select p.id, p.due_at as was, coalesce(s.time_zone, z.name) as zone
            from perhaps p
            left join activities_series s on s.id = p.series_id and s.hour is null
            left join lateral (
                select c.actor_id from kernel_change c
                where c.record_id = p.id and c.part = '' and (c.act = 'create' or c.diff ? 'due_at')
                order by c.at desc, c.id desc limit 1) as planned on true
            left join zone_of_user z on z.id = coalesce(planned.actor_id, p.owner_id)
        )
        select id, was, activities_whole_day(was, zone) as now from said
        where zone is not null and (was at time zone zone)::time = '00:00';

    alter table activities_activity disable trigger user;
    update activities_activity a set due_at = w.now, at = case when a.done_at is null then w.now else a.at end
        from whole w where a.id = w.id;
    update activities_activity a set occurs_at = activities_whole_day(a.occurs_at, s.time_zone)
        from activities_series s where s.id = a.series_id and s.hour is null and a.occurs_at is not null;
    alter table activities_activity enable trigger user;

    update activities_series set filled_until = activities_whole_day(filled_until, time_zone)
        where hour is null and filled_until is not null;
    update activities_next_step n set due_at = w.now from whole w where n.activity_id = w.id;
    update activities_reminder r set due_at = w.now from whole w where r.activity_id = w.id and r.due_at = w.was;
    update kernel_timeline t set at = w.now from whole w
        where t.kind = 'activity' and t.item_id = w.id and t.at = w.was;

    drop function activities_whole_day(timestamptz, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_letters"),
        ("activities", "0007_tasks_without_a_day"),
        ("kernel", "0024_pins"),
    ]

    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
