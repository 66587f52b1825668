"""What the end-to-end tests run against: a target, a control plane, and Locust processes."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

TESTS = Path(__file__).resolve().parent
SIMPLE = TESTS / "locustfiles" / "simple.py"
TOKEN = "callback-token"
PYTHON = os.environ.get("LOCUST_PYTHON", sys.executable)  # To try another version of Locust.
QUIET_SECONDS = 2.0  # Without a request, by which the load is taken to be over.
Value = TypeVar("Value")


def eventually(what: Callable[[], Value | None], seconds: float = 15.0) -> Value:
    """The first truthy value; an end-to-end test waits for events, never for a fixed time."""
    limit = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > limit:
            raise AssertionError(f"not within {seconds} s; last value: {value!r}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A threaded HTTP server whose subclasses answer in `handle`."""

    def __init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.handle(self, body)

            do_GET = do_POST = answer

            def log_message(self, *_: Any) -> None:
                pass

        self.lock = threading.Lock()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


def respond(request: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


class Target(Server):
    """Counts what arrives, per run; answers 500 on /fail."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.last: dict[str, float] = {}  # When each run's newest request arrived.
        super().__init__()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        with self.lock:
            run_id = request.headers.get("X-Run-Id", "")
            self.counts[run_id, request.path] += 1
            self.last[run_id] = time.monotonic()
        respond(request, 500 if request.path == "/fail" else 200, b"ok")

    def count(self, run_id: str, path: str | None = None) -> int:
        with self.lock:
            counted = self.counts.items()
            return sum(n for (run, p), n in counted if run == run_id and path in (None, p))

    def silence(self, run_id: str) -> float:
        """Seconds since the run's newest request."""
        with self.lock:
            return time.monotonic() - self.last[run_id]

    def last_request(self, run_id: str) -> float:
        """When it came, once there is no more: a user waits for 50 ms between two."""
        eventually(lambda: self.silence(run_id) > QUIET_SECONDS, 60)
        return self.last[run_id]


class ControlPlane(Server):
    """Records callbacks and answers as each run's script says; an empty script means 200."""

    def __init__(self) -> None:
        self.arrived: dict[str, list[tuple[str, dict[str, Any], bytes]]] = defaultdict(list)
        self.scripts: dict[str, list[Any]] = defaultdict(list)
        self.answers: dict[str, dict[str, Any]] = defaultdict(dict)
        self.tokens: dict[str, set[str]] = defaultdict(set)
        super().__init__()

    def handle(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        message = json.loads(body)
        run_id, kind = message["runId"], request.path.removeprefix("/v1/callbacks/")
        with self.lock:
            self.tokens[run_id].add(request.headers.get("Authorization", ""))
            known = {m["sequence"] for _, m, _ in self.arrived[run_id]}
            self.arrived[run_id].append((kind, message, body))
            script = self.scripts[run_id]
            # test-start always gets its plain answer, so that scripts begin with the numbers.
            order = script.pop(0) if script and kind != "test-start" else 200
        if order == "drop":
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        answer = {"runId": run_id, "leaseSeconds": 0, "stop": False}
        answer |= {"duplicate": message["sequence"] in known, **self.answers[run_id]}
        headers = {"Retry_After": "0"} if order == 503 else {}
        respond(request, order, json.dumps(answer).encode(), **headers)

    def received(self, run_id: str) -> list[tuple[str, dict[str, Any], bytes]]:
        """All that arrived for a run, repetitions included."""
        with self.lock:
            return list(self.arrived[run_id])

    def messages(self, run_id: str, kind: str | None = None) -> list[dict[str, Any]]:
        """Each message once, as a control plane would count them."""
        once = {m["sequence"]: (k, m) for k, m, _ in self.received(run_id)}
        return [m for _, (k, m) in sorted(once.items()) if kind in (None, k)]

    def final(self, run_id: str) -> dict[str, Any]:
        return eventually(lambda: self.messages(run_id, "test-stop"))[0]


def assert_exact(control: ControlPlane, target: Target, run_id: str) -> dict[str, Any]:
    """Deltas, totals and the target's own count agree; each message counted once."""
    final = control.final(run_id)
    messages = control.messages(run_id)
    assert [m["sequence"] for m in messages] == list(range(1, len(messages) + 1))
    requests = [m["totals"]["requests"] for m in messages]
    assert requests == sorted(requests)
    deltas: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for message in messages:
        deltas.update(message["totals"]["histogram"])
        for row in message["endpoints"]:
            rows.update({row["name"]: sum(row["histogram"].values())})
    assert sum(deltas.values()) == final["totals"]["requests"] == target.count(run_id) > 0
    assert rows == {p: target.count(run_id, p) for p in ("/ok", "/fail")}
    assert final["totals"]["failures"] == target.count(run_id, "/fail")
    return final


def call(
    url: str, form: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> Any:
    data = None if form is None else urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(url, data=data, headers=dict(headers or {}))
    with urllib.request.urlopen(request, timeout=70) as response:
        text = response.read().decode()
    return json.loads(text) if text.startswith("{") else text


class Locust:
    """One Locust process; its log is kept to be judged at the end."""

    def __init__(
        self,
        *arguments: str,
        log: Path,
        environment: Mapping[str, str] | None = None,
        locustfile: Path = SIMPLE,
    ) -> None:
        self.log = log
        names = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")
        inherited = {name: os.environ[name] for name in names if name in os.environ}
        paths = {"PYTHONPATH": str(TESTS.parent)}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [PYTHON, "-m", "locust", "-f", str(locustfile), *arguments],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**inherited, **paths, **(environment or {})},
            )

    def end(self) -> int:
        """Asks the process to exit; a worker may be gone already, with its master."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def assert_healthy(self, code: int) -> None:
        """Locust exits with 2 after an exception in a listener or greenlet, 1 for failures."""
        problems = re.findall(r".*(?:Traceback|Uncaught|unexpected error).*", self.text())
        assert (code in (0, 1), problems) == (True, []), self.text()


class Web:
    """The web interface of a master or of a standalone Locust."""

    def __init__(self, url: str, target: Target) -> None:
        self.url, self.target = url, target

    def swarm(self, run_id: str, users: int = 4, token: str = "", **fields: Any) -> None:
        names = ("run_id", "stop_after", "lease", "scenario_id", "callback_url")
        custom = {f"swarmkeeper_{name}": fields.get(name, "") for name in names}
        custom["swarmkeeper_run_id"] = run_id
        form = {"user_count": users, "spawn_rate": 50, "host": self.target.url, **custom}
        headers = {"X-Swarmkeeper-Token": token} if token else {}
        assert call(f"{self.url}/swarm", form, headers)["success"]

    def identity(self, run_id: str = "") -> dict[str, Any]:
        identity = call(f"{self.url}/swarmkeeper/run", headers={"X-Swarmkeeper-Run": run_id})
        assert isinstance(identity, dict)
        return identity

    def is_up(self) -> bool:
        try:
            return bool(self.identity())
        except (OSError, urllib.error.URLError):
            return False

    def workers(self) -> list[dict[str, Any]]:
        workers = call(f"{self.url}/stats/requests")["workers"]
        assert isinstance(workers, list)
        return workers

    def stop(self) -> None:
        try:
            call(f"{self.url}/stop", {})
        except urllib.error.HTTPError as error:
            assert error.code in (405, 500)  # Up to 2.46, this is a GET.
            call(f"{self.url}/stop")

    def wait_for_state(self, state: str) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            identity = self.identity()
            return identity if identity["state"] == state else None

        return eventually(reached)

    def wait_for_requests(self, count: int) -> None:
        eventually(lambda: self.identity()["requests"] >= count)

    def wait_until_free(self, workers: int = 2) -> None:
        """The next test needs all workers, and none that is still busy with its stop."""

        def is_free() -> bool:
            identity = self.identity()
            idle = identity["runnerState"] in ("ready", "stopped")
            return idle and bool(identity["workers"] == workers)

        eventually(is_free)
