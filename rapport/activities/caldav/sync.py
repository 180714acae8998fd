"""Keeping a calendar and our activities in step: what changed there comes here, what changed here goes there.

Each entry is compared with what was last the same on both sides: their tag, our digest. So nothing goes in circles, and
a run that is cut off is gone on with by the next: every entry is settled by itself, and the server's token is kept only
when all that it stands for is here. Where both sides have changed the same the newer one wins, and the user is told
what the other said; what only one of them has changed is kept from each.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.accounts.models import Company, User
from rapport.activities.caldav.both import joined
from rapport.activities.caldav.client import Dav, DavProblem
from rapport.activities.caldav.sides import Mine, mine_of, mine_of_series, ours, text_for
from rapport.activities.ics.applying import apply_series, create, series_of, update
from rapport.activities.ics.reading import Facts, read_file
from rapport.activities.ics.uids import activities_of
from rapport.activities.models import Activity, CalendarAccount, CalendarItem
from rapport.activities.recurring.deeds import ALL, remove
from rapport.kernel.changes.models import Cause
from rapport.kernel.changes.sets import change_set
from rapport.kernel.notifications import Kind as NotificationKind
from rapport.kernel.notifications import Mail, add_kind, notify
from rapport.kernel.records import Conflict, NotVisible, Refused, RuleError, delete_record
from rapport.ui import formats

KEY = "calendar_conflict"
LONG_AGO = timedelta(days=31)


def register() -> None:
    add_kind(
        NotificationKind(
            KEY,
            gettext_lazy("Your calendar and Rapport disagreed"),
            gettext_lazy("%(record)s was changed in your calendar and here; the newer one was kept."),
            "calendar-sync",
            True,
            Mail.NEVER,
            60,
        )
    )


@dataclass
class Done:
    """What a run has done."""

    taken: int = 0  # from there
    sent: int = 0  # to there
    deleted_here: int = 0
    deleted_there: int = 0
    conflicts: int = 0


def sync(account: CalendarAccount) -> Done:
    """One run; DavProblem where the server does not answer as it should."""
    user, company = account.user, Company.current()
    with (
        translation.override(user.language or company.language),
        timezone.override(user.time_zone or company.time_zone),
    ):
        run = _Run(account)
        run.pull()
        run.push()
        return run.done


class _Run:
    """One run over one account."""

    def __init__(self, account: CalendarAccount) -> None:
        self.account, self.user, self.done = account, account.user, Done()
        self.dav = Dav(account.url, account.username, account.password)

    @property
    def items(self) -> dict[str, CalendarItem]:
        return {one.href: one for one in self.account.items.all()}

    # -- from there
    def pull(self) -> None:
        account = self.account
        news = self.dav.news(account.calendar, account.token)
        items = self.items
        gone = set(news.gone) | ({one for one in items if one not in news.changed} if news.is_all else set())
        for place in sorted(gone & set(items)):
            self._gone(items[place])
        wanted = [
            one for one, tag in news.changed.items() if one not in items or items[one].etag != tag or not tag
        ]
        for place, (tag, text) in self.dav.read(account.calendar, wanted).items():
            if place not in items or items[place].etag != tag or items[place].raw != text:
                self._take(items.get(place), place, tag, text)
        account.token = news.token
        CalendarAccount.objects.filter(pk=account.pk).update(token=news.token)

    def _gone(self, item: CalendarItem) -> None:
        """Deleted over there: here, too, unless it was changed here since."""
        mine = self._mine(item)
        with transaction.atomic():
            if mine is not None and mine.digest != item.digest and not item.is_left:
                item.delete()  # it is sent again as something new
                return
            if mine is not None and not item.is_left:
                self._delete(item)
            item.delete()

    def _delete(self, item: CalendarItem) -> None:
        try:
            with change_set(by=self.user, cause=Cause.JOB, label=lambda: _("Deleted in your calendar")):
                if item.is_series:
                    series = series_of(item.uid, self.user)
                    rows = Activity.objects.visible_to(self.user).filter(series=series, done_at=None)
                    if series is not None and (first := rows.order_by("occurs_at").first()) is not None:
                        remove(first, ALL, by=self.user)
                elif item.activity is not None:
                    delete_record(item.activity, by=self.user)
            self.done.deleted_here += 1
        except (RuleError, Refused, NotVisible):
            return  # he may not delete it here; it is only no longer in his calendar

    def _take(self, item: CalendarItem | None, place: str, tag: str, text: str) -> None:
        """Something is new or changed over there."""
        try:
            facts = next(iter(read_file(text.encode())), None)
        except RuleError:
            facts = None
        mine = self._mine(item) if item is not None else None
        item = item or CalendarItem(account=self.account, href=place)
        before, item.raw = item.raw, text
        item.etag, item.uid = tag, facts.uid if facts else item.uid
        if facts is None or not _is_wanted(facts, text):
            item.is_left = True
            item.save()
            return
        item.is_left = False
        changed_here = mine if mine is not None and item.digest and mine.digest != item.digest else None
        both = joined(before, changed_here, facts) if changed_here is not None else None
        if changed_here is not None and both is None:
            self.done.conflicts += 1
            if _is_older(facts, changed_here.changed_at):
                item.digest = ""  # ours is the newer one: it is sent
                item.save()
                self._tell(item, _sentence(facts), changed_here)
                return
            self._tell(item, _sentence_of(changed_here), changed_here)
        try:
            with transaction.atomic():
                self._apply(item, both or facts)
                if both is not None:
                    item.digest = ""  # it is sent with what was changed here
                    item.save()
        except (RuleError, Refused, NotVisible, Conflict):
            item.is_left = True
            item.save()

    def _apply(self, item: CalendarItem, facts: Facts) -> None:
        subject = facts.subject[:150]
        with change_set(
            by=self.user, cause=Cause.JOB, label=lambda: _("From your calendar: %(what)s") % {"what": subject}
        ):
            if facts.rule:
                apply_series(facts, self.user)
                series = series_of(facts.uid, self.user)
                item.is_series, item.activity = True, None
                mine = mine_of_series(series, self.user) if series is not None else None
            else:
                activity = self._single(item, facts)
                item.is_series, item.activity = False, activity
                mine = mine_of(activity, self.user)
            self.done.taken += 1
            item.digest = mine.digest if mine is not None else ""
            item.save()

    def _single(self, item: CalendarItem, facts: Facts) -> Activity:
        key = item.activity_id or activities_of([facts.uid], self.user).get(facts.uid)
        rows = Activity.objects.visible_to(self.user)
        activity = rows.filter(pk=key).first() if key else None
        if activity is None:
            return create(facts, self.user)
        update(activity, facts, self.user)
        found: Activity = rows.get(pk=activity.pk)
        return found

    def _tell(self, item: CalendarItem, other: str, mine: Mine) -> None:
        """Tell the user what the side that lost has said."""
        series = series_of(item.uid, self.user) if item.is_series else None
        rows = Activity.objects.visible_to(self.user)
        found = rows.filter(series=series).first() if series else rows.filter(pk=mine.activity_id).first()
        key = f"{item.href}:{item.etag}"[:200]
        notify(
            [self.user], KEY, record=found, text=_("The other one said: %(said)s") % {"said": other}, key=key
        )

    # -- to there
    def push(self) -> None:
        by_uid = {one.uid: one for one in self.account.items.all()}
        seen = set()
        for mine in ours(self.user):
            seen.add(mine.uid)
            item = by_uid.get(mine.uid)
            if item is None or (item.digest != mine.digest and not item.is_left):
                self._send(mine, item)
        for uid, item in by_uid.items():
            if uid in seen or item.is_left:
                continue
            there = self._mine(item)
            if there is None:
                self._delete_there(item)
            elif there.digest != item.digest:  # of old ones only what was changed here
                self._send(there, item)

    def _send(self, mine: Mine, item: CalendarItem | None) -> None:
        if item is None:
            name = f"{quote(mine.uid, safe='@-')[:200]}.ics"
            item = CalendarItem(
                account=self.account, href=self.account.calendar.rstrip("/") + f"/{name}", uid=mine.uid
            )
        data = text_for(mine, item)
        tag = self.dav.write(item.href, data, item.etag)
        if tag is None:
            return  # it has changed over there meanwhile: the next run sees both
        item.etag, item.raw, item.digest = tag, data.decode(), mine.digest
        item.activity_id, item.is_series = mine.activity_id, mine.is_series
        CalendarItem.objects.update_or_create(
            account=self.account,
            href=item.href,
            defaults={
                name: getattr(item, name)
                for name in ("etag", "raw", "digest", "activity_id", "is_series", "uid")
            },
        )
        self.done.sent += 1

    def _delete_there(self, item: CalendarItem) -> None:
        if self.dav.delete(item.href, item.etag):
            item.delete()
            self.done.deleted_there += 1

    def _mine(self, item: CalendarItem) -> Mine | None:
        """Our side of an entry; None where it is no longer there, or no longer his."""
        if item.is_series:
            series = series_of(item.uid, self.user)
            return mine_of_series(series, self.user) if series is not None else None
        rows = Activity.objects.visible_to(self.user).filter(pk=item.activity_id, due_at__isnull=False)
        activity = rows.filter(series=None).first() if item.activity_id else None
        return mine_of(activity, self.user) if activity is not None else None


def _is_wanted(facts: Facts, text: str) -> bool:
    """What is private stays private; what was over long ago, and rules that we cannot keep, stay there."""
    if facts.problem or "\nCLASS:PRIVATE" in text or "\nCLASS:CONFIDENTIAL" in text:
        return False
    return bool(facts.rule) or facts.at is None or facts.at > timezone.now() - LONG_AGO


def _is_older(facts: Facts, mine: datetime) -> bool:
    """Was it changed over there before it was changed here? Who says no time has changed it just now."""
    return facts.modified is not None and facts.modified < mine.replace(microsecond=0)


def _sentence(facts: Facts) -> str:
    when = formats.format_stamp(facts.at) if facts.at else ""
    return ", ".join(filter(None, (facts.subject, when, facts.place)))


def _sentence_of(mine: Mine) -> str:
    begin = mine.events[0].decoded("dtstart")
    said = formats.format_stamp(begin) if isinstance(begin, datetime) else formats.format_date(begin)
    subject, place = (str(mine.events[0].get(name, "")) for name in ("summary", "location"))
    return ", ".join(filter(None, (subject, said, place)))


def connect(
    user: User, url: str, username: str, password: str
) -> tuple[CalendarAccount, list[tuple[str, str]]]:
    """Look whether the server lets him in; the account (not kept yet) and [(address, name)] of his calendars."""
    account = CalendarAccount(user=user, url=url, username=username, password=password)
    found = Dav(url, username, password).calendars()
    if not found:
        raise DavProblem(_("There is no calendar at this address."))
    return account, [(one.address, one.name) for one in found]
