"""The hooks inside real Locust processes: a master with two workers, and two standalone ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import (
    TOKEN,
    ControlPlane,
    Locust,
    Target,
    Web,
    assert_exact,
    call,
    eventually,
    free_port,
)


@dataclass
class World:
    """Everything is started at once, because starting Locust is most of the time spent here."""

    target: Target
    control: ControlPlane
    master: Web
    alone: Web  # Behind a base path, and with a control plane that does not exist.
    ramping: Web  # Started by itself, with a ramp that would take a quarter of an hour.
    headless: Locust
    logs: list[Path]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    logs = tmp_path_factory.mktemp("locust")
    target, control = Target(), ControlPlane()
    web, workers, alone = str(free_port()), str(free_port()), str(free_port())
    hooks = {
        "CONTROL_PLANE_URL": control.url,
        "CONTROL_PLANE_TOKEN": TOKEN,
        "TENANT_ID": "tenant-1",
        "ENV_ID": "dev",
        "METRICS_PUSH_INTERVAL": "0.5",
    }
    nowhere = f"http://127.0.0.1:{free_port()}"
    local = ("--web-host", "127.0.0.1", "--stop-timeout", "1")
    join = ("--worker", "--master-host", "127.0.0.1", "--master-port", workers)
    bind = ("--master-bind-host", "127.0.0.1", "--master-bind-port", workers)
    run_now = ("--headless", "-u", "2", "-r", "2", "-t", "2s", "--host", target.url, *local[2:])
    master = ("--master", "--web-port", web, *bind, *local)
    ramp, ramp_workers = str(free_port()), str(free_port())
    ramping = (
        *("--master", "--autostart", "-u", "1000", "-r", "1", "--expect-workers", "1"),
        *("--host", target.url, "--web-port", ramp, *local, *bind[:3], ramp_workers),
        *("--swarmkeeper-run-id", "ramping", "--swarmkeeper-stop-after", "3"),
    )
    nobody = {**hooks, "CONTROL_PLANE_URL": nowhere}
    standalone = ("--web-port", alone, "--web-base-path", "/load", *local)
    processes = [
        Locust(*master, log=logs / "master.log", environment=hooks),
        Locust(*join, log=logs / "worker-1.log"),
        Locust(*join, log=logs / "worker-2.log"),
        Locust(*standalone, log=logs / "alone.log", environment=nobody),
        Locust(*ramping, log=logs / "ramping.log", environment=hooks),
        Locust(*join[:-1], ramp_workers, log=logs / "ramping-worker.log"),
        Locust(*run_now, log=logs / "now.log", environment={**hooks, "RUN_ID": "env-run"}),
    ]
    world = World(
        target,
        control,
        Web(f"http://127.0.0.1:{web}", target),
        Web(f"http://127.0.0.1:{alone}/load", target),
        Web(f"http://127.0.0.1:{ramp}", target),
        processes[-1],
        [process.log for process in processes],
    )
    try:
        eventually(world.master.is_up, 30)
        eventually(world.alone.is_up, 30)
        yield world
    finally:
        codes = [process.end() for process in processes]
        target.close()
        control.close()
    for process, code in zip(processes, codes):
        process.assert_healthy(code)


@pytest.fixture
def run_id(world: World, request: pytest.FixtureRequest) -> Iterator[str]:
    world.master.wait_until_free()
    yield str(request.node.name)
    if world.master.identity()["state"] == "started":
        world.master.stop()


def test_a_run_is_reported_from_start_to_end_exactly(world: World, run_id: str) -> None:
    before = world.master.identity()
    world.master.swarm(run_id, stop_after="60", lease="30")
    identity = world.master.wait_for_state("started")
    assert identity["runId"] == identity["runIdNow"] == run_id
    assert identity["boot"] == before["boot"]
    assert identity["sequence"] == before["sequence"] + 1
    assert 0 < identity["deadlineInSeconds"] <= 60
    assert 0 < identity["leaseInSeconds"] <= 30
    eventually(lambda: sum(bool(m["endpoints"]) for m in world.control.messages(run_id)) > 3)
    world.master.stop()

    final = assert_exact(world.control, world.target, run_id)
    start = world.control.messages(run_id, "test-start")
    assert [m["totals"]["requests"] for m in start] == [0]
    assert start[0]["endpoints"] == start[0]["errors"] == []
    assert (final["tenantId"], final["envId"]) == ("tenant-1", "dev")
    assert (final["epoch"], final["state"], final["reason"]) == (before["boot"], "stopped", None)
    assert any(m["users"] == 4 for m in world.control.messages(run_id, "metrics"))
    (error,) = final["errors"]
    assert (error["method"], error["name"]) == ("GET", "/fail")
    assert error["occurrences"] == final["totals"]["failures"]
    assert error["firstSeen"].endswith("Z")
    assert world.control.tokens[run_id] == {f"Bearer {TOKEN}"}
    assert world.master.identity()["state"] == "stopped"


def test_a_run_reports_with_its_own_token_and_shows_it_to_nobody(world: World, run_id: str) -> None:
    token = "skrun_secret-of-" + run_id
    world.master.swarm(run_id, token=token)
    eventually(lambda: world.control.messages(run_id, "metrics"))
    world.master.swarm(run_id, users=6)  # A change of users has no token, and needs none.
    paths = ("/", "/logs", "/tasks", "/stats/requests", "/stats/report", "/swarmkeeper/run")
    shown = [str(call(world.master.url + path)) for path in paths]
    world.master.stop()
    world.control.final(run_id)
    assert world.control.tokens[run_id] == {f"Bearer {token}"}
    assert not [text for text in shown if token in text]
    assert token not in "".join(log.read_text(errors="replace") for log in world.logs)


def test_the_token_of_an_order_that_started_nothing_is_not_used(world: World, run_id: str) -> None:
    form = {"user_count": "many", "spawn_rate": 1, "swarmkeeper_run_id": "another"}
    answer = call(f"{world.master.url}/swarm", form, {"X-Swarmkeeper-Token": "of-another"})
    assert not answer["success"]
    world.master.swarm(run_id)
    eventually(lambda: world.control.messages(run_id))
    world.master.stop()
    world.control.final(run_id)
    assert world.control.tokens[run_id] == {f"Bearer {TOKEN}"}


def test_a_test_shorter_than_a_report_loses_nothing(world: World, run_id: str) -> None:
    world.master.swarm(run_id)
    eventually(lambda: world.target.count(run_id) > 20)
    world.master.stop()
    assert_exact(world.control, world.target, run_id)


def test_lost_answers_are_repeated_and_not_counted_twice(world: World, run_id: str) -> None:
    world.control.scripts[run_id] = ["drop", 503, 200, 200, 503, "drop"]
    world.master.swarm(run_id)
    eventually(lambda: not world.control.scripts[run_id])
    world.control.scripts[run_id] = ["drop", 503]
    world.master.stop()
    assert_exact(world.control, world.target, run_id)
    bodies: dict[int, list[bytes]] = {}
    for _, message, body in world.control.received(run_id):
        bodies.setdefault(message["sequence"], []).append(body)
    assert sum(len(b) > 1 for b in bodies.values()) >= 2
    assert all(len(set(b)) == 1 for b in bodies.values())


def test_a_refused_message_loses_no_counts(world: World, run_id: str) -> None:
    world.control.scripts[run_id] = [422, 401, 500, 404, 400]
    world.master.swarm(run_id)
    eventually(lambda: not world.control.scripts[run_id])
    world.master.stop()
    final = world.control.final(run_id)
    refused = world.control.received(run_id)
    taken = Counter[str]()
    for _, message, _ in refused[:1] + refused[-(final["sequence"] - 5) :]:
        taken.update(message["totals"]["histogram"])
    assert sum(taken.values()) == world.target.count(run_id)


def test_a_stop_right_after_the_start_keeps_the_workers(world: World, run_id: str) -> None:
    for attempt in range(3):
        world.master.swarm(f"{run_id}-{attempt}")
        eventually(lambda: world.master.identity()["state"] == "started")
        world.master.stop()
        world.control.final(f"{run_id}-{attempt}")
        world.master.wait_until_free()


def test_the_deadline_stops_the_test(world: World, run_id: str) -> None:
    world.master.swarm(run_id, stop_after="0.5")
    assert assert_exact(world.control, world.target, run_id)["reason"] == "deadline"
    assert world.master.identity()["deadlineInSeconds"] is None


def test_a_change_of_users_moves_the_deadline_and_nothing_else(world: World, run_id: str) -> None:
    world.master.swarm(run_id, stop_after="20")
    started = world.master.wait_for_state("started")
    world.master.swarm(run_id, users=6, stop_after="40.5")
    eventually(lambda: (world.master.identity()["deadlineInSeconds"] or 0) > 30)
    # Somebody else's swarm: it changes neither the run's identity nor its deadline.
    world.master.swarm("foreign", users=6, stop_after="0")
    identity = eventually(lambda: world.master.identity() if changed(world, "foreign") else None)
    assert (identity["runId"], identity["sequence"]) == (run_id, started["sequence"])
    world.master.swarm(run_id, users=6, stop_after="0.1")
    final = world.control.final(run_id)
    assert (final["reason"], final["runId"]) == ("deadline", run_id)
    assert world.control.received("foreign") == []


def changed(world: World, run_id: str) -> bool:
    return bool(world.master.identity()["runIdNow"] == run_id)


def test_the_lease_is_renewed_by_asking_and_ends_with_silence(world: World, run_id: str) -> None:
    def left() -> float:
        return float(world.master.identity()["leaseInSeconds"])

    world.master.swarm(run_id, lease="30")
    world.master.wait_for_state("started")
    world.master.wait_for_requests(1)
    before = eventually(lambda: left() if left() < 29 else None)
    assert world.master.identity("another run")["leaseInSeconds"] <= before
    world.master.identity(run_id)
    assert left() > before
    world.master.swarm(run_id, lease="0.5")
    assert world.control.final(run_id)["reason"] == "lease"


def test_answers_renew_the_lease(world: World, run_id: str) -> None:
    world.control.answers[run_id] = {"leaseSeconds": 25}
    world.master.swarm(run_id, lease="5")
    eventually(lambda: (world.master.identity()["leaseInSeconds"] or 0) > 20)


@pytest.mark.parametrize("how", ["409", "stop"])
def test_the_control_plane_can_end_the_test(world: World, run_id: str, how: str) -> None:
    if how == "stop":
        world.control.answers[run_id] = {"stop": True}
    else:
        world.control.scripts[run_id] = [409, 409, 409]
    world.master.swarm(run_id)
    assert world.control.final(run_id)["reason"] == "controlPlane"
    assert world.master.identity()["state"] == "stopped"


def test_a_statistics_reset_takes_nothing_back(world: World, run_id: str) -> None:
    world.master.swarm(run_id)
    world.master.wait_for_requests(20)
    call(f"{world.master.url}/stats/reset", {})
    assert world.master.identity()["requests"] >= 20
    count = world.target.count(run_id)
    world.master.wait_for_requests(count + 20)
    world.master.stop()
    assert_exact(world.control, world.target, run_id)


def test_a_test_started_by_hand_belongs_to_no_run(world: World, run_id: str) -> None:
    world.master.swarm(run_id, stop_after="30")
    world.master.wait_for_requests(1)
    world.master.stop()
    world.control.final(run_id)
    world.master.wait_until_free()
    arrived = len(world.control.received(run_id))
    sequence = world.master.identity()["sequence"]
    call(f"{world.master.url}/swarm", {"user_count": 1, "spawn_rate": 1})
    identity = eventually(
        lambda: i if (i := world.master.identity())["sequence"] > sequence else None
    )
    assert (identity["runId"], identity["deadlineInSeconds"]) == ("", None)
    world.master.wait_for_requests(1)
    assert len(world.control.received(run_id)) == arrived


def test_without_a_control_plane_the_limits_still_hold(world: World) -> None:
    world.alone.swarm("alone", stop_after="1", lease="30")
    identity = world.alone.wait_for_state("started")
    assert (identity["runId"], identity["workers"]) == ("alone", 1)
    assert world.alone.wait_for_state("stopped")["users"] == 0
    world.alone.swarm("leased", lease="0.5")
    eventually(lambda: world.alone.identity()["runId"] == "leased")
    assert world.alone.wait_for_state("stopped")["runId"] == "leased"


def test_a_headless_run_reports_its_end_before_it_exits(world: World) -> None:
    assert world.headless.process.wait(timeout=20) in (0, 1)
    (start,) = world.control.messages("env-run", "test-start")
    (final,) = world.control.messages("env-run", "test-stop")
    assert (start["sequence"], final["workers"], final["reason"]) == (1, 1, None)
    assert final["totals"]["requests"] > 0


def test_a_stop_also_ends_a_ramp_that_nobody_can_reach(world: World) -> None:
    final = world.control.final("ramping")
    assert final["reason"] == "deadline"
    # Without the hooks the ramp goes on, a user each second, while the state is at stopped.
    eventually(lambda: world.ramping.identity()["startedSecondsAgo"] > 10)
    identity = world.ramping.identity()
    assert (identity["runnerState"], identity["users"]) == ("stopped", 0)
