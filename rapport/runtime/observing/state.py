"""Figures of the state as it is: jobs, database, replication. Read when somebody asks, in a few statements."""

from collections.abc import Iterable

from django.conf import settings
from django.db import connection

from rapport.runtime import replica
from rapport.runtime.observing.measures import Figure, measured_by

WORKER_SILENT_AFTER = 30
QUEUE = """
select task_name, status::text, count(*) from procrastinate_jobs
where status in ('todo', 'doing', 'failed') group by 1, 2
"""
OLDEST = """
select coalesce(extract(epoch from now() - min(coalesce(j.scheduled_at, queued.at))), 0)::float8
from procrastinate_jobs j left join lateral (
    select min(e.at) as at from procrastinate_events e where e.job_id = j.id and e.type = 'deferred'
) queued on true where j.status = 'todo' and coalesce(j.scheduled_at, now()) <= now()
"""
REPLICAS = """
select coalesce(application_name, ''), coalesce(client_addr::text, 'local'),
    coalesce(extract(epoch from replay_lag), 0)::float8,
    coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::float8
from pg_stat_replication
"""


@measured_by
def jobs() -> Iterable[Figure]:
    """The queue."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE)
        rows = cursor.fetchall()
        cursor.execute(OLDEST)
        oldest = cursor.fetchone()[0]
        cursor.execute(
            "select count(*) from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %s)",
            [WORKER_SILENT_AFTER],
        )
        workers = cursor.fetchone()[0]
    for task, status, count in rows:
        yield Figure(
            "rapport_jobs", "Jobs by task and status (todo, doing, failed).", count,
            {"task": task, "status": status},
        )  # fmt: skip
    yield Figure(
        "rapport_oldest_job_seconds", "How long the oldest job that is due has waited.", max(oldest, 0.0)
    )
    yield Figure("rapport_workers", "Workers that have shown themselves lately.", workers)


@measured_by
def database() -> Iterable[Figure]:
    """Size, connections, and how far replicas are behind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_database_size(current_database()), (select count(*) from pg_stat_activity"
            " where datname = current_database()), pg_is_in_recovery()"
        )
        size, connections, is_replica = cursor.fetchone()
        replicas = []
        if not is_replica:
            cursor.execute(REPLICAS)
            replicas = cursor.fetchall()
    yield Figure("rapport_database_bytes", "Size of the database.", size)
    yield Figure("rapport_database_connections", "Connections to the database, of all machines.", connections)
    for name, address, seconds, behind in replicas:
        labels = {"replica": name, "address": address}
        yield Figure("rapport_replica_lag_seconds", "How long ago is what a replica shows.", seconds, labels)
        yield Figure("rapport_replica_lag_bytes", "How much a replica has not replayed yet.", behind, labels)


@measured_by
def the_replica() -> Iterable[Figure]:
    """Whether long reading can be done on the replica that is set."""
    if settings.REPLICA is None:
        return
    seen = replica.look()
    yield Figure(
        "rapport_replica_usable", "Whether long reading is done on the replica.", int(not seen.problem)
    )
    yield Figure("rapport_replica_behind_bytes", "How much it had not replayed in time.", seen.bytes_behind)
