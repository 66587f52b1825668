"""Receives webhooks, as somebody would who has read nothing but the Standard Webhooks text.

Prints its port, and then a line of JSON for each request. `PUT /secret` tells it the signing
secret, `PUT /answers` what the next requests are answered, such as `500,hang,200`; the last one
stays. `hang` answers nothing until the sender goes away. With `--certificate` and `--key` it is all
by TLS.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

AGE_SECONDS_MAX = 300
LOCK = threading.Lock()
STATE: dict[str, list[str] | str] = {"answers": ["200"], "secret": ""}


def is_signed(headers: dict[str, str], body: bytes) -> bool:
    secret = str(STATE["secret"])
    if not secret.startswith("whsec_"):
        return False
    message = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
    code = hmac.new(base64.b64decode(secret[len("whsec_") :]), message, hashlib.sha256)
    wanted = "v1," + base64.b64encode(code.digest()).decode()
    age = abs(time.time() - int(headers.get("webhook-timestamp", "0")))
    given = headers.get("webhook-signature", "").split(" ")
    return age < AGE_SECONDS_MAX and any(hmac.compare_digest(wanted, one) for one in given)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def read_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def do_PUT(self) -> None:
        text = self.read_body().decode()
        with LOCK:
            if self.path == "/answers":
                STATE["answers"] = text.split(",")
            else:
                STATE["secret"] = text
        self.answer(204)

    def do_POST(self) -> None:
        body = self.read_body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        with LOCK:
            answers = list(STATE["answers"])
            if len(answers) > 1:
                STATE["answers"] = answers[1:]
            line = {
                "path": self.path,
                "id": headers.get("webhook-id"),
                "isSigned": is_signed(headers, body),
                "body": json.loads(body),
                "answer": answers[0],
            }
            print(json.dumps(line), flush=True)
        if answers[0] == "hang":
            self.connection.settimeout(60)
            with contextlib.suppress(OSError):
                self.connection.recv(1)
            self.close_connection = True
            return
        self.answer(int(answers[0]))

    def answer(self, status: int) -> None:
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        body = b"" if status == 204 else b"answered"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate, options.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
