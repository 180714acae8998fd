"""The lowest floor: processes, database, jobs, files."""

from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    name = "rapport.runtime"
    label = "runtime"
