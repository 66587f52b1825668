"""Holds the program to the OpenAPI document that it serves, with schemathesis.

Starts the program with one tenant and a cluster that nobody answers for, so that runs are accepted
and no load is made; lets schemathesis make requests of every operation, valid and not, alone and in
sequences; and looks whether the program has lived through it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
START_SECONDS_MAX = 60.0
RUN_SECONDS_MAX = 600.0  # Ends a hanging run; one takes about a minute.
API_TOKEN, CALLBACK_TOKEN = "contract-api-token", "contract-callback-token"
SESSION_SECRET = "5f0c8a1e7b3d4962c1f7a08be94d2635"
CONFIGURATION = f"""\
server:
  host: 127.0.0.1
  port: 0
  rateLimit:
    requestsPerSecond: 100000
    stops: {{ requestsPerSecond: 100000 }}
    callbacks: {{ requestsPerSecond: 100000 }}
    anonymous: {{ requestsPerSecond: 100000 }}
storage: {{ path: "STORE", encryptionKey: "{SESSION_SECRET * 2}" }}
security:
  apiToken: {API_TOKEN}
  locustCallbackToken: {CALLBACK_TOKEN}
auth:
  jwtSecret: "{SESSION_SECRET}"
tenants:
  - id: red
    environments: [dev]
    targets: {{ allow: ["*", "127.0.0.0/8"] }}
locustClusters:
  - id: nobody
    baseUrl: "http://127.0.0.1:9"
    serves: [{{ tenantId: red, envId: dev }}]
"""


def start(program: Path, folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """The running service and its port."""
    configuration, log = folder / "config.yaml", folder / "log"
    configuration.write_text(CONFIGURATION.replace("STORE", str(folder / "store.db")))
    with log.open("wb") as output:
        service = subprocess.Popen(
            [program, "serve", "--config", configuration], stdout=output, stderr=output
        )
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end and service.poll() is None:
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.endswith("}")]
        ports = [line["port"] for line in lines if line["event"] == "listening"]
        if ports:
            return service, ports[0]
        time.sleep(0.05)
    service.kill()
    raise SystemExit(f"the service does not listen:\n{log.read_text()}")


def check(port: int, examples: int, seed: int) -> int:
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"http://127.0.0.1:{port}/openapi.json", "--checks", "all"),
        *("--max-examples", str(examples), "--seed", str(seed)),
        # Its warnings tell of bodies that are refused for what no schema says.
        *("--continue-on-failure", "--no-color", "--warnings", "off"),
    ]
    tokens = {"CONTRACT_API_TOKEN": API_TOKEN, "CONTRACT_CALLBACK_TOKEN": CALLBACK_TOKEN}
    environment = {**os.environ, **tokens, "PYTHONPATH": str(HERE)}
    with tempfile.TemporaryDirectory() as folder:  # For what it remembers of earlier runs.
        done = subprocess.run(command, cwd=folder, env=environment, timeout=RUN_SECONDS_MAX)
    return done.returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--program", type=Path, default=Path(".build/debug/swarmkeeper"))
    parser.add_argument("--examples", type=int, default=10, help="of each operation and phase")
    parser.add_argument("--seed", type=int, default=20261121)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        service, port = start(options.program.resolve(), folder)
        try:
            code = check(port, options.examples, options.seed)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
                assert answer.status == 200
            service.terminate()
            assert service.wait(timeout=30) == 0, "the service did not end well"
        finally:
            service.kill()
            service.wait()
        lines = [json.loads(line) for line in (folder / "log").read_text().splitlines()]
        errors = [line for line in lines if line["level"] == "error"]
        statuses = {line.get("status") for line in lines if line["event"] == "request"}
        print(f"{len(lines)} log lines, statuses {sorted(filter(None, statuses))}")
        assert not errors, errors[:10]
        assert {200, 201, 202, 204} <= statuses, "too little was taken to have shown anything"
        return code


if __name__ == "__main__":
    sys.exit(main())
