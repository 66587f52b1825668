"""The rules of the hooks as values: no Locust process, no clock but the test's own."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from locust.stats import RequestStats

import swarmkeeper_hooks as hooks
from swarmkeeper_hooks import Answer, Guard, Ledger, Numbers, Reporter, Snapshot

LOST = Answer(None, problem="connection refused")
FACTS = {"elapsedSeconds": 1.0, "state": "running", "users": 1, "workers": 1, "reason": None}


def counted(*times: int, name: str = "/", stats: RequestStats | None = None) -> RequestStats:
    stats = stats or RequestStats()
    for milliseconds in times:
        stats.log_request("GET", name, milliseconds, 10)
    return stats


def body_of(reporter: Reporter, stats: RequestStats, kind: str = "metrics") -> dict[str, Any]:
    reporter.compose(kind, Snapshot.of(stats), FACTS)
    assert reporter.outstanding is not None
    body = json.loads(reporter.outstanding.body)
    assert isinstance(body, dict)
    return body


def acknowledge(reporter: Reporter, **fields: Any) -> hooks.Orders:
    return reporter.settle(Answer(200, fields), now=0.0)


class TestSnapshot:
    def test_an_empty_one_has_no_times(self) -> None:
        row = Numbers.of(RequestStats().total).row({})
        assert row["minResponseMs"] is row["maxResponseMs"] is None
        assert (row["requests"], row["avgResponseMs"], row["histogram"]) == (0, 0.0, {})

    def test_untimed_requests_are_counted_and_part_of_no_average(self) -> None:
        stats = counted(10, 30)
        stats.log_request("WS", "/", None, 0)  # type: ignore[arg-type]
        row = Snapshot.of(stats).total.row({})
        assert (row["requests"], row["avgResponseMs"]) == (3, 20.0)
        assert sum(row["histogram"].values()) == 2

    def test_buckets_are_written_as_the_generator_has_them(self) -> None:
        numbers = Numbers(histogram={12: 1, 0.125: 2, 147.25: 3, 12000.0: 4, 1234567: 5})
        assert numbers.row({})["histogram"] == {
            "0.125": 2, "12": 1, "147.25": 3, "12000": 4, "1234567": 5
        }  # fmt: skip

    def test_numbers_that_are_none_become_readable_json(self) -> None:
        row = Numbers(requests=1, total_ms=float("nan"), min_ms=float("inf"), max_ms=1.0).row({})
        assert (row["avgResponseMs"], row["minResponseMs"]) == (0.0, 0.0)
        json.dumps(row, allow_nan=False)

    def test_errors_are_told_apart_by_text_and_long_texts_are_cut(self) -> None:
        stats = RequestStats()
        for text in ("short", "x" * 5_000 + "1", "x" * 5_000 + "2", "lone \ud800"):
            stats.log_error("GET", "/", text)
        errors = Snapshot.of(stats).errors
        assert sorted(seen.count for seen in errors.values()) == [1, 1, 2]
        assert max(len(key[2]) for key in errors) == hooks.TEXT_CHARACTERS_MAX
        assert all(key[2].encode() for key in errors)

    def test_an_error_from_an_older_version_has_no_times(self) -> None:
        error = SimpleNamespace(method="GET", name="/", error=ValueError("no"), occurrences=2)
        stats = SimpleNamespace(entries={}, errors={"k": error}, total=RequestStats().total)
        (kind, seen), *_ = Snapshot.of(stats).errors.items()
        assert (kind, seen) == (("GET", "/", "ValueError('no')"), hooks.Occurrences(2))

    @pytest.mark.parametrize(
        ("seconds", "text"),
        [
            (None, None),
            (0, "1970-01-01T00:00:00.000Z"),
            (1795242385.7776, "2026-11-21T06:26:25.777Z"),
        ],
    )
    def test_times_are_rfc_3339(self, seconds: float | None, text: str | None) -> None:
        assert hooks.timestamp(seconds) == text


class TestLedger:
    def test_a_sealed_reset_adds_up(self) -> None:
        ledger, stats = Ledger(), counted(10, 20, 300)
        stats.log_error("GET", "/", "no")
        ledger.seal(Snapshot.of(stats))
        stats.reset_all()
        numbers = ledger.observe(Snapshot.of(counted(40, 20, stats=stats)))
        assert (numbers.total.requests, numbers.total.failures) == (5, 1)
        assert numbers.total.histogram == {10: 1, 20: 2, 40: 1, 300: 1}
        assert (numbers.total.min_ms, numbers.total.max_ms) == (10, 300)
        assert numbers.endpoints["GET", "/"] == numbers.total
        assert [seen.count for seen in numbers.errors.values()] == [1]

    def test_a_reset_that_nobody_announced_is_noticed(self) -> None:
        ledger, stats = Ledger(), counted(10, 20)
        assert ledger.observe(Snapshot.of(stats)).total.requests == 2
        stats.clear_all()
        assert ledger.observe(Snapshot.of(counted(10, stats=stats))).total.requests == 3
        assert ledger.observe(Snapshot.of(stats)).total.requests == 3


class TestGuard:
    def test_the_deadline_leaves_the_control_plane_a_second(self) -> None:
        guard = Guard("30.5", "", now=100.0)
        assert guard.deadline.remaining(100.0) == 30.5
        assert guard.reason(131.4) is None
        assert guard.reason(131.5) == "deadline"

    def test_a_changed_deadline_counts_from_now(self) -> None:
        guard = Guard("30", "", now=0.0)
        guard.update("30", "", now=20.0)
        assert guard.deadline.remaining(20.0) == 10.0
        guard.update("29.5", "", now=20.0)
        assert guard.deadline.remaining(20.0) == 29.5

    @pytest.mark.parametrize("text", ["", "soon", "nan", "inf"])
    def test_an_unreadable_change_keeps_the_deadline(self, text: str) -> None:
        guard = Guard("30", "10", now=0.0)
        guard.update(text, text, now=5.0)
        assert guard.deadline.remaining(20.0) is not None
        assert guard.reason(15.0) == "lease"

    @pytest.mark.parametrize("text", ["", "soon", "nan", "-inf"])
    def test_without_limits_a_test_goes_on(self, text: str) -> None:
        guard = Guard(text, text, now=0.0)
        guard.renew(1.0, 5.0)  # An answer cannot bring in a lease that was not asked for.
        assert guard.reason(1e9) is None

    def test_a_negative_rest_is_over(self) -> None:
        assert Guard("-5", "", now=0.0).reason(1.0) == "deadline"

    def test_a_lease_runs_from_its_last_renewal(self) -> None:
        guard = Guard("", "10", now=0.0)
        guard.renew(8.0)
        assert guard.reason(17.9) is None
        guard.renew(17.9, 30.0)
        guard.renew(18.0)
        assert guard.reason(47.9) is None
        assert guard.reason(48.0) == "lease"


class TestReporter:
    def test_a_message_is_numbered_and_says_whose_it_is(self) -> None:
        reporter = Reporter({"runId": "r", "epoch": "e"})
        first = body_of(reporter, RequestStats(), "test-start")
        acknowledge(reporter)
        second = body_of(reporter, counted(12))
        assert (first["sequence"], second["sequence"]) == (1, 2)
        assert (second["runId"], second["epoch"], second["state"]) == ("r", "e", "running")
        assert "tenantId" not in second

    def test_histograms_are_deltas_and_everything_else_is_cumulative(self) -> None:
        reporter, stats = Reporter({}), counted(12, 12, 250)
        assert body_of(reporter, stats)["totals"]["histogram"] == {"12": 2, "250": 1}
        acknowledge(reporter)
        counted(12, stats=stats)
        counted(7, name="/new", stats=stats)
        body = body_of(reporter, stats)
        assert body["totals"]["histogram"] == {"7": 1, "12": 1}
        assert (body["totals"]["requests"], body["totals"]["maxResponseMs"]) == (5, 250.0)
        rows = {row["name"]: (row["requests"], row["histogram"]) for row in body["endpoints"]}
        assert rows == {"/": (4, {"12": 1}), "/new": (1, {"7": 1})}

    @pytest.mark.parametrize("answer", [LOST, Answer(408), Answer(429), Answer(500), Answer(503)])
    def test_an_unanswered_message_stays_as_it_is(self, answer: Answer) -> None:
        reporter = Reporter({})
        body_of(reporter, counted(12))
        before = reporter.outstanding
        for _ in range(50):
            assert reporter.settle(answer, now=0.0) == hooks.Orders()
        assert reporter.outstanding is before

    @pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 410, 413, 422])
    def test_a_refused_message_is_dropped_and_its_counts_come_again(self, status: int) -> None:
        reporter, stats = Reporter({}), counted(12)
        body_of(reporter, stats)
        orders = reporter.settle(Answer(status), now=0.0)
        assert orders == hooks.Orders(refused=status in (409, 410))
        body = body_of(reporter, counted(12, stats=stats))
        assert (body["sequence"], body["totals"]["histogram"]) == (2, {"12": 2})

    def test_repeated_refusals_are_logged_once(self, caplog: pytest.LogCaptureFixture) -> None:
        reporter = Reporter({})
        for status in (401, 401, 404, 401):
            body_of(reporter, RequestStats())
            reporter.settle(Answer(status), now=0.0)
        assert len(caplog.records) == 2

    def test_the_backoff_grows_to_its_limit_and_starts_anew(self) -> None:
        reporter = Reporter({})
        body_of(reporter, RequestStats())
        waits = []
        for _ in range(40):
            reporter.settle(LOST, now=100.0)
            waits.append(reporter.not_before - 100.0)
        assert 0.25 <= waits[0] <= 0.5
        assert all(5.0 <= wait <= 10.0 for wait in waits[10:])
        acknowledge(reporter)
        body_of(reporter, RequestStats())
        assert reporter.not_before == 0.0

    @pytest.mark.parametrize(("asked", "least"), [(3.0, 3.0), (60.0, 60.0), (7200.0, 60.0)])
    def test_retry_after_is_honoured_within_reason(self, asked: float, least: float) -> None:
        reporter = Reporter({})
        body_of(reporter, RequestStats())
        reporter.settle(Answer(429, retry_after=asked), now=0.0)
        assert reporter.not_before == least

    @pytest.mark.parametrize(
        ("fields", "orders"),
        [
            ({}, hooks.Orders()),
            ({"leaseSeconds": 12, "stop": False}, hooks.Orders(lease_seconds=12.0)),
            ({"leaseSeconds": 0, "stop": True}, hooks.Orders(stop=True)),
            ({"leaseSeconds": "12", "stop": "true"}, hooks.Orders()),
            ({"leaseSeconds": float("inf"), "stop": 1}, hooks.Orders()),
        ],
    )
    def test_answers_are_read_strictly(self, fields: dict[str, Any], orders: hooks.Orders) -> None:
        reporter = Reporter({})
        body_of(reporter, RequestStats())
        assert acknowledge(reporter, **fields) == orders

    def test_rows_past_the_limit_are_complete_when_their_turn_comes(self) -> None:
        reporter, stats = Reporter({}), RequestStats()
        for number in range(hooks.ROWS_MAX + 1):
            counted(12, 12, name=f"/{number:04}", stats=stats)
            stats.log_error("GET", "/", f"error {number}")
        body = body_of(reporter, stats)
        assert len(body["endpoints"]) == len(body["errors"]) == hooks.ROWS_MAX
        assert body["totals"]["requests"] == 2 * (hooks.ROWS_MAX + 1)
        acknowledge(reporter)
        counted(12, name=f"/{hooks.ROWS_MAX:04}", stats=stats)  # Now it is the busiest.
        busiest = body_of(reporter, stats)["endpoints"][0]
        assert (busiest["name"], busiest["histogram"]) == (f"/{hooks.ROWS_MAX:04}", {"12": 3})

    def test_any_mix_of_answers_adds_up(self) -> None:
        """What a control plane counts that applies each sequence once, under lost answers."""
        reporter, stats, ledger = Reporter({}), RequestStats(), Ledger()
        taken: Counter[str] = Counter()
        seen: set[int] = set()

        def exchange(kind: str, answer: Answer) -> int:
            if reporter.outstanding is None:
                reporter.compose(kind, ledger.observe(Snapshot.of(stats)), FACTS)
            assert reporter.outstanding is not None
            body = json.loads(reporter.outstanding.body)
            arrived = answer is LOST or answer.status == 200  # The worst loss: after arrival.
            if arrived and body["sequence"] not in seen:
                seen.add(body["sequence"])
                taken.update(body["totals"]["histogram"])
            reporter.settle(answer, now=0.0)
            return int(body["totals"]["requests"])

        for step in range(300):
            counted(step % 97, stats=stats)
            if step % 41 == 40:
                ledger.seal(Snapshot.of(stats))
                stats.reset_all()
            exchange("metrics", [Answer(200), LOST, Answer(503), Answer(404)][step * 7 % 11 % 4])
        exchange("metrics", Answer(200))  # Whatever was still on the way.
        assert exchange("test-stop", Answer(200)) == sum(taken.values()) == 300


class TestCallbackBase:
    @pytest.mark.parametrize(
        ("argument", "pinned", "base"),
        [
            ("", "", ""),
            ("http://a:1/", "", "http://a:1"),
            ("", "https://b/", "https://b"),
            ("http://a/", "http://a/path", "http://a"),
            ("http://evil", "http://a", "http://a"),
            ("https://a", "http://a", "http://a"),
            ("file:///etc/passwd", "", ""),
            ("nonsense", "", ""),
            ("http://[::1", "", ""),
            ("http://[::1", "http://a", "http://a"),
            ("http:///path", "", ""),
        ],
    )
    def test_the_environment_decides_where_the_token_may_go(
        self, argument: str, pinned: str, base: str
    ) -> None:
        assert hooks.callback_base(argument, pinned) == base
