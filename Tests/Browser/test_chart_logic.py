"""What the charts compute: marks, fewer points, joined series. Called in the page itself."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from service import Service


@pytest.fixture(scope="module")
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """One page for all: nothing here changes it."""
    context = browser.new_context()
    found = context.new_page()
    found.goto(service.base)
    yield found
    context.close()


def call(page: Page, module: str, function: str, *values: Any) -> Any:
    """What `function`, a JavaScript function of the module and of the values, returns."""
    body = f"async ([path, values]) => ({function})(await import(path), values)"
    return page.evaluate(body, [f"/assets/{module}", list(values)])


@pytest.mark.parametrize(
    ("top", "count", "last", "number"),
    [(97, 5, 100, 6), (0, 5, 1, 6), (0.3, 3, 0.3, 4), (1201, 4, 1500, 4), (2, 5, 2, 5)],
)
def test_marks_of_an_axis_are_round_and_reach_the_top(
    page: Page, top: float, count: int, last: float, number: int
) -> None:
    ticks = call(page, "charts/ticks.js", "(m, v) => m.valueTicks(v[0], v[1])", top, count)
    assert ticks[0] == 0
    assert ticks[-1] == last
    assert len(ticks) == number


def test_marks_survive_every_size(page: Page) -> None:
    tops = [10**power * factor for power in range(-4, 9) for factor in (1, 1.5, 3.3, 7.7)]
    for top, ticks in zip(
        tops, call(page, "charts/ticks.js", "(m, v) => v.map((t) => m.valueTicks(t))", *tops)
    ):
        assert ticks[-1] >= top * (1 - 1e-9)
        assert ticks[-1] <= top * 2.6
        assert 2 <= len(ticks) <= 6


def test_logarithmic_marks_enclose_the_values(page: Page) -> None:
    ticks = call(page, "charts/ticks.js", "(m, v) => m.logTicks(v[0], v[1])", 12.3, 2350)
    assert ticks[0] <= 12.3
    assert ticks[-1] >= 2350
    assert call(page, "charts/ticks.js", "(m, v) => m.logTicks(v[0], v[1])", 12, 48) == [10, 20, 50]


def test_marks_of_time_stand_at_round_times_of_the_viewers_clock(page: Page) -> None:
    # Half past five ahead of UTC, as in India: round hours there are half hours elsewhere.
    offset = 19_800_000
    found = call(
        page,
        "charts/ticks.js",
        "(m, v) => m.timeTicks(v[0], v[1], 6, v[2])",
        1_700_000_000_000,
        1_700_000_000_000 + 5 * 3_600_000,
        offset,
    )
    assert found["step"] == 3_600_000
    assert all((tick + offset) % 3_600_000 == 0 for tick in found["ticks"])
    assert 4 <= len(found["ticks"]) <= 6


def test_fewer_points_keep_every_spike_and_every_gap(page: Page) -> None:
    times = [index * 1000 for index in range(20_000)]
    values: list[float | None] = [10 + math.sin(index / 50) for index in range(20_000)]
    values[7_777] = 900
    for index in range(12_000, 12_400):
        values[index] = None
    lines = call(
        page,
        "charts/downsample.js",
        "(m, v) => m.strokes(v[0], v[1], {from: 0, to: 2e7, columns: 500, gap: 3000})",
        times,
        values,
    )
    assert len(lines) == 2
    points = [index for line in lines for index in line]
    assert 7_777 in points
    assert len(points) <= 4 * 501
    assert points == sorted(set(points))
    assert lines[0][-1] == 11_999
    assert lines[1][0] == 12_400


def test_the_usual_gap_is_that_of_the_source(page: Page) -> None:
    times = [index * 1000 for index in range(100)]
    each_ten = [5 if index % 10 == 0 else None for index in range(100)]
    expression = "(m, v) => m.usualGap(v[0], v[1])"
    assert call(page, "charts/downsample.js", expression, times, each_ten) == 30_000
    assert call(page, "charts/downsample.js", expression, times, [1] * 100) == 3_000


def test_a_band_has_the_mean_of_what_was_counted(page: Page) -> None:
    # Ten requests of which all failed, and ninety of which none did, are ten per cent.
    band = call(
        page,
        "charts/bands.js",
        "(m, v) => m.bands([0, 50], [100, 0], [10, 90], {from: 0, to: 1000, pixels: 3, gap: 1000})",
    )
    assert [(point["low"], point["high"], point["mean"]) for point in band[0]] == [(0, 100, 10)]


def point(second: int, rps: float | None = 10, users: int | None = 5) -> dict[str, Any]:
    stamp = f"2026-01-01T00:{second // 60:02d}:{second % 60:02d}.000Z"
    return {"time": stamp, "users": users, "rps": rps, "p95ResponseMs": 7}


STORE = """(m, v) => {
  const store = new m.PointStore();
  store.rebase(v[0], 1000, v[2]);
  for (const each of v[1]) store.append(each);
  return store.columns();
}"""


def test_a_live_point_continues_the_past_and_a_repeated_one_replaces_itself(page: Page) -> None:
    past = [point(0), point(1), point(2, rps=3), point(3, rps=0, users=None)]
    live = [point(2), point(4), point(3), point(4, rps=11), point(1, rps=99)]
    columns = call(page, "run/points.js", STORE, past, live, True)
    assert columns["rps"] == [10, 10, 10, 10, 11]
    assert columns["times"] == sorted(columns["times"])


def test_what_is_still_under_way_is_no_fall_to_zero(page: Page) -> None:
    past = [point(0), point(1), point(2, rps=4), point(3, rps=0, users=None)]
    assert call(page, "run/points.js", STORE, past, [], True)["rps"] == [10, 10]
    assert call(page, "run/points.js", STORE, past, [], False)["rps"] == [10, 10, 4, 0]


def test_long_silence_is_a_gap_in_the_rates_too(page: Page) -> None:
    past = [point(second, users=5 if not 20 <= second < 40 else None) for second in range(60)]
    rates = call(page, "run/points.js", STORE, past, [], False)["rps"]
    assert rates[19] == 10
    assert rates[20:40] == [None] * 20
    assert rates[40] == 10


def test_hours_of_live_points_leave_a_bounded_store(page: Page) -> None:
    sizes = page.evaluate(
        """async () => {
          const m = await import("/assets/run/points.js");
          const store = new m.PointStore();
          const start = Date.UTC(2026, 0, 1);
          const at = (second) => ({
            time: new Date(start + second * 1000).toISOString(), users: 5, rps: 10 });
          let most = 0;
          let asked = 0;
          for (let second = 0; second < 6 * 3600; second += 1) {
            store.append(at(second));
            if (store.isDue && second % 7 === 0) {
              // As the service answers: the whole past in as many steps as were asked for.
              const resolution = m.resolutionFor(second);
              const past = [];
              for (let t = 0; t <= second; t += resolution) past.push(at(t));
              store.rebase(past, resolution * 1000, true);
              asked += 1;
            }
            most = Math.max(most, store.count);
          }
          // Without any answer from the service.
          const lonely = new m.PointStore();
          for (let second = 0; second < 20_000; second += 1) lonely.append(at(second));
          return {most, asked, lonely: lonely.count, last: store.columns().times.length};
        }"""
    )
    assert sizes["most"] <= 700
    assert sizes["last"] <= 700
    assert sizes["lonely"] <= 2_000
    assert 100 <= sizes["asked"] <= 200


def test_a_difference_is_told_with_its_share(page: Page) -> None:
    cases: list[tuple[float | None, float | None, dict[str, float | None] | None]] = [
        (100, 90, {"absolute": -10, "percent": -10}),
        (0, 3, {"absolute": 3, "percent": None}),
        (None, 5, None),
    ]
    for base, value, expected in cases:
        told = call(page, "run/difference.js", "(m, v) => m.difference(v[0], v[1])", base, value)
        assert told == expected


def test_only_what_knows_the_noise_calls_a_difference_better(page: Page) -> None:
    cell = """(m, v) => {
      const measure = m.measures.find(({key}) => key === "p95ResponseMs");
      const figure = v[0] && {
        finding: v[0], reason: null, difference: 10, differenceFrom: -2, differenceTo: 22,
        percent: 10, percentFrom: -2, percentTo: 22,
      };
      return m.differenceCell(measure, 100, 110, false, figure).map((e) => e.textContent).join(" ");
    }"""
    expected = [
        (None, "110 ms +10 ms, +10 %"),
        ("withinNoise", "≈ within noise \u22122.0 % to +22 %"),
        ("worse", "✕ worse"),
        ("unknown", "? noise unknown"),
    ]
    for finding, words in expected:
        assert words in call(page, "run/difference.js", cell, finding)


def test_thresholds_of_response_times_become_lines(page: Page) -> None:
    limits = call(
        page,
        "run/charts.js",
        "(m, v) => m.responseLimits(v.map((expression) => ({expression})))",
        "p95 < 500ms",
        "p99<=1.5s",
        "errorRate < 1%",
    )
    assert [limit["value"] for limit in limits] == [500, 1500]
