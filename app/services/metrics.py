"""What the server counts, in the Prometheus text format.

Where several processes share a port, each writes what it counts into files of one folder, which the
environment names in ``PROMETHEUS_MULTIPROC_DIR`` before this is imported; whichever is asked adds them up.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

__all__ = ["FOLDER_VARIABLE", "METRICS_TYPE", "Metrics"]

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

METRICS_TYPE = CONTENT_TYPE_PLAIN_0_0_4

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


class Metrics:
    """Counters of one application, apart from those of any other in the same process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "convscope_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "convscope_request_seconds",
            "Time from a request's arrival to the last byte of its answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self.traces = Counter("convscope_traces", "Forward passes computed.", registry=self._registry)
        self.uploads = Counter("convscope_uploads", "Images accepted.", registry=self._registry)
        self.busy = Counter(
            "convscope_busy", "Jobs refused because the queue was full.", registry=self._registry
        )
        self._watched: list[tuple[Gauge, Callable[[], float]]] = []

    @property
    def shared(self) -> bool:
        """Whether other processes' counts are added."""
        return FOLDER_VARIABLE in os.environ

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; unheard-of methods share one label."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def watch(self, name: str, what: str, read: Callable[[], float]) -> None:
        """Expose ``convscope_<name>``, read whenever someone asks, or ``refresh`` is called."""
        gauge = Gauge(f"convscope_{name}", what, registry=self._registry, multiprocess_mode="livesum")
        self._watched.append((gauge, read))

    def refresh(self) -> None:
        """Read what is watched; the other processes are told by it."""
        for gauge, read in self._watched:
            gauge.set(read())

    def exposition(self) -> bytes:
        """Everything, as text."""
        self.refresh()
        registry = self._registry
        if self.shared:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
