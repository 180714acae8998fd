"""Lines of the log: JSON or logfmt for machines, plain for a terminal. None of them tells who our people are."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from rapport.runtime.observing import context, errors

Fact = str | int | float
LEVELS = MappingProxyType({"DEBUG": "debug", "INFO": "info", "WARNING": "warning", "ERROR": "error"})


class Discreet(logging.Filter):
    """Takes out of a line what libraries say of addresses, values of jobs and people."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite what others have written; never drop it."""
        if record.name.startswith("procrastinate") and isinstance(job := getattr(record, "job", None), dict):
            # Its own text holds the values of the job, which may be somebody's address.
            record.msg, record.args = f"job {job.get('id')} {job.get('task_name')}: {_action(record)}", ()
            record.exc_info = None  # what failed was told when it happened (jobs.py)
        elif record.name == "django.request" and hasattr(record, "request"):
            # Its own text holds the address, which may hold a secret or what somebody looked for.
            record.msg, record.args = f"answered {getattr(record, 'status_code', '')}", ()
        if isinstance(record.args, tuple):
            record.args = tuple(errors.told(v) if isinstance(v, BaseException) else v for v in record.args)
        return True


def _action(record: logging.LogRecord) -> str:
    return str(getattr(record, "action", "")).replace("_", " ")


def facts_of(record: logging.LogRecord) -> dict[str, Fact]:
    """Return what a line says, in the order in which it is said."""
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    facts: dict[str, Fact] = {
        "time": moment.replace("+00:00", "Z"), "level": LEVELS.get(record.levelname, record.levelname.lower()),
        "logger": record.name, "message": errors.without_addresses(record.getMessage()),
        "process": record.process or 0,
    }  # fmt: skip
    work = context.current()
    facts |= work.facts() if work else {}
    facts |= getattr(record, "facts", {})
    if record.exc_info and record.exc_info[1]:
        facts["error"] = errors.told(record.exc_info[1])
        facts["trace"] = errors.trace(record.exc_info[1])
    return facts


class Json(logging.Formatter):
    """One JSON object in a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(facts_of(record), ensure_ascii=False, default=str)


class Logfmt(logging.Formatter):
    """key=value, separated by blanks; what holds more than a word is quoted as in JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return " ".join(f"{name}={_word(value)}" for name, value in facts_of(record).items())


def _word(value: Fact) -> str:
    text = str(value)
    is_word = text and text.isprintable() and not any(sign in text for sign in ' ="\\')
    return text if is_word else json.dumps(text, ensure_ascii=False)


class Plain(logging.Formatter):
    """For people at a terminal: short, in local time, the way to an error below the line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        facts = facts_of(record)
        moment = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        said = f"{moment} {record.levelname[0]} {record.name}: {facts['message']}"
        rest = _rest(facts)
        way = f"\n{facts['trace']}" if "trace" in facts else ""
        return f"{said}{f' ({rest})' if rest else ''}{way}"


def _rest(facts: Mapping[str, Fact]) -> str:
    left_out = {"time", "level", "logger", "message", "process", "error", "trace"}
    return " ".join(f"{name}={_word(value)}" for name, value in facts.items() if name not in left_out)


class Line(logging.Formatter):
    """The format that the setting names; `auto` is plain on a terminal and JSON everywhere else."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        chosen = ("plain" if sys.stderr.isatty() else "json") if kind == "auto" else kind
        self.way: logging.Formatter = {"json": Json, "logfmt": Logfmt, "plain": Plain}[chosen]()

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return self.way.format(record)
