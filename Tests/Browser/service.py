"""The program itself, as these tests run it: with a native cluster and a target to shoot at."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("SWARMKEEPER_PROGRAM", ROOT / ".build/debug/swarmkeeper"))
START_SECONDS_MAX = 60.0
TOKENS = {
    role: f"browser-token-of-{role}-0001"
    for role in ("administrator", "viewer", "operator", "editor", "admin", "visitor")
}
PASSWORD = "correct horse battery"
CONFIGURATION = f"""\
server:
  host: 127.0.0.1
  port: 0
  rateLimit: {{ requestsPerSecond: 10000, anonymous: {{ requestsPerSecond: 10000 }} }}
storage: {{ path: "FOLDER/store.db", encryptionKey: "{"a5" * 32}" }}
security:
  apiToken: {TOKENS["administrator"]}
  locustCallbackToken: browser-callback-token-0001
auth:
  jwtSecret: "5f0c8a1e7b3d4962c1f7a08be94d2635"
tenants:
  - id: red
    name: "Red"
    environments: [dev, {{ id: prod, protected: true }}]
    targets: {{ allow: ["*", "127.0.0.0/8"] }}
    tokens:
      - {{ name: "viewer", role: viewer, token: {TOKENS["viewer"]} }}
      - {{ name: "operator", role: operator, token: {TOKENS["operator"]} }}
      - {{ name: "editor", role: editor, token: {TOKENS["editor"]} }}
      - {{ name: "admin", role: admin, token: {TOKENS["admin"]} }}
  - id: empty
    name: "Nothing here yet"
    environments: [dev]
    tokens:
      - {{ name: "visitor", role: editor, token: {TOKENS["visitor"]} }}
locustClusters:
  - id: engines
    type: native
    maxConcurrentRuns: 8
    serves: [{{ tenantId: red, envId: dev }}, {{ tenantId: red, envId: prod }}]
  - id: gone
    baseUrl: "http://127.0.0.1:9"
    serves: [{{ tenantId: red, envId: dev }}]
"""


class Client:
    """The REST API, for what a test needs to be there and for what it compares the page with."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base, token

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        request = urllib.request.Request(
            self.base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def want(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = self.ask(method, path, body)
        assert status < 300, f"{method} {path}: {status} {answer}"
        return answer


class Service:
    """Both processes, up until `stop`."""

    def __init__(self, folder: Path) -> None:
        assert PROGRAM.exists(), f"{PROGRAM} is not built"
        self.folder, self._processes = folder, []
        (folder / "config.yaml").write_text(CONFIGURATION.replace("FOLDER", str(folder)))
        try:
            self.target = self._start_target()
            self.base = self._start_service()
        except BaseException:
            self.stop()
            raise
        self.api = Client(self.base, TOKENS["administrator"])
        for name, role in (("anna", "editor"), ("otto", "viewer")):
            user = {"name": name, "role": role, "tenantId": "red", "password": PASSWORD}
            self.api.want("POST", "/v1/users", user)

    def define(self, name: str, **changes: Any) -> dict[str, Any]:
        """A load test whose users ask the target a few times a second each."""
        body = {
            "name": name,
            "tenantId": "red",
            "envId": "dev",
            "targetUrl": self.target,
            "locustClusterId": "engines",
            "defaultUsers": 4,
            "defaultSpawnRate": 100,
            "defaultDurationSeconds": 60,
            "scenario": {
                "load": {"thinkTime": "100ms"},
                "steps": [{"name": "home", "path": "/"}, {"name": "cart", "path": "/cart"}],
            },
            **changes,
        }
        return self.api.want("POST", "/v1/load-tests", body)

    def start(self, test: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return self.api.want("POST", f"/v1/load-tests/{test['id']}/runs", changes)

    def run(self, run_id: str) -> dict[str, Any]:
        return self.api.want("GET", f"/v1/runs/{run_id}")

    def until(self, run_id: str, *states: str, seconds: float = 40.0) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            run = self.run(run_id)
            if run["state"] in states:
                return run
            time.sleep(0.1)
        raise AssertionError(f"run {run_id} is {run['state']}, not {states}")

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start_target(self) -> str:
        process = self._spawn("target", "--port", "0", "--latency-ms", "5")
        return self._wait(process, "target", lambda text: text.split()[-1] if text else None)

    def _start_service(self) -> str:
        process = self._spawn("serve", "--config", str(self.folder / "config.yaml"))

        def address(text: str) -> str | None:
            lines = [json.loads(line) for line in text.splitlines() if line.endswith("}")]
            ports = [line["port"] for line in lines if line["event"] == "listening"]
            return f"http://127.0.0.1:{ports[0]}" if ports else None

        return self._wait(process, "serve", address)

    def _spawn(self, command: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{command}.log").open("wb") as log:
            process = subprocess.Popen([PROGRAM, command, *arguments], stdout=log, stderr=log)
        self._processes.append(process)
        return process

    def _wait(self, process: subprocess.Popen[bytes], command: str, read: Any) -> str:
        log = self.folder / f"{command}.log"
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end and process.poll() is None:
            found = read(log.read_text())
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{command} does not listen:\n{log.read_text()}")
