"""Load ends although the master is dead, hangs, or is out of reach: real masters and workers."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import ControlPlane, Locust, Target, Web, assert_exact, eventually, free_port

LATE_SECONDS = 5.0  # After deadline or lease, nothing may arrive at the target.
STOP_SECONDS = 1  # Without which a request on its way at the end is in nobody's numbers.
HELD = "stopping the users of run"


class Cluster:
    """A master that can be killed, paused and replaced, and workers that may join later."""

    def __init__(self, name: str, logs: Path, target: Target, control: ControlPlane) -> None:
        self.name, self.logs, self.target, self.control = name, logs, target, control
        self.port, self.workers_port = str(free_port()), str(free_port())
        self.web = Web(f"http://127.0.0.1:{self.port}", target)
        self.masters: list[Locust] = []
        self.workers: list[Locust] = []
        self.start_master()
        for _ in range(2):
            self.start_worker()

    @property
    def master(self) -> Locust:
        return self.masters[-1]

    def start_master(self) -> None:
        bind = ("--master-bind-host", "127.0.0.1", "--master-bind-port", self.workers_port)
        web = ("--web-host", "127.0.0.1", "--web-port", self.port)
        log = self.logs / f"{self.name}-master-{len(self.masters)}.log"
        hooks = {"CONTROL_PLANE_URL": self.control.url, "METRICS_PUSH_INTERVAL": "0.5"}
        options = ("--master", "--enable-rebalancing", "--stop-timeout", str(STOP_SECONDS))
        self.masters.append(Locust(*options, *bind, *web, log=log, environment=hooks))

    def start_worker(self) -> Locust:
        join = ("--worker", "--master-host", "127.0.0.1", "--master-port", self.workers_port)
        log = self.logs / f"{self.name}-worker-{len(self.workers)}.log"
        self.workers.append(Locust(*join, log=log))
        return self.workers[-1]

    def wait_for_guards(self, count: int) -> None:
        eventually(lambda: self.web.is_up() and self.web.identity()["workersGuarded"] == count, 30)

    def end(self) -> None:
        for master in self.masters:
            master.signal(signal.SIGCONT)
        for process in self.masters + self.workers:
            code = process.end()
            process.assert_healthy(0 if code == -signal.SIGKILL else code)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Target, ControlPlane]]:
    target, control = Target(), ControlPlane()
    yield target, control
    target.close()
    control.close()


@pytest.fixture(scope="module")
def clusters(
    servers: tuple[Target, ControlPlane], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Cluster]]:
    """Both at once, because starting them is a good part of the time spent here."""
    logs = tmp_path_factory.mktemp("guard")
    clusters = {name: Cluster(name, logs, *servers) for name in ("killed", "paused")}
    yield clusters
    for cluster in clusters.values():
        cluster.end()


def test_workers_of_a_killed_master_stop_at_the_lease(clusters: dict[str, Cluster]) -> None:
    cluster = clusters["killed"]
    target, web = cluster.target, cluster.web
    cluster.wait_for_guards(2)
    web.swarm("killed", stop_after="600", lease="4")
    eventually(lambda: web.identity("killed")["requests"] >= 50)  # Asking renews the lease.
    killed = time.monotonic()
    cluster.master.signal(signal.SIGKILL)
    after = target.last_request("killed") - killed
    assert 1 < after < 4 + LATE_SECONDS
    assert all(HELD in worker.text() for worker in cluster.workers)

    # What they still have to report belongs to no test of the next master.
    orphans = 2
    cluster.start_master()
    cluster.start_worker()
    cluster.wait_for_guards(1)
    eventually(lambda: cluster.master.text().count("unrecognized worker") > orphans)
    identity = web.identity()
    assert (identity["requests"], identity["users"], identity["workers"]) == (0, 0, 1)
    web.swarm("after-killed", stop_after="600", lease="30")
    eventually(lambda: target.count("after-killed") > 50)
    web.stop()
    assert_exact(cluster.control, target, "after-killed")


def test_workers_of_a_paused_master_stop_at_the_deadline(clusters: dict[str, Cluster]) -> None:
    cluster = clusters["paused"]
    target, web = cluster.target, cluster.web
    cluster.wait_for_guards(2)
    web.swarm("paused", users=6, stop_after="600", lease="60")
    web.wait_for_requests(20)
    web.swarm("paused", users=6, stop_after="20", lease="60")
    ordered = time.monotonic()
    cluster.start_worker()  # Which gets no twenty seconds of its own.
    cluster.wait_for_guards(3)
    eventually(lambda: sum(w["user_count"] > 0 for w in web.workers()) == 3)
    cluster.master.signal(signal.SIGSTOP)
    try:
        after = target.last_request("paused") - ordered
        assert 20 < after < 20 + LATE_SECONDS
        assert all(HELD in worker.text() for worker in cluster.workers)
    finally:
        cluster.master.signal(signal.SIGCONT)

    # It comes back, and finds nothing lost, nothing doubled, and workers that are ready.
    assert assert_exact(cluster.control, target, "paused")["reason"] == "deadline"
    web.wait_until_free(workers=3)
    web.swarm("after-paused", stop_after="600", lease="30")
    eventually(lambda: target.count("after-paused") > 50)
    web.stop()
    assert_exact(cluster.control, target, "after-paused")


def test_a_lease_ends_the_test_of_a_master_that_was_paused(clusters: dict[str, Cluster]) -> None:
    cluster = clusters["paused"]
    target, web = cluster.target, cluster.web
    web.wait_until_free(workers=3)
    web.swarm("leased", stop_after="600", lease="3")
    eventually(lambda: web.identity("leased")["runId"] and target.count("leased") > 20)
    paused = time.monotonic()
    cluster.master.signal(signal.SIGSTOP)
    try:
        assert target.last_request("leased") - paused < 3 + LATE_SECONDS
    finally:
        cluster.master.signal(signal.SIGCONT)
    web.identity("leased")  # Too late: what has run out is not renewed.
    assert assert_exact(cluster.control, target, "leased")["reason"] == "lease"
    web.wait_until_free(workers=3)
