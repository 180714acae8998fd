"""The sample company: something to look at before one's own data is in."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "rapport.demo"
    label = "demo"
