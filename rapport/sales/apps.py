"""Django entry of the area."""

from pathlib import Path

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SalesConfig(AppConfig):
    name = "rapport.sales"
    label = "sales"

    def ready(self) -> None:
        from rapport.accounts import settings_pages
        from rapport.accounts.setup.actions import when_set_up
        from rapport.kernel.changes import triggers
        from rapport.kernel.imports.extensions import add_extension
        from rapport.kernel.imports.programs import add_exports
        from rapport.kernel.merge.links import stays
        from rapport.sales import life_cycle
        from rapport.sales.deals import attention, blocks, board, columns, my_quarter, timeline
        from rapport.sales.deals.imports import DealExtension
        from rapport.sales.install import install, speak
        from rapport.sales.programs import EXPORTS
        from rapport.sales.takes_part import block
        from rapport.ui import navigation

        post_migrate.connect(install, sender=self, dispatch_uid="rapport.sales.install")
        when_set_up(speak)
        stays("sales.StageMove")
        add_exports(EXPORTS)
        add_extension("deals", DealExtension)
        triggers.add_sql("sales_deal", Path(__file__).parent / "sql" / "stage_moves.sql")
        for part in (board, timeline, blocks, block, columns, life_cycle, attention, my_quarter):
            part.register()
        settings_pages.add("data", "pipelines", _("Pipelines"), "route", "pipelines")
        navigation.add(
            "relations",
            "deals",
            "handshake",
            _("Deals"),
            board_address,
            30,
            go="d",
            phone=True,
            when=sees_deals,
        )
        navigation.add_create("deals", "handshake", _("New deal"), new_address, 30, when=makes_deals)


def board_address(request: HttpRequest) -> str:
    return reverse("board", args=["deals"])


def new_address(request: HttpRequest) -> str:
    return reverse("record_new", args=["deals"])


def sees_deals(request: HttpRequest) -> bool:
    return _has(request, "read")


def makes_deals(request: HttpRequest) -> bool:
    return _has(request, "create")


def _has(request: HttpRequest, act: str) -> bool:
    from rapport.accounts.models import User
    from rapport.kernel.permissions import policy

    return isinstance(request.user, User) and policy(request.user, "deals", act).reach != "none"
