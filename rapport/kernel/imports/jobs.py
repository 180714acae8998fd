"""Importing in the background. Each job looks first at how far it has come, so it may run again at any time."""

import logging
from collections.abc import Callable
from datetime import timedelta

import psycopg
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from rapport.accounts.models import User
from rapport.kernel.changes.revert import revert
from rapport.kernel.imports import engine
from rapport.kernel.imports.models import Import, State
from rapport.kernel.imports.readers import UnreadableFile
from rapport.kernel.records import NotVisible, Refused, RuleError
from rapport.runtime.jobs import job

KEPT = timedelta(days=90)  # how long the file of an import stays
log = logging.getLogger(__name__)
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


@job()
def check_file(*, import_id: str) -> None:
    """The dry run over the whole file."""
    _work(import_id, State.CHECKING, engine.check)


@job()
def run_file(*, import_id: str) -> None:
    """Write the rows, batch by batch, behind those that are written already."""
    _work(import_id, State.RUNNING, engine.run)


def _work(import_id: str, state: State, work: Callable[[Import], None]) -> None:
    one = Import.objects.select_related("created_by", "change_set").filter(pk=import_id, state=state).first()
    if one is None:
        return None
    with engine.speaking(one.created_by):
        if one.created_by is None or not one.created_by.is_active:
            return _fail(one, state, gettext("The user who began this import is not here any more."))
        try:
            work(one)
        except AWAY:
            raise  # the job is tried again
        except FileNotFoundError:
            _fail(one, state, gettext("The file is not there any more. Choose it again."))
        except UnreadableFile as problem:
            _fail(one, state, str(problem))
        except RuleError as problem:
            _fail(one, state, problem.sentence)
        except Refused as problem:
            _fail(one, state, str(problem))
        except Exception:  # the border of a job: the import must not stay "running" for ever
            log.exception("import %s ended unexpectedly", one.pk)
            text = gettext(
                "Something went wrong; the administrator finds it in the log. What is in stays in."
            )
            _fail(one, state, text)


def _fail(one: Import, state: State, sentence: str) -> None:
    Import.objects.filter(pk=one.pk, state=state).update(
        state=State.FAILED, message=sentence, finished_at=timezone.now()
    )


@job()
def revert_import(*, import_id: str, by: str) -> None:
    """Take a whole import back: new records to the trash, changed values to what they were."""
    one = Import.objects.select_related("change_set").filter(pk=import_id, state=State.REVERTING).first()
    user = User.objects.filter(pk=by).first()
    if one is None or user is None or one.change_set is None:
        return
    with engine.speaking(user):
        try:
            result = revert(one.change_set, by=user)
        except RuleError as problem:  # somebody was faster
            one.message = problem.sentence
        except (NotVisible, Refused) as problem:
            Import.objects.filter(pk=one.pk).update(state=State.DONE, message=str(problem))
            return
        else:
            one.message = ngettext(
                "%(count)s record put back.", "%(count)s records put back.", result.records
            ) % {"count": f"{result.records:,}"}
            if result.kept_count:
                kept = ngettext(
                    "%(count)s value was changed since and is left as it is.",
                    "%(count)s values were changed since and are left as they are.",
                    result.kept_count,
                )
                one.message += " " + kept % {"count": f"{result.kept_count:,}"}
        one.state = State.REVERTED
        one.save(update_fields=["state", "message"])


@job(every="17 3 * * *")
def forget_old_files() -> None:
    """Files of imports are personal data: they go after a while, the history of imports stays."""
    for one in Import.objects.exclude(content="").filter(created_at__lt=timezone.now() - KEPT):
        one.content.delete(save=False)
        one.rows.all().delete()
        one.awaited.all().delete()
        one.alike.all().delete()
        one.mended.all().delete()
        one.facts = {**one.facts, "sample": []}
        one.checked = {**one.checked, "preview": [], "changes": []}
        one.save(update_fields=["content", "facts", "checked"])
