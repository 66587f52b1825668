"""Who receives webhooks: a server on this machine that keeps what it is sent."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.request
from typing import Any

from service import ROOT


class Receiver:
    """A process of its own, up until `stop`."""

    def __init__(self) -> None:
        program = ROOT / "Tests/Receivers/hooks.py"
        self._process = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE)
        self.url = f"http://127.0.0.1:{json.loads(self._process.stdout.readline())['port']}"
        # Of each request its path, `webhook-id`, body, answer, and whether its signature is right.
        self.received: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def tell(self, what: str, text: str) -> None:
        """Sets the `secret` that it checks by, or the `answers` that it gives next."""
        request = urllib.request.Request(f"{self.url}/{what}", text.encode(), method="PUT")
        urllib.request.urlopen(request, timeout=30).close()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        for line in self._process.stdout:
            self.received.append(json.loads(line))
