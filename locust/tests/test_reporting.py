"""The rules of the hooks as values: no Locust process, no clock but the test's own."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from locust.stats import RequestStats

import swarmkeeper_hooks as hooks
from swarmkeeper_hooks import Answer, Guard, Ledger, Numbers, Reporter, Snapshot, WorkerGuard

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
        assert (guard.deadline.remaining(20.0), guard.orders) == (10.0, 0)
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

    def test_a_lease_that_has_run_out_cannot_be_renewed(self) -> None:
        guard = Guard("", "10", now=0.0)
        guard.renew(10.0)
        assert guard.reason(10.0) == "lease"
        guard.update("", "20", now=11.0)  # That is somebody's new order.
        assert guard.reason(11.0) is None

    def test_workers_are_told_what_is_left(self) -> None:
        guard = Guard("30", "10", now=100.0)
        assert guard.limits(104.0) == {"orders": 0, "deadline": 26.0, "lease": 6.0}
        guard.update("50", "10", now=105.0)
        assert guard.limits(105.0) == {"orders": 1, "deadline": 50.0, "lease": 10.0}
        assert Guard("", "", 0.0).limits(1.0) == {"orders": 0, "deadline": None, "lease": None}


def limits(deadline: Any, lease: Any = None, orders: Any = 0) -> dict[str, Any]:
    return {"orders": orders, "deadline": deadline, "lease": lease}


class TestWorkerGuard:
    def test_it_acts_after_the_master_should_have(self) -> None:
        worker, master = WorkerGuard("30", "10", now=0.0), Guard("30", "10", now=0.0)
        worker.follow(master.limits(0.0), now=0.0)
        assert (master.reason(10.0), worker.reason(11.9), worker.reason(12.0)) == (
            "lease", None, "lease"
        )  # fmt: skip
        worker.follow(master.limits(9.0), now=9.0)
        worker.follow(limits(30.0 - 29.0, 10.0), now=29.0)
        assert (master.deadline.remaining(30.0), worker.reason(32.9)) == (0.0, None)
        assert worker.reason(33.0) == "deadline"

    def test_one_that_joins_late_has_no_time_of_its_own(self) -> None:
        guard = WorkerGuard("600", "", now=100.0)
        guard.follow(limits(5.0), now=101.0)
        assert (guard.reason(108.9), guard.reason(109.0)) == (None, "deadline")

    def test_a_stale_message_moves_no_deadline_away(self) -> None:
        guard = WorkerGuard("30", "", now=0.0)
        guard.follow(limits(30.0), now=0.0)
        guard.follow(limits(25.0), now=29.0)  # It has waited for 24 s in a paused process.
        assert guard.deadline.remaining(29.0) == 1.0
        guard.follow(limits(25.0, orders=1), now=29.0)
        assert guard.deadline.remaining(29.0) == 25.0
        guard.follow(limits(60.0, orders=1), now=30.0)
        assert guard.deadline.remaining(30.0) == 24.0

    def test_the_master_can_lift_a_limit_that_is_not_its_own(self) -> None:
        """A worker that joins after somebody else's /swarm starts with that one's arguments."""
        guard = WorkerGuard("0", "1", now=0.0)
        guard.follow(limits(None), now=1.0)
        assert guard.reason(50.0) is None

    def test_heartbeats_show_that_the_master_lives_and_not_that_the_control_plane_does(
        self,
    ) -> None:
        guard = WorkerGuard("600", "10", now=0.0)
        for second in range(50):  # A master whose hook sends no limits watches its lease itself.
            guard.hear(float(second))
            assert guard.reason(float(second)) is None
        guard.follow(limits(500.0, 10.0), now=50.0)
        guard.hear(61.0)
        assert (guard.reason(61.9), guard.reason(62.0)) == (None, "lease")

    def test_a_silent_master_has_a_minute_where_nobody_gave_a_limit(self) -> None:
        guard = WorkerGuard("", "", now=0.0)
        guard.hear(10.0)
        assert (guard.reason(69.9), guard.reason(70.0)) == (None, "silence")

    def test_arguments_count_as_long_as_no_limits_come(self) -> None:
        guard = WorkerGuard("30", "", now=0.0)
        guard.update("60", "", now=10.0)
        assert guard.deadline.remaining(10.0) == 60.0
        guard.follow(limits(50.0), now=10.0)
        guard.update("600", "", now=11.0)
        assert guard.deadline.remaining(11.0) == 49.0

    def test_a_sooner_deadline_counts_before_the_limits_of_its_order(self) -> None:
        """The master may die between the two."""
        guard = WorkerGuard("600", "", now=0.0)
        guard.follow(limits(600.0), now=0.0)
        guard.update("600", "", now=1.0)
        assert guard.deadline.remaining(1.0) == 599.0
        guard.update("20", "", now=2.0)
        assert guard.deadline.remaining(2.0) == 20.0
        guard.follow(limits(19.5, orders=1), now=2.5)
        guard.update("20", "", now=3.0)
        assert guard.deadline.remaining(3.0) == 19.0
        guard.follow(limits(300.0, orders=2), now=4.0)
        guard.update("300", "", now=4.5)
        assert guard.deadline.remaining(5.0) == 299.0

    @pytest.mark.parametrize("orders", [None, "1", True, float("nan"), {}])
    def test_an_unreadable_message_changes_nothing(self, orders: Any) -> None:
        guard = WorkerGuard("30", "", now=0.0)
        guard.follow(limits(600.0, orders=orders), now=1.0)
        guard.follow({}, now=1.0)
        assert guard.deadline.remaining(1.0) == 29.0

    def test_unreadable_limits_do_not_outlast_a_minute_of_silence(self) -> None:
        guard = WorkerGuard("", "", now=0.0)
        guard.follow(limits("soon", []), now=1.0)
        assert (guard.reason(60.9), guard.reason(61.0)) == (None, "silence")


class FakeRunner:
    """A worker's runner with as much of a load as a guard can see."""

    def __init__(self) -> None:
        self.user_classes_count = {"Visitor": 3}
        self.target_user_classes_count = {"Visitor": 3}
        self.spawning_greenlet: Any = None
        self.last_heartbeat_timestamp = 0.0
        self.greenlet = SimpleNamespace(spawn=lambda start, count: start(count))

    @property
    def user_count(self) -> int:
        return sum(self.user_classes_count.values())

    def stop_users(self, count: dict[str, int]) -> None:
        for name, stopped in count.items():
            self.user_classes_count[name] -= stopped

    def start_worker(self, count: dict[str, int]) -> None:
        self.user_classes_count = dict(count)


class TestWorkerSession:
    def session(self, runner: Any, **options: str) -> tuple[hooks.WorkerSession, list[float]]:
        given = {f"swarmkeeper_{name}": value for name, value in options.items()}
        environment = SimpleNamespace(runner=runner, parsed_options=SimpleNamespace(**given))
        now = [0.0]
        return hooks.WorkerSession(environment, clock=lambda: now[0]), now

    def test_users_are_held_while_the_master_is_away_and_return_with_it(self) -> None:
        runner = FakeRunner()
        session, now = self.session(runner, run_id="r", stop_after="600", lease="10")
        session.guard.follow(limits(600.0, 10.0), now=0.0)
        seen = []
        for now[0] in (1.0, 11.9, 12.0, 13.0):
            session.watch()
            seen.append(runner.user_count)
        runner.start_worker({"Visitor": 5})  # By a message that was on its way.
        session.watch()
        seen.append(runner.user_count)
        session.guard.follow(limits(586.0, 10.0), now=14.0)
        session.watch()
        seen.append(runner.user_count)
        assert seen == [3, 3, 0, 0, 0, 3]

    def test_at_the_deadline_no_user_returns(self) -> None:
        runner = FakeRunner()
        session, now = self.session(runner, run_id="r", stop_after="5", lease="")
        for now[0] in (7.9, 8.0, 9.0, 100.0):
            runner.last_heartbeat_timestamp += 1.0
            session.watch()
            session.guard.follow(limits(5.0 - now[0]), now=now[0])
            assert runner.user_count == (3 if now[0] < 8 else 0)

    def test_heartbeats_are_noticed_whatever_clock_they_show(self) -> None:
        runner = FakeRunner()
        session, now = self.session(runner, run_id="r", stop_after="", lease="")
        for step in range(10):  # That clock is being set back by an hour each time.
            now[0], runner.last_heartbeat_timestamp = step * 50.0, 1e9 - step * 3600
            session.watch()
        assert runner.user_count == 3
        now[0] += 60.0
        session.watch()
        assert runner.user_count == 0

    def test_limits_that_come_with_the_users_count_at_once(self) -> None:
        left = json.dumps(Guard("5", "", now=0.0).limits(1.0))
        session, _ = self.session(None, run_id="r", stop_after="600", limits=left)
        assert session.guard.deadline.remaining(0.0) == 4.0

    def test_it_waits_for_its_runner_and_ends_with_the_test(self) -> None:
        session, now = self.session(None, run_id="r", stop_after="1")
        now[0] = 100.0
        assert session.watch() == hooks.TICK_SECONDS
        session.over = True
        assert session.watch() is None


class TestReports:
    def test_reports_of_unknown_workers_are_emptied(self) -> None:
        listener, stats = hooks.Hooks(), counted(10, 20)
        report: dict[str, Any] = {"errors": {"k": {}}, "user_count": 2, hooks.GUARD_MARK: True}
        report["stats"] = stats.serialize_stats()
        report["stats_total"] = stats.total.serialize()
        known = dict(report)
        listener.on_worker_connect("known")
        listener.on_worker_report("known", known)
        listener.on_worker_report("unknown", report)
        assert known["stats_total"]["num_requests"] == 2
        assert (report["stats"], report["errors"]) == ([], {})
        assert report["stats_total"]["num_requests"] == 0
        assert report["stats_total"]["min_response_time"] is None
        assert listener.workers == {"known": True}

    def test_workers_are_remembered_within_limits(self) -> None:
        listener = hooks.Hooks()
        for number in range(hooks.WORKER_IDS_MAX + 5):
            listener.on_worker_connect(str(number))
            listener.on_worker_connect("always here")  # After each stop, it is ready again.
        assert len(listener.workers) == hooks.WORKER_IDS_MAX
        assert "always here" in listener.workers


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

    def test_a_dead_token_of_a_run_says_that_the_run_is_over(self) -> None:
        for has_run_token in (True, False):
            reporter = Reporter({"runId": "r"}, has_run_token)
            body_of(reporter, counted(5))
            assert reporter.settle(Answer(401), 0.0) == hooks.Orders(refused=has_run_token)

    def test_an_end_for_an_unknown_run_is_told_again(self) -> None:
        """A control plane that has just started may know its runs in a moment."""
        reporter = Reporter({})
        body_of(reporter, counted(12), "test-stop")
        before = reporter.outstanding
        assert reporter.settle(Answer(404), now=0.0) == hooks.Orders()
        assert reporter.outstanding is before
        assert reporter.not_before > 0

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
