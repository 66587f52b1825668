"""Shows the whole path once on this machine: ``make run``.

Starts a target, a Locust master with two workers and the control plane, has the control plane run
a load test on them and a second one on its own engine, and prints what the control plane's REST
API tells. Everything that was started ends with Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS_MAX = 60.0  # A cold start of Locust on a busy machine takes some ten seconds.
PROGRESS_SECONDS = 2.0
END_SECONDS_MAX = 30.0  # From a run's deadline to its last numbers.


class DemoError(Exception):
    """Something a person at the terminal can act on."""


class Processes:
    """What this demonstration started, to be ended in the opposite order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            # In a session of its own, so that Ctrl-C reaches this script alone and the order of
            # ending is ours: service first, generators last.
            process = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.running.append((name, process))

    def check(self) -> None:
        for name, process in self.running:
            if process.poll() is not None:
                log = (self.folder / f"{name}.log").read_text(errors="replace")
                raise DemoError(f"{name} ended with {process.returncode}:\n{log[-2000:]}")

    def end(self) -> None:
        for name, process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                say(f"{name} does not end; killing it")
                process.kill()
                process.wait()
        self.running = []


class Client:
    """The control plane's REST API, as much of it as is shown here."""

    def __init__(self, base: str, token: str) -> None:
        self.base = base
        self.token = token

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                answer: dict[str, Any] = json.load(response)
                return answer
        except urllib.error.HTTPError as error:
            raise DemoError(f"{method} {path}: {error.read().decode(errors='replace')}") from error


def say(text: str) -> None:
    print(text, flush=True)


def port_or_any_free(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            number: int = probe.getsockname()[1]
            return number
    raise DemoError("no free port")


def wait_until(what: str, processes: Processes, is_ready: Any) -> None:
    end = time.monotonic() + READY_SECONDS_MAX
    while time.monotonic() < end:
        processes.check()
        try:
            if is_ready():
                return
        except (OSError, ValueError, DemoError):
            pass  # Not up yet.
        time.sleep(0.2)
    raise DemoError(f"{what} is not ready after {READY_SECONDS_MAX:.0f} s")


def start_all(processes: Processes, options: argparse.Namespace) -> tuple[Client, str]:
    port = port_or_any_free(options.port)
    if options.port not in (0, port):
        raise DemoError(f"port {options.port} is in use; make run PORT=8081 takes another")
    target, web, zmq = (port_or_any_free(number) for number in (8099, 8089, 5557))
    service = f"http://127.0.0.1:{port}"
    environment = {
        "SWARMKEEPER_API_TOKEN": secrets.token_hex(24),
        "SWARMKEEPER_CALLBACK_TOKEN": secrets.token_hex(24),
        "TENANT_1_CI_TOKEN": secrets.token_hex(24),
        "TENANT_1_TEAM_TOKEN": secrets.token_hex(24),
        "SWARMKEEPER_STORAGE_PATH": str(processes.folder / "swarmkeeper.db"),
        "SWARMKEEPER_LOCUST_URL": f"http://127.0.0.1:{web}",
    }
    say(f"starting the control plane on {service}")
    command = [options.binary, "serve", "--config", "config/swarmkeeper.yaml", "--port", str(port)]
    processes.start("service", command, environment)
    client = Client(service, environment["SWARMKEEPER_API_TOKEN"])
    wait_until("the control plane", processes, lambda: client.call("GET", "/ready"))

    say(f"starting a target on http://127.0.0.1:{target}")
    command = [options.binary, "target", "--port", str(target), "--latency-ms", "5"]
    processes.start("target", [*command, "--failure-share", "0.01"], {})
    say(f"starting a Locust master on http://127.0.0.1:{web} with two workers")
    hooks = {
        "CONTROL_PLANE_URL": service,
        "CONTROL_PLANE_TOKEN": environment["SWARMKEEPER_CALLBACK_TOKEN"],
        "METRICS_PUSH_INTERVAL": "2",
    }
    locust = [sys.executable, "-m", "locust", "-f", "locust/locustfile.py"]
    bind = ["--web-host", "127.0.0.1", "--web-port", str(web), "--master-bind-host", "127.0.0.1"]
    # Without it a stop kills requests on their way, which the target has counted and Locust not.
    command = [*locust, "--master", *bind, "--master-bind-port", str(zmq), "--stop-timeout", "2"]
    processes.start("locust-master", command, hooks)
    for number in (1, 2):
        command = [*locust, "--worker", "--master-host", "127.0.0.1", "--master-port", str(zmq)]
        processes.start(f"locust-worker-{number}", command, hooks)
    wait_until("the Locust cluster", processes, lambda: cluster(client)["workers"] == 2)
    return client, f"http://127.0.0.1:{target}"


def cluster(client: Client) -> dict[str, Any]:
    clusters: list[dict[str, Any]] = client.call("GET", "/v1/clusters")["items"]
    return clusters[0]


def locust_test(target: str, seconds: int) -> dict[str, Any]:
    return {
        "name": "Checkout smoke",
        "tenantId": "tenant-1",
        "envId": "dev",
        "locustClusterId": "local-dev",
        "targetUrl": target,
        "defaultUsers": 20,
        "defaultSpawnRate": 10,
        "defaultDurationSeconds": seconds,
        "tags": ["demo"],
    }


def native_test(target: str, seconds: int) -> dict[str, Any]:
    """The service's own engine: no Python, and two hundred arrivals a second whatever comes."""
    steps = [
        {"name": "/cart", "method": "POST", "path": "/cart", "json": {"item": "{{uuid}}"}},
        {"name": "/checkout", "path": "/checkout?user={{randomInt 1 500}}"},
    ]
    return {
        "name": "Checkout by arrivals",
        "tenantId": "tenant-1",
        "envId": "dev",
        "locustClusterId": "local-native",
        "targetUrl": target,
        "scenario": {"load": {"rate": "100/s"}, "steps": steps},
        "defaultUsers": 50,
        "defaultDurationSeconds": max(2, seconds // 3),
        "tags": ["demo"],
    }


def run_load_test(client: Client, definition: dict[str, Any], processes: Processes) -> str:
    test = client.call("POST", "/v1/load-tests", definition)
    say(f"\nPOST /v1/load-tests            -> load test {test['id']}")
    run = client.call("POST", f"/v1/load-tests/{test['id']}/runs", {})
    say(f"POST /v1/load-tests/{{id}}/runs  -> run {run['id']}\n")
    say(f"{'state':<10}{'users':>6}{'req/s':>9}{'requests':>10}{'failed':>8}{'p95 ms':>8}")
    seconds = definition["defaultDurationSeconds"]
    end = time.monotonic() + seconds + READY_SECONDS_MAX + END_SECONDS_MAX
    run_id: str = run["id"]
    while run["state"] not in ("Finished", "Failed"):
        if time.monotonic() > end:
            raise DemoError(f"run {run_id} does not end; it is {run['state']}")
        time.sleep(PROGRESS_SECONDS)
        processes.check()
        run = client.call("GET", f"/v1/runs/{run_id}")
        say(progress(run))
    say(f"\n{run['state']}: {run['endReason']}, {run['endDetail']}")
    if run["state"] == "Failed":
        raise DemoError("the run failed")
    return run_id


def progress(run: dict[str, Any]) -> str:
    numbers = run["lastMetrics"]
    if numbers is None:
        return f"{run['state']:<10}"
    return (
        f"{run['state']:<10}{numbers['currentUsers']:>6}{numbers['totalRps']:>9.1f}"
        f"{numbers['totalRequests']:>10}{numbers['totalFailures']:>8}"
        f"{number(numbers['p95ResponseMs']):>8}"
    )


def print_summary(client: Client, run_id: str) -> int:
    """Prints what a run came to, and returns how many requests were measured."""
    summary = client.call("GET", f"/v1/runs/{run_id}/summary")
    say(f"\n{'endpoint':<24}{'requests':>9}{'failed':>8}{'req/s':>8}{'avg':>7}{'p95':>7}{'p99':>7}")
    for row in [*summary["endpoints"], summary["totals"]]:
        name = "all" if row["name"] is None else f"{row['method']} {row['name']}"
        say(
            f"{name:<24}{row['requests']:>9}{row['failures']:>8}{row['rps']:>8.1f}"
            f"{number(row['avgResponseMs']):>7}{number(row['p95ResponseMs']):>7}"
            f"{number(row['p99ResponseMs']):>7}"
        )
    for error in summary["errors"]:
        say(f"  {error['occurrences']} x {error['method']} {error['name']}: {error['message']}")
    measured: int = summary["totals"]["requests"]
    return measured


def check_count(measured: int, target: str) -> None:
    with urllib.request.urlopen(f"{target}/_target/statistics", timeout=10) as response:
        counted = json.load(response)["requests"]
    say(f"\nboth runs measured {measured} requests, the target itself counted {counted}")
    if counted != measured:
        raise DemoError(f"{measured} requests were measured, the target counted {counted}")


def number(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def print_hints(client: Client, run_id: str, target: str, folder: Path) -> None:
    say(f"""
The control plane goes on. In a browser, {client.base} is its dashboard: log in with the token
below. In another terminal:

  export API={client.base} TARGET={target} TOKEN={client.token}
  curl -H "Authorization: Bearer $TOKEN" $API/v1/runs/{run_id}
  curl -H "Authorization: Bearer $TOKEN" "$API/v1/runs/{run_id}/metrics?resolution=5s"
  curl $API/openapi.json

Logs and history are in {folder.relative_to(ROOT)}/. Ctrl-C ends everything.""")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--binary", default=".build/release/swarmkeeper", help="the program")
    parser.add_argument("--port", type=int, default=8080, help="of the control plane; 0: any")
    parser.add_argument("--seconds", type=int, default=30, help="duration of the run")
    parser.add_argument("--folder", default=".demo", help="for logs and history")
    parser.add_argument("--once", action="store_true", help="end after the summary")
    options = parser.parse_args()
    folder = (ROOT / options.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    processes = Processes(folder)
    for number in (signal.SIGINT, signal.SIGTERM):
        # Also where the parent ignores them, as a shell does for what it starts with `&`.
        signal.signal(number, signal.default_int_handler)
    try:
        client, target = start_all(processes, options)
        measured = 0
        run_id = ""
        for definition in (locust_test, native_test):
            run_id = run_load_test(client, definition(target, options.seconds), processes)
            measured += print_summary(client, run_id)
        check_count(measured, target)
        if not options.once:
            print_hints(client, run_id, target, folder)
            while True:
                processes.check()
                time.sleep(0.5)
    except DemoError as error:
        say(f"\n{error}\n\nlogs: {folder}")
        return 1
    except KeyboardInterrupt:
        say("\nstopping")
    finally:
        # A second Ctrl-C must not leave anything behind.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        processes.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
