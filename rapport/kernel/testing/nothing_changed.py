"""For tests with strangers: what stands in the tables, and all that an answer says."""

from typing import Any

from django.db import connection

OF_RECORDS = ("kernel", "parties", "sales", "activities")  # areas
# Who was here and how often he tried: written for everybody who asks.
OF_VISITS = ("accounts_session", "accounts_attempt", "accounts_signinentry")


def checksum(*areas: str) -> dict[str, str]:
    """What stands in each table, or in those of some areas ("kernel", "sales"); not in those that note visits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
            " and not relispartition and relname <> all(%s) order by 1",
            [list(OF_VISITS)],
        )
        tables = [name for (name,) in cursor.fetchall() if not areas or name.split("_")[0] in areas]
        each = (
            f"select '{name}', md5(string_agg(t::text, ',' order by t::text)) from \"{name}\" t"  # noqa: S608
            for name in tables
        )
        cursor.execute(" union all ".join(each))
        return dict(cursor.fetchall())


def written() -> dict[str, int]:
    """How many rows of each table this transaction has written so far, also where it took that back; not visits.

    Says of hundreds of requests in a millisecond, without reading the tables, that none of them did anything.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)"
            " + pg_stat_get_xact_tuples_deleted(oid) from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> all(%s)",
            [list(OF_VISITS)],
        )
        return dict(cursor.fetchall())


def said(answer: Any) -> str:
    """The body and the headers, without the id that each answer has of its own and the marks of what was typed."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    body = content.decode("utf-8", "replace").replace("<mark>", "").replace("</mark>", "")
    return body + str(headers)
