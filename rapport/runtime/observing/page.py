"""/metrics: the figures in the format of Prometheus, for who is on this machine or has the token."""

import ipaddress
import logging
from collections.abc import Iterable
from secrets import compare_digest

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from rapport.runtime.observing import measures, state  # noqa: F401 - state: its figures are found by themselves
from rapport.runtime.observing.shared import AllProcesses
from rapport.runtime.version import VERSION

logger = logging.getLogger(__name__)
BY_PROXIES = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


def may_ask(request: HttpRequest) -> bool:
    """Whoever has the token; while none is set, whoever asks from this machine and through no proxy."""
    token: str = settings.METRICS_TOKEN
    if token:
        scheme, _blank, given = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode())
    if any(name in request.headers for name in BY_PROXIES):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class State(Collector):
    """For Prometheus: the state as it is."""

    def describe(self) -> Iterable[Metric]:
        """Nothing is read before somebody asks."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Yield all figures; without database only that it is away."""
        yield _info()
        families: dict[str, GaugeMetricFamily] = {}
        is_up = True
        for reader in measures.readers():
            try:
                for one in reader():
                    fresh = GaugeMetricFamily(one.name, one.help, labels=list(one.labels))
                    families.setdefault(one.name, fresh).add_metric(list(one.labels.values()), one.value)
            except (OperationalError, InterfaceError):
                connection.close()
                is_up = False
                break
            except DatabaseError as error:
                # E.g. a migration is missing; the other figures are wanted all the same.
                logger.warning("figures cannot be read: %s", error)
        yield GaugeMetricFamily("rapport_database_up", "Whether the database answers.", value=int(is_up))
        yield from families.values()


def _info() -> Metric:
    info = GaugeMetricFamily("rapport_info", "The version that runs.", labels=["version"])
    info.add_metric([VERSION], 1)
    return info


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures."""
    if not may_ask(request):
        raise Http404
    registry = CollectorRegistry()
    registry.register(AllProcesses())
    registry.register(State())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
