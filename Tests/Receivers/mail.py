"""A mail server for tests, of nothing but Python's own library: STARTTLS or TLS from the first
byte, AUTH PLAIN and LOGIN, and recipients that it refuses: `refused` for good, `later` at their
first time, `never` each time, `full` for want of room.

Prints its port, and then a line of JSON for each message that it has taken.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import email
import email.policy
import json
import ssl
from dataclasses import dataclass, field

OPTIONS = argparse.Namespace()
KNOWN: set[str] = set()


@dataclass
class Session:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    is_secure: bool
    user: str | None = None
    sender: str | None = None
    recipients: list[str] = field(default_factory=list)

    async def say(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self.writer.drain()

    async def line(self) -> str:
        return (await self.reader.readuntil(b"\r\n")).decode().rstrip("\r\n")

    async def hello(self) -> None:
        lines = ["mail.test greets you", "SIZE 1000000"]
        if OPTIONS.tls == "starttls" and not self.is_secure:
            lines.append("STARTTLS")
        if OPTIONS.user and (self.is_secure or OPTIONS.tls == "none"):
            lines.append(f"AUTH {OPTIONS.mechanisms}")
        ends = ["-"] * (len(lines) - 1) + [" "]
        await self.say(*(f"250{end}{line}" for end, line in zip(ends, lines, strict=True)))

    async def secure(self, context: ssl.SSLContext) -> None:
        await self.say("220 go on", *(["250 injected"] if OPTIONS.injects else []))
        await self.writer.start_tls(context)
        self.is_secure = True

    async def authenticate(self, words: list[str]) -> None:
        if words[1].upper() == "PLAIN":
            said = words[2]
            _, user, password = base64.b64decode(said).decode().split("\0")
        else:
            await self.say("334 " + base64.b64encode(b"Username:").decode())
            user = base64.b64decode(await self.line()).decode()
            await self.say("334 " + base64.b64encode(b"Password:").decode())
            said = await self.line()
            password = base64.b64decode(said).decode()
        if [user, password] == [OPTIONS.user, OPTIONS.password]:
            self.user = user
            await self.say("235 welcome")
        elif OPTIONS.quotes:
            await self.say(f"500 what is {said}")
        else:
            await self.say(f"535 wrong password {password}")

    async def recipient(self, line: str) -> None:
        address = line[len("RCPT TO:<") :].rstrip(">")
        if address.startswith("refused"):
            await self.say("550 no such mailbox")
            return
        if address.startswith("full"):
            await self.say("452 no room")
            return
        if address.startswith("never") or (address.startswith("later") and address not in KNOWN):
            KNOWN.add(address)
            await self.say("451 come again")
            return
        self.recipients.append(address)
        await self.say("250 ok")

    async def data(self) -> None:
        await self.say("354 go on")
        raw = await self.reader.readuntil(b"\r\n.\r\n")
        message = email.message_from_bytes(raw[:-3], policy=email.policy.default)
        line = {
            "sender": self.sender,
            "recipients": self.recipients,
            "user": self.user,
            "isSecure": self.is_secure,
            "headers": {name: str(value) for name, value in message.items()},
            "text": message.get_content(),
            "lengthMax": max(len(one) for one in raw.split(b"\r\n")),
        }
        print(json.dumps(line), flush=True)
        await self.say("250 taken")

    async def serve(self, context: ssl.SSLContext | None) -> None:
        if OPTIONS.hangs:
            await self.reader.read()
            return
        await self.say("220 mail.test")
        while True:
            line = await self.line()
            words = line.split(" ")
            command = words[0].upper()
            if command == "EHLO":
                await self.hello()
            elif command == "STARTTLS" and context:
                await self.secure(context)
            elif command == "AUTH":
                await self.authenticate(words)
            elif command == "MAIL":
                if OPTIONS.user and not self.user:
                    await self.say("530 log in first")
                    continue
                self.sender = line[len("MAIL FROM:<") :].rstrip(">")
                await self.say("250 ok")
            elif command == "RCPT":
                await self.recipient(line)
            elif command == "DATA":
                await self.data()
            elif command == "QUIT":
                await self.say("221 bye")
                return
            else:
                await self.say("500 what?")


async def main() -> None:
    context = None
    if OPTIONS.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(OPTIONS.certificate, OPTIONS.key)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Session(reader, writer, OPTIONS.tls == "implicit").serve(context)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(
        handle, "127.0.0.1", 0, ssl=context if OPTIONS.tls == "implicit" else None
    )
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tls", choices=["starttls", "implicit", "none"], default="starttls")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--mechanisms", default="PLAIN LOGIN")
    parser.add_argument("--injects", action="store_true")
    parser.add_argument("--hangs", action="store_true")
    parser.add_argument("--quotes", action="store_true")
    parser.parse_args(namespace=OPTIONS)
    asyncio.run(main())
