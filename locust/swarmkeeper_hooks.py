"""Lets a Swarmkeeper control plane own the tests of a Locust cluster.

Enable it with one line in any locustfile, on the master and on all workers:

    import swarmkeeper_hooks  # noqa: F401

The control plane sends the ``--swarmkeeper-*`` arguments as form fields of ``POST /swarm``
(``swarmkeeper_run_id`` and so on). The master, or a standalone Locust, then tells it about start,
numbers and end of the test, serves ``GET /swarmkeeper/run``, and stops the test by itself when the
time is over or when the control plane was silent for longer than the lease.

A worker does not depend on that: it stops its users by itself a moment after the master should have
stopped them, and when it has not heard from the master for longer than the lease. So the load ends
although the master was killed, hangs or is cut off. All times are monotonic: setting a clock moves
no deadline, and machines need not agree on the time.

A report proves itself by the token of its run, which the control plane sends in a header of
``POST /swarm``: it is no argument, so neither the web interface nor the workers get to see it.

Environment: CONTROL_PLANE_URL, CONTROL_PLANE_TOKEN (for a run without a token), TENANT_ID, ENV_ID,
RUN_ID (where no argument gives one) and METRICS_PUSH_INTERVAL (seconds, at least 0.5, default 10).
Where CONTROL_PLANE_URL is set, callbacks go to that origin only: a form field must not be able to
lead the token elsewhere.

Works with Locust 2.20 to 2.47. Everything runs in greenlets of its own and nothing raises into
Locust, which would end the process with exit code 2.
"""

from __future__ import annotations

import functools
import http.client
import json
import logging
import math
import os
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent
from locust import events
from locust.exception import RPCError
from locust.runners import LocalRunner, MasterRunner, WorkerRunner
from locust.stats import RequestStats, StatsError

LOG = logging.getLogger("swarmkeeper")
VERSION = "3"

TICK_SECONDS = 0.25  # How late a change of the arguments, a deadline or the end may be noticed.
GRACE_SECONDS = 1.0  # At the deadline the control plane is the first to stop the test.
WORKER_GRACE_SECONDS = 2.0  # The master is the next, and a worker acts when neither has.
SILENCE_SECONDS_MAX = 60.0  # As Locust's workers, which measure it with a clock that may be set.
LIMITS_SECONDS = 1.0  # Between two messages with the limits; heartbeats come as often.
STRAGGLER_SECONDS = 5.0  # After a stop and its timeout, a worker that runs has not heard of it.
WORKER_IDS_MAX = 10_000  # That a master remembers; each start of a worker is a new one.
CALL_SECONDS_MAX = 10.0  # One callback, name lookup included.
ANSWER_BYTES_MAX = 65_536  # An answer has four fields; anything long comes from somebody else.
BACKOFF_SECONDS_MIN = 0.5
BACKOFF_SECONDS_MAX = 10.0
RETRY_AFTER_SECONDS_MAX = 60.0  # Longer than that, a test would be over before it is heard of.
FINAL_SECONDS_MAX = 60.0  # How long the last message is tried for.
FLUSH_SECONDS_MAX = 4.0  # A worker without these hooks reports within 3 s after the end.
SPAWN_SECONDS_MAX = 2.0  # Until a worker has answered its first spawn message.
QUIT_SECONDS_MAX = 5.0  # How long a process that exits waits for its last message.
PUSH_SECONDS_MIN = 0.5
PUSH_SECONDS_DEFAULT = 10.0
ROWS_MAX = 500  # Endpoints, and errors, per message: what Locust's own web interface sends.
TEXT_CHARACTERS_MAX = 1_000  # Names and error messages; an exception may quote a whole page.
FLUSH_MARK = "swarmkeeper_flush"
GUARD_MARK = "swarmkeeper_guard"  # In the reports of workers that take messages with limits.
TOKEN_HEADER = "X-Swarmkeeper-Token"
LIMITS_MESSAGE = LIMITS_OPTION = "swarmkeeper_limits"
REASONS = {
    "controlPlane": "the control plane has stopped it",
    "deadline": "its time is over",
    "lease": "the control plane was silent for longer than the lease",
    "workersLost": "no worker is left",
    "silence": "the master was silent for too long",
}
ACTIVE_STATES = ("spawning", "running")


def text_of(value: Any) -> str:
    """Text that any JSON reader accepts: bounded, and without lone surrogates."""
    return str(value)[:TEXT_CHARACTERS_MAX].encode("utf-8", "replace").decode("utf-8")


def milliseconds(value: float) -> float:
    """Microsecond precision; a listener that logged NaN must not make the message unreadable."""
    return round(value, 3) if math.isfinite(value) else 0.0


def timestamp(epoch_seconds: float | None) -> str | None:
    if epoch_seconds is None:
        return None
    whole, milli = divmod(int(epoch_seconds * 1000), 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{milli:03d}Z"


def seconds_in(text: str) -> float | None:
    """The duration that an argument gives; None when it gives none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return max(value, 0.0) if math.isfinite(value) else None


def finite(value: Any) -> float | None:
    """A number out of somebody else's message; None for anything that is none."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None


@dataclass(frozen=True)
class Numbers:
    """What was counted for one endpoint, or in total."""

    requests: int = 0
    failures: int = 0
    untimed: int = 0  # Requests without a response time: part of no average and no histogram.
    total_ms: float = 0.0
    min_ms: float | None = None
    max_ms: float | None = None
    histogram: Mapping[float, int] = field(default_factory=dict)

    @classmethod
    def of(cls, entry: Any) -> Numbers:
        shortest = entry.min_response_time  # None as long as nothing was timed.
        return cls(
            requests=entry.num_requests,
            failures=entry.num_failures,
            untimed=entry.num_none_requests,
            total_ms=entry.total_response_time,
            min_ms=shortest,
            max_ms=None if shortest is None else entry.max_response_time,
            histogram=dict(entry.response_times),
        )

    def plus(self, other: Numbers) -> Numbers:
        histogram = dict(self.histogram)
        for bucket, count in other.histogram.items():
            histogram[bucket] = histogram.get(bucket, 0) + count
        return Numbers(
            requests=self.requests + other.requests,
            failures=self.failures + other.failures,
            untimed=self.untimed + other.untimed,
            total_ms=self.total_ms + other.total_ms,
            min_ms=min((m for m in (self.min_ms, other.min_ms) if m is not None), default=None),
            max_ms=max((m for m in (self.max_ms, other.max_ms) if m is not None), default=None),
            histogram=histogram,
        )

    def row(self, acknowledged: Mapping[float, int]) -> dict[str, Any]:
        """The JSON form: everything cumulative, except the histogram."""
        timed = self.requests - self.untimed
        deltas = {b: n - acknowledged.get(b, 0) for b, n in self.histogram.items()}
        return {
            "requests": self.requests,
            "failures": self.failures,
            "avgResponseMs": milliseconds(self.total_ms / timed) if timed > 0 else 0.0,
            "minResponseMs": None if self.min_ms is None else milliseconds(self.min_ms),
            "maxResponseMs": None if self.max_ms is None else milliseconds(self.max_ms),
            "histogram": {f"{b:.12g}": n for b, n in sorted(deltas.items()) if n > 0},
        }


@dataclass(frozen=True)
class Occurrences:
    """How often one error was seen; boomer and locust4j do not say when."""

    count: int = 0
    first: float | None = None
    last: float | None = None

    def plus(self, other: Occurrences) -> Occurrences:
        return Occurrences(
            count=self.count + other.count,
            first=min((t for t in (self.first, other.first) if t is not None), default=None),
            last=max((t for t in (self.last, other.last) if t is not None), default=None),
        )


@dataclass(frozen=True)
class Snapshot:
    """All numbers of a test at one moment, independent of Locust's own objects."""

    total: Numbers = field(default_factory=Numbers)
    endpoints: Mapping[tuple[str, str], Numbers] = field(default_factory=dict)
    errors: Mapping[tuple[str, str, str], Occurrences] = field(default_factory=dict)

    @classmethod
    def of(cls, stats: Any) -> Snapshot:
        endpoints: dict[tuple[str, str], Numbers] = {}
        for entry in stats.entries.values():
            row = (text_of(entry.method), text_of(entry.name))
            endpoints[row] = endpoints.get(row, Numbers()).plus(Numbers.of(entry))
        errors: dict[tuple[str, str, str], Occurrences] = {}
        for error in stats.errors.values():
            # On a master this is the text from a worker; older versions would quote it again.
            what = error.error
            what = what if isinstance(what, str) else StatsError.parse_error(what)
            kind = (text_of(error.method), text_of(error.name), text_of(what))
            times = (getattr(error, "first_seen", None), getattr(error, "last_seen", None))
            seen = Occurrences(error.occurrences, *times)
            errors[kind] = errors.get(kind, Occurrences()).plus(seen)
        return cls(Numbers.of(stats.total), endpoints, errors)

    def plus(self, other: Snapshot) -> Snapshot:
        endpoints, errors = dict(self.endpoints), dict(self.errors)
        for row, numbers in other.endpoints.items():
            endpoints[row] = endpoints.get(row, Numbers()).plus(numbers)
        for kind, seen in other.errors.items():
            errors[kind] = errors.get(kind, Occurrences()).plus(seen)
        return Snapshot(self.total.plus(other.total), endpoints, errors)


class Ledger:
    """Keeps a test's numbers growing although Locust's may be reset."""

    def __init__(self) -> None:
        self.before = Snapshot()  # What was counted before the last reset.
        self._last = Snapshot()

    def observe(self, raw: Snapshot) -> Snapshot:
        if raw.total.requests < self._last.total.requests:
            self.before = self.before.plus(self._last)  # A reset that no event announced.
        self._last = raw
        return self.before.plus(raw)

    def seal(self, raw: Snapshot) -> None:
        """Takes the last look before a reset."""
        self.before, self._last = self.observe(raw), Snapshot()


class Countdown:
    """A span of monotonic time that may be absent, and may be started again."""

    def __init__(self, seconds: float | None, now: float) -> None:
        self.seconds, self._from = seconds, now

    def restart(self, now: float, seconds: float | None = None) -> None:
        self.seconds, self._from = (self.seconds if seconds is None else seconds), now

    def remaining(self, now: float) -> float | None:
        return None if self.seconds is None else self._from + self.seconds - now


class Guard:
    """Knows when a test has to end although nobody says so."""

    def __init__(self, stop_after: str, lease: str, now: float) -> None:
        self.orders = 0  # How often the deadline was changed.
        self._texts = (stop_after, lease)
        self.deadline = Countdown(seconds_in(stop_after), now)
        self.lease = Countdown(seconds_in(lease) or None, now)  # No lease lasts zero seconds.

    def update(self, stop_after: str, lease: str, now: float) -> None:
        """A changed text is a new order, counted from now; an unreadable one changes nothing."""
        if (stop_after, lease) == self._texts:
            return
        seconds = seconds_in(stop_after)
        if stop_after != self._texts[0] and seconds is not None:
            self.orders += 1
            self.deadline.restart(now, seconds)
        self._texts = (stop_after, lease)
        self.lease.restart(now, seconds_in(lease) or None)

    def renew(self, now: float, seconds: float | None = None) -> None:
        left = self.lease.remaining(now)
        # One that has run out stays so: a process that was paused finds old questions waiting, and
        # the workers have acted already.
        if left is not None and left > 0:
            self.lease.restart(now, seconds)

    def reason(self, now: float) -> str | None:
        deadline, lease = self.deadline.remaining(now), self.lease.remaining(now)
        if deadline is not None and deadline + GRACE_SECONDS <= 0:
            return "deadline"
        return "lease" if lease is not None and lease <= 0 else None

    def limits(self, now: float) -> dict[str, float | None]:
        """For the workers: what is left, because their clocks show another time."""
        left = {"deadline": self.deadline.remaining(now), "lease": self.lease.remaining(now)}
        return {"orders": self.orders, **left}


class WorkerGuard:
    """Knows when a worker has to end its load although its master does not say so."""

    def __init__(self, stop_after: str, lease: str, now: float) -> None:
        # Until the master tells what is left. A worker that joins late has more time until then.
        self._own = Guard(stop_after, lease, now)
        self.deadline, self.lease = self._own.deadline, self._own.lease
        self.contact = Countdown(SILENCE_SECONDS_MAX, now)
        self._orders: float | None = None

    def update(self, stop_after: str, lease: str, now: float) -> None:
        """The arguments come with the users: before the limits that the master makes of them, or
        without any from a master with an older hook.

        They count alone as long as there are no limits. Later only a new and sooner deadline does:
        a master that dies at once after its order sends no limits any more.
        """
        known, orders = self._orders is not None, self._own.orders
        self._own.update(stop_after, lease, now)
        if not known or self._own.orders == orders:
            return
        left, own = self.deadline.remaining(now), self._own.deadline.remaining(now)
        if own is not None and (left is None or own < left):
            self.deadline = Countdown(own, now)

    def hear(self, now: float) -> None:
        """The master lives. Whether the control plane does, its limits tell, if it sends them."""
        self.contact.restart(now)
        if self._orders is None and self.lease.seconds is not None:
            self.lease.restart(now)

    def follow(self, limits: Mapping[str, Any], now: float) -> None:
        """Takes the limits that the master has sent, some time ago.

        Only a new order moves the deadline away: a message may have waited here, while this
        process was paused, for longer than the time that it leaves.
        """
        orders, deadline = finite(limits.get("orders")), finite(limits.get("deadline"))
        if orders is None:
            return
        left = self.deadline.remaining(now)
        sooner = deadline is not None and (left is None or deadline < left)
        if self._orders is None or orders > self._orders or sooner:
            self.deadline = Countdown(deadline, now)
        self.lease, self._orders = Countdown(finite(limits.get("lease")), now), orders
        self.contact.restart(now)

    def reason(self, now: float) -> str | None:
        limits = {
            "deadline": (self.deadline, GRACE_SECONDS + WORKER_GRACE_SECONDS),
            "lease": (self.lease, WORKER_GRACE_SECONDS),
            "silence": (self.contact, 0.0),
        }
        for reason, (countdown, grace) in limits.items():
            left = countdown.remaining(now)
            if left is not None and left + grace <= 0:
                return reason
        return None


@dataclass(frozen=True)
class Message:
    kind: str  # Also the last part of the path: test-start, metrics, test-stop.
    body: bytes
    total: Mapping[float, int]  # The histograms that count as known once this is acknowledged.
    endpoints: Mapping[tuple[str, str], Mapping[float, int]]


@dataclass(frozen=True)
class Answer:
    status: int | None  # None: no answer, or none that could be understood.
    fields: Mapping[str, Any] = field(default_factory=dict)
    retry_after: float | None = None
    problem: str = ""


@dataclass(frozen=True)
class Orders:
    """What an answer tells the test to do."""

    stop: bool = False
    refused: bool = False
    lease_seconds: float | None = None


class Reporter:
    """Numbers the messages of one test and keeps at most one of them on the way.

    A message without an answer may have arrived. So it is repeated byte for byte, and the next one
    is made only when its fate is known: then nothing is lost and nothing is counted twice.
    """

    def __init__(self, identity: Mapping[str, str], has_run_token: bool = False) -> None:
        self.identity, self.has_run_token = dict(identity), has_run_token
        self.outstanding: Message | None = None
        self.not_before = 0.0
        self.last_kind = ""
        self._sequence = 0
        self._failures = 0
        self._total: Mapping[float, int] = {}
        self._endpoints: dict[tuple[str, str], Mapping[float, int]] = {}
        self._complaints: set[str] = set()

    def compose(self, kind: str, numbers: Snapshot, facts: Mapping[str, Any]) -> None:
        """Makes the next message; there must be none on the way."""
        self._sequence += 1
        rows = sorted(numbers.endpoints.items(), key=lambda r: (-r[1].requests, r[0]))[:ROWS_MAX]
        errors = sorted(numbers.errors.items(), key=lambda e: (-e[1].count, e[0]))[:ROWS_MAX]
        body = {
            **self.identity,
            "sequence": self._sequence,
            "sentAt": timestamp(time.time()),
            **facts,
            "totals": numbers.total.row(self._total),
            "endpoints": [
                {"method": key[0], "name": key[1], **row.row(self._endpoints.get(key, {}))}
                for key, row in rows
            ],
            "errors": [
                {
                    "method": method,
                    "name": name,
                    "message": message,
                    "occurrences": seen.count,
                    "firstSeen": timestamp(seen.first),
                    "lastSeen": timestamp(seen.last),
                }
                for (method, name, message), seen in errors
            ],
        }
        self.last_kind, self.not_before, self._failures = kind, 0.0, 0
        # Rows past the limit stay unacknowledged: their histogram is complete when they are sent.
        sent = {key: row.histogram for key, row in rows}
        encoded = json.dumps(body, separators=(",", ":")).encode()
        self.outstanding = Message(kind, encoded, numbers.total.histogram, sent)

    def settle(self, answer: Answer, now: float) -> Orders:
        """Takes the answer to the outstanding message."""
        message, status = self.outstanding, answer.status
        if message is None:
            return Orders()
        # Numbers come again with the next message. The end does not, so that a control plane
        # which has just been restarted, and knows the run in a moment, is asked again.
        is_early = status == 404 and message.kind == "test-stop"
        if status is None or status in (408, 425, 429) or status >= 500 or is_early:
            self._postpone(answer, now)
            return Orders()
        self.outstanding = None
        if 200 <= status < 300:
            if self._failures:
                LOG.info("the control plane answers again")
            self._total = message.total
            self._endpoints.update(message.endpoints)
            lease = finite(answer.fields.get("leaseSeconds"))
            return Orders(
                stop=answer.fields.get("stop") is True,
                lease_seconds=lease if lease is not None and lease > 0 else None,
            )
        # The token of a run lives as long as the run.
        if status in (409, 410) or (status == 401 and self.has_run_token):
            self._complain("refused", f"the control plane says that the run is over ({status})")
            return Orders(refused=True)
        hint = "; check CONTROL_PLANE_TOKEN" if status in (401, 403) else ""
        text = f"the control plane does not take {message.kind} ({status}){hint}"
        self._complain(str(status), text)
        return Orders()

    def _postpone(self, answer: Answer, now: float) -> None:
        why = answer.problem or str(answer.status)
        if self._failures == 0:
            LOG.warning("the control plane cannot be reached, trying again: %s", why)
        ceiling = min(BACKOFF_SECONDS_MIN * 2.0 ** min(self._failures, 10), BACKOFF_SECONDS_MAX)
        delay = ceiling * (0.5 + 0.5 * random.random())
        if answer.retry_after is not None:
            delay = max(delay, min(answer.retry_after, RETRY_AFTER_SECONDS_MAX))
        self._failures += 1
        self.not_before = now + delay

    def _complain(self, kind: str, text: str) -> None:
        if kind not in self._complaints:
            self._complaints.add(kind)
            LOG.error("%s; this is logged once per test", text)


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """urllib would repeat the token to wherever a redirect points."""

    def redirect_request(self, *arguments: Any, **_: Any) -> None:
        return None


OPENER = urllib.request.build_opener(NoRedirects)


def post(url: str, token: str, body: bytes) -> Answer:
    headers = {"Content-Type": "application/json", "User-Agent": f"swarmkeeper-hooks/{VERSION}"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        with gevent.Timeout(CALL_SECONDS_MAX), OPENER.open(request, timeout=CALL_SECONDS_MAX) as r:
            fields = json.loads(r.read(ANSWER_BYTES_MAX))
            if not isinstance(fields, dict):
                return Answer(None, problem="the answer is not a JSON object")
            return Answer(r.status, fields)
    except urllib.error.HTTPError as error:
        with error:
            # As a date (RFC 9110, 10.2.3) it is ignored: the backoff is of the same order.
            return Answer(error.code, retry_after=seconds_in(error.headers.get("Retry-After", "")))
    except gevent.Timeout:
        return Answer(None, problem=f"no answer within {CALL_SECONDS_MAX:g} s")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, problem=str(error))


def origin(url: str) -> tuple[str, str]:
    """Scheme, and host with port; empty when it is no address that callbacks can go to."""
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return "", ""
    usable = parts.scheme in ("http", "https") and parts.hostname
    return (parts.scheme, parts.netloc.lower()) if usable else ("", "")


def callback_base(argument: str, pinned: str) -> str:
    """Where callbacks go; empty when nowhere."""
    base = argument or pinned
    if pinned and origin(base) != origin(pinned):
        LOG.warning("callbacks go to CONTROL_PLANE_URL, not to the address that was asked for")
        base = pinned
    if base and not origin(base)[0]:
        LOG.error("the callback address is not an http address; there will be no callbacks")
        return ""
    return base.rstrip("/")


OPTION_HELP = {
    "run_id": "the run that the next test belongs to",
    "stop_after": "seconds from now after which the test stops by itself",
    "lease": "seconds without the control plane after which the test stops by itself",
    "scenario_id": "for the locustfile: which scenario to play",
    "callback_url": "base address of the control plane, instead of CONTROL_PLANE_URL",
}


def options_of(environment: Any) -> dict[str, str]:
    """The custom arguments, without their prefix."""
    given = environment.parsed_options
    return {name: str(getattr(given, f"swarmkeeper_{name}", "") or "") for name in OPTION_HELP}


def run_in_steps(step: Callable[[], float | None]) -> None:
    """Calls `step` until it returns None; otherwise it returns the seconds until the next call."""
    while True:
        delay: float | None = 1.0
        try:
            delay = step()
        except Exception:
            LOG.exception("unexpected error, going on")
        if delay is None:
            return
        gevent.sleep(delay)


class Session:
    """One test on the master, from test_start until its last message was delivered."""

    def __init__(
        self,
        environment: Any,
        boot: str,
        defaults: Mapping[str, str],
        workers: Mapping[str, bool],
        token: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.environment, self.runner, self.clock = environment, environment.runner, clock
        self.workers = workers  # Ids, and whether they take limits.
        self.options = options_of(environment)
        # Otherwise it is from the command line or the environment, and no control plane knows it.
        self.given = self.options["run_id"] != defaults["run_id"]
        self.run_id = self.options["run_id"] or os.environ.get("RUN_ID", "")
        self.started = clock()
        self.ended: float | None = None  # When the load was gone.
        self.stopped: float | None = None  # When Locust said so.
        self.reason: str | None = None
        self.superseded = self.quitting = self.refused = False
        self.ledger = Ledger()
        self.unflushed: set[str] = set()  # Workers whose last numbers are not here yet.
        limits = (self.options["stop_after"], self.options["lease"]) if self.run_id else ("", "")
        self.guard = Guard(*limits, now=self.started)
        identity = {
            "runId": self.run_id,
            "tenantId": os.environ.get("TENANT_ID", ""),
            "envId": os.environ.get("ENV_ID", ""),
            "epoch": boot,
        }
        known = {name: value for name, value in identity.items() if value}
        self.reporter = Reporter(known, has_run_token=bool(token))
        pinned = os.environ.get("CONTROL_PLANE_URL", "")
        self._base = callback_base(self.options["callback_url"], pinned) if self.run_id else ""
        shared = os.environ.get("CONTROL_PLANE_TOKEN", "").strip()  # From a file, with \n.
        self._token = token or shared
        interval = seconds_in(os.environ.get("METRICS_PUSH_INTERVAL", ""))
        self._interval = max(interval or PUSH_SECONDS_DEFAULT, PUSH_SECONDS_MIN)
        self._next_push = self.started + self._interval
        self._next_limits = self.started
        self._next_reminder: float | None = None
        self._stopper: gevent.Greenlet[..., Any] | None = None
        self.sender: gevent.Greenlet[..., Any] | None = None

    def start(self) -> None:
        self._offer_limits(self.started)
        if self.run_id:
            gevent.spawn(run_in_steps, self.watch)
        if self._base:
            self.reporter.compose("test-start", Snapshot(), self._facts("spawning", users=0))
            self.sender = gevent.spawn(run_in_steps, self.send)

    def numbers(self) -> Snapshot:
        return self.ledger.observe(Snapshot.of(self.runner.stats))

    def stop(self, reason: str) -> None:
        if self.reason is None and self.stopped is None:
            self.reason = reason
            # At the control plane's word, an end is what was planned or asked for.
            level = logging.INFO if reason == "controlPlane" else logging.WARNING
            LOG.log(level, "stopping the test of run %s: %s", self.run_id, REASONS[reason])

    # The two greenlets. Each call is one step and returns the seconds until the next, or None.

    def watch(self) -> float | None:
        if self.superseded:
            return None
        if self.stopped is None:
            now, options = self.clock(), options_of(self.environment)
            orders = self.guard.orders
            if options["run_id"] == self.options["run_id"]:  # Otherwise this is about another run.
                self.guard.update(options["stop_after"], options["lease"], now)
            if self.guard.orders != orders:
                self._next_limits = now  # The workers hear of it at once.
            reason = self.guard.reason(now)
            if reason is not None:
                self.stop(reason)
            self._send_limits(now)
        else:
            self._stop_stragglers(self.clock())
        # Also after the end: a ramp that was interrupted says in its last step that it is running.
        over = self.reason is not None or self.stopped is not None
        free = self._stopper is None or self._stopper.ready()
        if over and free and self.runner.state in ACTIVE_STATES:
            self._stopper = gevent.spawn(guarded(self._stop_runner))
        return TICK_SECONDS

    def _offer_limits(self, now: float) -> None:
        """Locust sends all options with the users: a late worker knows at once what is left."""
        limits = json.dumps(self.guard.limits(now)) if self.run_id else ""
        setattr(self.environment.parsed_options, LIMITS_OPTION, limits)

    def _send_limits(self, now: float) -> None:
        self._offer_limits(now)
        if now < self._next_limits:
            return
        self._next_limits = now + LIMITS_SECONDS
        limits = self.guard.limits(now)
        for client in connected(self.runner):
            if self.workers.get(client.id):
                self._tell(client.id, LIMITS_MESSAGE, limits)

    def _stop_stragglers(self, now: float) -> None:
        """A worker that was out of reach when the test was stopped would load on, or idle as if in
        the midst of a test, in which it can start no other."""
        patience = STRAGGLER_SECONDS + float(self.environment.stop_timeout or 0)
        if self._next_reminder is None:
            self._next_reminder = now + patience
        if now < self._next_reminder or self.runner.state in ACTIVE_STATES:
            return
        self._next_reminder = now + patience
        for client in connected(self.runner):
            if client.state in ACTIVE_STATES:
                LOG.warning("worker %s goes on after the end, stopping it", client.id)
                self._tell(client.id, "stop", None)

    def _tell(self, worker: str, kind: str, data: dict[str, Any] | None) -> None:
        try:
            self.runner.send_message(kind, data, client_id=worker)
        except RPCError as error:
            LOG.warning("worker %s cannot be told: %s", worker, error)

    def send(self) -> float | None:
        if self.superseded:
            return None
        now, reporter = self.clock(), self.reporter
        if self.stopped is not None and now - self.stopped > FINAL_SECONDS_MAX:
            LOG.error("gave up reporting the end of run %s", self.run_id)
            return None
        if reporter.outstanding is None:
            if reporter.last_kind == "test-stop":
                return None
            self._compose_if_due(now)
        message = reporter.outstanding
        if message is None or reporter.not_before > now:
            return min(TICK_SECONDS, max(reporter.not_before - now, 0.01) if message else 0.1)
        answer = post(f"{self._base}/v1/callbacks/{message.kind}", self._token, message.body)
        self._obey(reporter.settle(answer, self.clock()))
        return 0.0

    def _compose_if_due(self, now: float) -> None:
        if self.stopped is not None:
            if self._is_flushed(now):
                self.reporter.compose("test-stop", self.numbers(), self._facts("stopped"))
        elif now >= self._next_push:
            missed = (now - self._next_push) // self._interval  # Their numbers are in this one.
            self._next_push += (missed + 1) * self._interval
            if not self.refused:
                self.reporter.compose("metrics", self.numbers(), self._facts(self.runner.state))

    def _is_flushed(self, now: float) -> bool:
        late = self.stopped is not None and now - self.stopped >= FLUSH_SECONDS_MAX
        return late or self.quitting or not self.unflushed

    def _obey(self, orders: Orders) -> None:
        if orders.lease_seconds is not None:
            self.guard.renew(self.clock(), orders.lease_seconds)
        self.refused = self.refused or orders.refused
        # A run id from the environment outlives its run; refusing it is no order to stop.
        if orders.stop or (orders.refused and self.given):
            self.stop("controlPlane")

    def _facts(self, state: str, users: int | None = None) -> dict[str, Any]:
        until = self.clock() if self.ended is None else self.ended
        return {
            "elapsedSeconds": round(until - self.started, 3),
            "state": state,
            "users": self.runner.user_count if users is None else users,
            "workers": getattr(self.runner, "worker_count", 1),
            "reason": self.reason,
        }

    def _stop_runner(self) -> None:
        # Like POST /stop: a ramp that goes on would start users after the end.
        web_ui = self.environment.web_ui
        ramp = getattr(web_ui, "_swarm_greenlet", None)
        if ramp is not None:
            ramp.kill(block=True)
        cancel = getattr(web_ui, "_cancel_run_time_timer", None)
        if cancel is not None:
            cancel()
        self.runner.stop()


def connected(runner: Any) -> list[Any]:
    """A master's workers that answer; none where a single process does all."""
    clients = getattr(runner, "clients", None)
    return [] if clients is None else clients.ready + clients.spawning + clients.running


class WorkerSession:
    """One test on a worker, which holds its load back when its guard says so.

    The users are stopped and nothing else is: no event of Locust's is fired, and the master is told
    nothing that it does not expect. So when it comes back, its own stop ends the test here as any
    other, with all numbers, and the worker is ready for the next test.
    """

    def __init__(self, environment: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self.environment, self.clock = environment, clock
        self.options = options_of(environment)
        self.run_id = self.options["run_id"] or os.environ.get("RUN_ID", "")
        self.guard = WorkerGuard(self.options["stop_after"], self.options["lease"], clock())
        offered = getattr(environment.parsed_options, LIMITS_OPTION, "")
        if offered:
            self.guard.follow(json.loads(offered), clock())
        self.over = False
        self.is_held = False
        self._heartbeat: float | None = None

    def start(self) -> None:
        if self.run_id:
            gevent.spawn(run_in_steps, self.watch)

    def watch(self) -> float | None:
        if self.over:
            return None
        runner, now = self.environment.runner, self.clock()
        if runner is None:  # This worker has joined a running test, and is not set up yet.
            return TICK_SECONDS
        if runner.last_heartbeat_timestamp != self._heartbeat:
            self._heartbeat = runner.last_heartbeat_timestamp
            self.guard.hear(now)
        options = options_of(self.environment)
        if options["run_id"] == self.options["run_id"]:
            self.guard.update(options["stop_after"], options["lease"], now)
        reason = self.guard.reason(now)
        if reason is not None:
            self._hold(runner, reason)
        elif self.is_held:
            self._release(runner)
        return TICK_SECONDS

    def _hold(self, runner: Any, reason: str) -> None:
        if not self.is_held:
            LOG.warning("stopping the users of run %s: %s", self.run_id, REASONS[reason])
        self.is_held = True
        if runner.spawning_greenlet is not None and not runner.spawning_greenlet.ready():
            runner.spawning_greenlet.kill(block=True)
        if runner.user_count > 0:
            runner.stop_users(dict(runner.user_classes_count))

    def _release(self, runner: Any) -> None:
        """The master was out of reach, and missed nothing: the users that it counts on return."""
        LOG.warning("the master is back, going on with run %s", self.run_id)
        self.is_held = False
        spawning = runner.spawning_greenlet
        if spawning is None or spawning.ready():  # Otherwise the master has said how many.
            count = dict(runner.target_user_classes_count)
            runner.spawning_greenlet = runner.greenlet.spawn(runner.start_worker, count)


def guarded(listener: Callable[..., None]) -> Callable[..., None]:
    """An exception that reaches Locust makes the process exit with 2, or at once during init."""

    @functools.wraps(listener)
    def call(*arguments: Any, **named: Any) -> None:
        try:
            listener(*arguments, **named)
        except Exception:
            LOG.exception("unexpected error in %s", getattr(listener, "__name__", "a listener"))

    return call


class Hooks:
    """The listeners, and what they share. Reports come from the master or a standalone Locust."""

    def __init__(self) -> None:
        self.boot = uuid.uuid4().hex
        self.sequence = 0
        self.session: Session | None = None
        self.worker_session: WorkerSession | None = None
        self.workers: dict[str, bool] = {}  # On a master: which have connected, and take limits.
        self.takes_limits = False
        self.defaults = dict.fromkeys(OPTION_HELP, "")
        self.offered = ("", "")  # The last run that was asked for with a token, and the token.
        self._flushing = False

    def on_init_command_line_parser(self, parser: Any, **_: Any) -> None:
        for name, text in OPTION_HELP.items():
            flag = "--swarmkeeper-" + name.replace("_", "-")
            parser.add_argument(flag, default="", help=text, include_in_web_ui=False)

    def on_init(self, environment: Any, **_: Any) -> None:
        self.boot = uuid.uuid4().hex  # Again: --processes forks after the import.
        self.defaults = options_of(environment)
        if isinstance(environment.runner, WorkerRunner):
            environment.runner.register_message(LIMITS_MESSAGE, guarded(self.follow))
            self.takes_limits = True
        web_ui = environment.web_ui
        if web_ui is None or not isinstance(environment.runner, (MasterRunner, LocalRunner)):
            return
        from flask import request

        def swarmkeeper_run() -> tuple[dict[str, Any], int, dict[str, str]]:
            self.renew(request.headers.get("X-Swarmkeeper-Run", ""))
            return self.identity(environment), 200, {"Cache-Control": "no-store"}

        prefix = (getattr(environment.parsed_options, "web_base_path", "") or "").rstrip("/")

        def take_token() -> None:
            token = request.headers.get(TOKEN_HEADER, "")
            if token and request.method == "POST" and request.path == prefix + "/swarm":
                self.offered = (request.form.get("swarmkeeper_run_id", ""), token)

        web_ui.app.before_request(guarded(take_token))
        authenticated = getattr(web_ui, "auth_required_if_enabled", lambda view: view)
        web_ui.app.route(prefix + "/swarmkeeper/run")(authenticated(swarmkeeper_run))

    def renew(self, run_id: str) -> None:
        session = self.session
        if session is not None and session.stopped is None and run_id == session.run_id != "":
            session.guard.renew(session.clock())

    def follow(self, msg: Any, **_: Any) -> None:
        session = self.worker_session
        if session is not None and isinstance(msg.data, dict):
            session.guard.follow(msg.data, session.clock())

    def identity(self, environment: Any) -> dict[str, Any]:
        session, runner, now = self.session, environment.runner, time.monotonic()
        total = runner.stats.total
        before = session.ledger.before.total if session is not None else Numbers()
        active = session is not None and session.stopped is None
        guard = session.guard if session is not None and active else Guard("", "", now)
        return {
            "boot": self.boot,
            "sequence": self.sequence,
            "runId": session.run_id if session is not None else "",
            "runIdNow": options_of(environment)["run_id"] or os.environ.get("RUN_ID", ""),
            "state": "idle" if session is None else "started" if active else "stopped",
            "startedSecondsAgo": None if session is None else round(now - session.started, 3),
            "runnerState": runner.state,
            "users": runner.user_count,
            "requests": before.requests + total.num_requests,
            "failures": before.failures + total.num_failures,
            "workers": getattr(runner, "worker_count", 1),
            # These stop their users by themselves, also without this process.
            "workersGuarded": sum(self.workers.get(c.id, False) for c in connected(runner)),
            "deadlineInSeconds": guard.deadline.remaining(now),
            "leaseInSeconds": guard.lease.remaining(now),
            "stopReason": None if session is None else session.reason,
            "locustfile": os.path.basename(str(environment.parsed_options.locustfile or "")),
            "hooksVersion": VERSION,
        }

    def on_test_start(self, environment: Any, **_: Any) -> None:
        runner = environment.runner  # None on a worker that joins a running test.
        if isinstance(runner, WorkerRunner) and runner.state == "stopped":
            # A stop that comes before the first user would find nothing to stop; the users would
            # then start, and the master sends workers away that it does not expect.
            runner.update_state("spawning")
        if not isinstance(runner, (MasterRunner, LocalRunner)):
            self.end_worker_session()
            self.worker_session = WorkerSession(environment)
            self.worker_session.start()
            return
        if self.session is not None:
            self.session.superseded = True
        self.sequence += 1
        (run_id, token), self.offered = self.offered, ("", "")
        if run_id != options_of(environment)["run_id"]:
            token = ""  # Of an order that started nothing.
        self.session = Session(environment, self.boot, self.defaults, self.workers, token)
        self.session.start()

    def end_worker_session(self) -> None:
        if self.worker_session is not None:
            self.worker_session.over = True

    def on_test_stopping(self, environment: Any, **_: Any) -> None:
        runner = environment.runner
        self.end_worker_session()
        if isinstance(runner, MasterRunner) and self.session is not None:
            if runner.worker_count == 0:  # Otherwise they are all here until they are told.
                self.session.stop("workersLost")
            loaded = runner.clients.spawning + runner.clients.running
            # A worker that was just told to spawn has not said so yet, and will flush as well.
            if self.session.clock() - self.session.started < SPAWN_SECONDS_MAX:
                loaded += runner.clients.ready
            self.session.unflushed = {client.id for client in loaded}
            # A ramp by --autostart, or after the loss of a worker, would go on to its end.
            dispatcher: Any = getattr(runner, "_users_dispatcher", None)
            if hasattr(dispatcher, "_dispatcher_generator"):
                dispatcher._dispatcher_generator = iter(())

    def on_test_stop(self, environment: Any, **_: Any) -> None:
        runner, session = environment.runner, self.session
        if isinstance(runner, WorkerRunner):
            self.flush(runner)
        elif isinstance(runner, (MasterRunner, LocalRunner)) and session is not None:
            # A stop that waited 60 s for a stuck worker may report into the next test.
            if session.stopped is not None or runner.state in ACTIVE_STATES:
                return
            session.stopped = session.clock()
            session.ended = session.stopped if session.ended is None else session.ended
            # Form values are kept by Locust: without this, a test that somebody starts by hand
            # would take over the identity and the time limit of this run.
            if options_of(environment)["run_id"] == session.options["run_id"]:
                for name, value in self.defaults.items():
                    setattr(environment.parsed_options, f"swarmkeeper_{name}", value)

    def flush(self, runner: Any) -> None:
        """Sends a worker's last numbers before it says that it has stopped, not up to 3 s later."""
        send = getattr(runner, "_send_stats", None)
        if send is not None:
            self._flushing = True
            try:
                send()
            finally:
                self._flushing = False

    def on_report_to_master(self, data: dict[str, Any], **_: Any) -> None:
        if self._flushing:
            data[FLUSH_MARK] = True
        if self.takes_limits:
            data[GUARD_MARK] = True

    def on_worker_connect(self, client_id: str, **_: Any) -> None:
        takes_limits = self.workers.pop(client_id, False)
        if len(self.workers) >= WORKER_IDS_MAX:
            del self.workers[next(iter(self.workers))]  # The one that has been here longest.
        self.workers[client_id] = takes_limits

    def on_worker_report(self, client_id: str, data: dict[str, Any], **_: Any) -> None:
        # The numbers are merged after this listener, before any other greenlet gets its turn.
        session = self.session
        if client_id not in self.workers:
            # It works for a master that was here before, in a test that is not this one's.
            data.update(stats=[], errors={}, stats_total=RequestStats().total.serialize())
        elif data.get(GUARD_MARK):
            self.workers[client_id] = True
        if session is not None and data.get(FLUSH_MARK) and client_id in session.unflushed:
            session.unflushed.discard(client_id)
            if not session.unflushed:
                session.ended = session.clock()

    def on_reset_stats(self, **_: Any) -> None:
        if self.session is not None:
            self.session.ledger.seal(Snapshot.of(self.session.runner.stats))

    def on_spawning_complete(self, **_: Any) -> None:
        # With --reset-stats Locust's own listener, which comes after this one, resets silently.
        if self.session is not None and self.session.environment.reset_stats:
            self.on_reset_stats()

    def on_quit(self, **_: Any) -> None:
        session = self.session
        if session is not None and session.sender is not None and session.stopped is not None:
            session.quitting = True
            session.sender.join(timeout=QUIT_SECONDS_MAX)


def install(hooks: Hooks) -> None:
    for name in dir(hooks):
        if name.startswith("on_"):
            getattr(events, name[3:]).add_listener(guarded(getattr(hooks, name)))


install(Hooks())
