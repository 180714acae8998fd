"""Django entry of the area."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "rapport.kernel"
    label = "kernel"
