"""What every record type keeps about its forms: table in groups, board, calendar, columns of related records."""

import json
import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rapport.kernel.fields import Context
from rapport.kernel.lists.arranged import date_fields, lane_fields
from rapport.kernel.lists.page import bys
from rapport.kernel.lists.related import related_columns
from rapport.kernel.lists.state import ListState
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.kernel.testing.make import make_user


class ArrangedContract:
    """Inherited by RecordContract."""

    kind: Any  # Any: a property of RecordContract
    make: Any

    def test_it_has_a_board_by_each_choice_and_link(self, client: Client) -> None:
        by = make_user(role="administrator")
        name = add_custom_field(self.kind, "choice", by=by).name
        record = self.make(owner=by, **{name: "red"})
        client.force_login(by)
        place = reverse("board", args=[self.kind.key])
        for key in lane_fields(self.kind):
            page = client.get(f"{place}?by={key}")
            assert page.status_code == 200, key
            assert str(record.pk) in page.content.decode(), key
        said = json.dumps({"stage": "blue", "version": record.version})
        address = reverse("board_move", args=[self.kind.key, record.pk]) + f"?by={name}"
        assert client.post(address, said, content_type="application/json").status_code == 200
        record.refresh_from_db()
        assert self.kind.fields[name].read(record) == "blue"

    def test_it_has_a_calendar_by_each_date(self, client: Client) -> None:
        by, today = make_user(role="administrator"), timezone.localdate()
        name = add_custom_field(self.kind, "date", by=by).name
        record = self.make(owner=by, **{name: today})
        client.force_login(by)
        place = reverse("calendar", args=[self.kind.key])
        for key in date_fields(self.kind):
            for span in ("month", "week"):
                assert client.get(f"{place}?by={key}&span={span}").status_code == 200, key
        assert str(record.pk) in client.get(f"{place}?by={name}").content.decode()
        tomorrow = today + timedelta(days=1)
        address = reverse("calendar_move", args=[self.kind.key, record.pk]) + f"?by={name}"
        said = json.dumps({"day": tomorrow.isoformat()})
        assert client.post(address, said, content_type="application/json").status_code == 200
        record.refresh_from_db()
        assert self.kind.fields[name].read(record) == tomorrow

    def test_its_table_stands_in_groups_by_all_that_is_offered(self, client: Client) -> None:
        by = make_user(role="administrator")
        self.make(owner=by)
        client.force_login(by)
        place = reverse("list", args=[self.kind.key])
        for key, _label, _href in bys(ListState(self.kind, Context(user=by))):
            page = client.get(f"{place}?by={key}").content.decode()
            assert len(re.findall(r'<tr class="grp">', page)) >= bool(key), key
            assert page.count("data-row=") >= 1, key

    def test_its_lists_and_files_have_columns_of_related_records(self, client: Client) -> None:
        by = make_user(role="administrator")
        self.make(owner=by)
        client.force_login(by)
        place = reverse("list", args=[self.kind.key])
        columns = related_columns(self.kind, Context(user=by))
        assert any(":" in one.key for one in columns)
        for several in (columns[:10], columns[-10:]):
            page = client.get(place, {"columns": ",".join(one.key for one in several)}).content.decode()
            assert all(one.label.replace("&", "&amp;") in page for one in several)
        chosen = ",".join(one.key for one in columns[:10])
        file = client.get(f"{place}export/file/", {"format": "csv", "columns": chosen})
        assert columns[0].label in b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # streamed
