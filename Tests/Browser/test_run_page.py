"""The page of a run: live, over, and with what can go wrong; on real runs of the native engine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import check_accessible, check_fits, shoot, visit
from playwright.sync_api import Locator, Page, expect
from service import Service

NOTHING = "\u2013"  # What is shown where no value is known.
CHARTS = ["Throughput", "Users", "Response times", "Errors"]
# The middle one always fails: the target answers 200 to everything.
STEPS = [
    {"name": "front page", "path": "/"},
    {"name": "missing page", "path": "/gone", "expect": {"status": 404}},
    {"name": "pay", "method": "POST", "path": "/pay", "body": "x"},
]


@pytest.fixture(scope="session")
def shop(service: Service) -> dict[str, Any]:
    """A load test with several endpoints, one of which fails."""
    scenario = {"load": {"thinkTime": "50ms"}, "steps": STEPS}
    return service.define("Shop", scenario=scenario)


@pytest.fixture(scope="session")
def finished(service: Service, shop: dict[str, Any]) -> dict[str, Any]:
    run = service.start(shop, targetUsers=6, durationSeconds=6)
    return service.until(run["id"], "Finished", "Failed")


def number(text: str) -> float:
    """The first number of a text such as `12,345` or `1.24 s`."""
    found = re.search(r"[\d,]+(\.\d+)?", text)
    assert found, text
    return float(found.group().replace(",", ""))


def tile(page: Page, key: str) -> Locator:
    return page.locator(f'[data-value="{key}"]')


def chart(page: Page, title: str) -> Locator:
    return page.locator(".chart").filter(has=page.get_by_role("heading", name=title))


def cursor_of(page: Page, title: str) -> Locator:
    return page.get_by_role("slider", name=f"{title}: time")


def drawn(page: Page) -> None:
    for title in CHARTS:
        expect(chart(page, title).locator(".chart-empty")).to_be_hidden()


def test_the_numbers_of_a_live_run_move(open_page, live_run):
    page = open_page(f"/runs/{live_run['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Live")
    expect(tile(page, "requests")).to_have_text(re.compile("[1-9]"))
    before = number(tile(page, "requests").inner_text())
    page.wait_for_function(
        "before => Number(document.querySelector('[data-value=requests]').textContent"
        ".replace(/\\D/g, '')) > before",
        arg=before,
    )
    expect(tile(page, "users")).to_have_text("4")
    expect(page.get_by_role("progressbar")).to_be_visible()
    drawn(page)


# What has moved without being asked to, as Chromium scores it; below 0.1 is good.
SHIFTS = """() => new Promise((resolve) => {
  let total = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) total += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(total), 500);
})"""


def test_nothing_jumps_while_numbers_come(open_page, live_run):
    page = open_page(f"/runs/{live_run['id']}")
    expect(tile(page, "requests")).to_have_text(re.compile("[1-9]"))
    before = number(tile(page, "requests").inner_text())
    page.wait_for_function(
        "before => Number(document.querySelector('[data-value=requests]').textContent"
        ".replace(/\\D/g, '')) > before",
        arg=before + 100,
    )
    drawn(page)
    assert page.evaluate(SHIFTS) < 0.1


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 1920)]
)
def test_a_run_is_accessible_and_fits(open_page, live_run, finished, theme, width):
    for name, run in (("live", live_run), ("over", finished)):
        page = open_page(f"/runs/{run['id']}", theme=theme, width=width)
        drawn(page)
        expect(page.get_by_text("Loading…")).to_have_count(0)
        page.get_by_role("button", name="Throughput: show as table").click()
        expect(chart(page, "Throughput").get_by_role("table")).to_be_visible()
        check_accessible(page)
        check_fits(page)
        shoot(page, f"run-{name}-{theme}-{width}")


def test_users_can_be_changed_and_the_run_stopped(open_page, service, live_run):
    page = open_page(f"/runs/{live_run['id']}", role="operator")
    page.watch.provoked.add(422)
    page.get_by_role("button", name="Change users").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Users", exact=True).fill("0")
    dialog.get_by_role("button", name="Change").click()
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    check_accessible(page)
    dialog.get_by_label("Users", exact=True).fill("7")
    dialog.get_by_role("button", name="Change").click()
    expect(dialog).to_have_count(0)
    expect(tile(page, "users")).to_have_text("7")

    page.get_by_role("button", name="Stop", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert service.run(live_run["id"])["state"] == "Running"
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Stop")).click()
    expect(page.get_by_text("Stopped by hand")).to_be_visible()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    assert service.run(live_run["id"])["endReason"] == "stoppedByUser"


def test_a_viewer_is_offered_nothing_that_it_may_not_do(open_page, live_run):
    page = open_page(f"/runs/{live_run['id']}", role="viewer")
    expect(tile(page, "requests")).to_have_text(re.compile("[1-9]"))
    for name in ("Stop", "Change users", "Approve", "Reject"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_hidden()


def test_the_page_tells_what_the_summary_tells(open_page, service, finished):
    summary = service.api.want("GET", f"/v1/runs/{finished['id']}/summary")
    totals = summary["totals"]
    page = open_page(f"/runs/{finished['id']}")
    expect(tile(page, "requests")).to_have_text(f"{totals['requests']:,}")
    expect(tile(page, "failures")).to_have_text(f"{totals['failures']:,}")
    for key in ("p50", "p95", "p99", "max"):
        value = totals[f"{key}ResponseMs"]
        # Three digits are shown.
        assert number(tile(page, key).inner_text()) == pytest.approx(value, rel=0.006), key
    rows = page.get_by_role("table", name="Endpoints").locator("tbody tr")
    expect(rows).to_have_count(len(STEPS))
    for endpoint in summary["endpoints"]:
        row = rows.filter(has=page.get_by_text(endpoint["name"], exact=True))
        expect(row.locator("td").nth(2)).to_have_text(f"{endpoint['requests']:,}")
        shown = number(row.locator("td").nth(7).inner_text())
        assert shown == pytest.approx(endpoint["p95ResponseMs"], rel=0.006)
    failures = page.get_by_role("table", name="Errors").locator("tbody tr")
    expect(failures).to_have_count(1)
    expect(failures).to_contain_text("status 200")
    expect(failures).to_contain_text("missing page")
    expect(failures).to_contain_text(f"{summary['errors'][0]['occurrences']:,}")


def test_the_charts_add_up_to_the_totals(open_page, service, finished):
    """What is drawn is what the service tells of each second, to the last request."""
    page = open_page(f"/runs/{finished['id']}")
    drawn(page)
    page.get_by_role("button", name="Throughput: show as table").click()
    rows = chart(page, "Throughput").locator("tbody tr")
    series = service.api.want("GET", f"/v1/runs/{finished['id']}/metrics?resolution=1")["points"]
    expect(rows).to_have_count(len(series))
    shown = [number(text) for text in rows.locator("td:nth-child(2)").all_inner_texts()]
    assert shown == pytest.approx([point["rps"] for point in series], rel=0.006, abs=0.006)


def test_one_cursor_stands_in_all_charts(open_page, finished):
    page = open_page(f"/runs/{finished['id']}")
    drawn(page)
    box = cursor_of(page, "Throughput").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".legend.is-at-cursor")).to_have_count(4)
    for title in CHARTS:
        expect(chart(page, title).locator(".legend-value").first).not_to_have_text(NOTHING)
    page.mouse.move(2, 2)
    expect(page.locator(".legend.is-at-cursor")).to_have_count(0)


def test_keys_move_the_cursor_and_tell_the_values(open_page, finished):
    page = open_page(f"/runs/{finished['id']}")
    drawn(page)
    cursor = cursor_of(page, "Response times")
    cursor.focus()
    page.keyboard.press("Home")
    first = cursor.get_attribute("aria-valuetext")
    assert re.match(r"\d\d:\d\d:\d\d: 50th .* ms, 95th .* ms, 99th .* ms", first), first
    page.keyboard.press("ArrowRight")
    expect(cursor).not_to_have_attribute("aria-valuetext", first)
    page.keyboard.press("ArrowLeft")
    expect(cursor).to_have_attribute("aria-valuetext", first)


def test_a_part_can_be_looked_at_closely(open_page, finished):
    page = open_page(f"/runs/{finished['id']}")
    drawn(page)
    everything = page.get_by_role("button", name="All", exact=True)
    expect(everything).to_have_attribute("aria-pressed", "true")
    # All charts have one axis: the table of another one has what is in view.
    page.get_by_role("button", name="Errors: show as table").click()
    rows = chart(page, "Errors").locator("tbody tr")
    all_rows = rows.count()
    box = cursor_of(page, "Users").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(everything).to_have_attribute("aria-pressed", "false")
    expect(rows).not_to_have_count(all_rows)
    page.mouse.dblclick(box["x"] + 100, box["y"] + 50)
    expect(everything).to_have_attribute("aria-pressed", "true")
    expect(rows).to_have_count(all_rows)
    cursor_of(page, "Users").focus()
    page.keyboard.press("+")
    expect(everything).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    expect(everything).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Zoom in").click()
    expect(everything).to_have_attribute("aria-pressed", "false")


def test_a_line_can_be_hidden(open_page, finished):
    page = open_page(f"/runs/{finished['id']}")
    drawn(page)
    picture = chart(page, "Response times").get_by_role("img")
    expect(picture).to_have_attribute("aria-label", re.compile("99th: last"))
    item = chart(page, "Response times").get_by_role("button", name=re.compile("99th"))
    item.click()
    expect(item).to_have_attribute("aria-pressed", "false")
    expect(picture).not_to_have_attribute("aria-label", re.compile("99th"))


def test_endpoints_are_sorted_as_asked_for(open_page, finished):
    page = open_page(f"/runs/{finished['id']}")
    table = page.get_by_role("table", name="Endpoints")
    column = table.locator("tbody tr td:nth-child(9)")
    expect(column).to_have_count(len(STEPS))
    head = table.get_by_role("columnheader", name=re.compile("^95th( [↑↓])?$"))
    for direction in ("descending", "ascending"):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", direction)
        # Nothing is known of what only fails: it stands below, whichever way.
        known = [number(text) for text in column.all_inner_texts() if text != NOTHING]
        assert known == sorted(known, reverse=direction == "descending")


def test_a_run_waits_for_a_second_person_who_may_say_no(open_page, service):
    test = service.define("Careful", envId="prod")
    run = service.start(test)
    page = open_page(f"/runs/{run['id']}", role="editor")
    expect(page.get_by_text("A second person must agree")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    check_accessible(page)
    shoot(page, "run-awaiting")
    page.get_by_role("button", name="Reject").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("not on a Friday")
    dialog.get_by_role("button", name="Reject").click()
    notice = page.locator(".run-head .notice")
    expect(notice).to_contain_text("Rejected by the second person")
    expect(notice).to_contain_text("not on a Friday")
    assert service.run(run["id"])["state"] == "Failed"


def test_a_run_that_is_not_there_is_told_as_such(open_page):
    page = open_page("/")
    page.watch.provoked.add(404)
    page.evaluate("location.hash = '#/runs/00000000-0000-4000-8000-000000000000'")
    expect(page.get_by_role("heading", level=1)).to_have_text("Not shown")


def test_what_is_open_for_hours_does_not_grow(open_page, live_run):
    """Hours of live points are given to the charts of a page: neither lists nor elements grow."""
    page = open_page(f"/runs/{live_run['id']}")
    drawn(page)
    sizes = page.evaluate(
        """async () => {
          const {PointStore} = await import("/assets/run/points.js");
          const {runCharts} = await import("/assets/run/charts.js");
          const points = new PointStore();
          const charts = runCharts(async () => {});
          const start = Date.UTC(2026, 0, 1);
          const run = {state: "Running", targetUsers: 9, createdAt: new Date(start).toISOString()};
          document.querySelector(".page").append(charts.element);
          const measure = () => ({
            elements: charts.element.querySelectorAll("*").length, points: points.count,
            drawn: charts.charts[0].state.series[0].times.length,
          });
          let early = null;
          for (let second = 0; second < 3 * 3600; second += 1) {
            points.append({
              time: new Date(start + second * 1000).toISOString(), users: 9, rps: second % 90,
              failuresPerSecond: 0, errorRate: 0, p50ResponseMs: 5, p95ResponseMs: 9,
              p99ResponseMs: 12,
            });
            if (second % 300 === 0) {
              charts.show({run, points, events: [], hasPoints: true});
              await new Promise(requestAnimationFrame);
            }
            if (second === 600) early = measure();
          }
          const late = measure();
          charts.dispose();
          charts.element.remove();
          return {early, late};
        }"""
    )
    assert sizes["late"]["elements"] == sizes["early"]["elements"]
    assert sizes["late"]["points"] <= 2_000
    assert sizes["late"]["drawn"] <= 2_000


def answer(page: Page, path: str, body: Any, **changes: Any) -> None:
    """Lets the service answer this, where a real run would take long to get there."""
    headers = changes.pop("headers", {})
    page.route(
        re.compile(path),
        lambda route: route.fulfill(
            status=changes.get("status", 200),
            headers={"Content-Type": "application/json", **headers},
            body=body if isinstance(body, str) else json.dumps(body),
        ),
    )


BROKEN = {
    "expression": "p95 < 1ms",
    "severity": "fail",
    "windowSeconds": None,
    "ignoreFirstSeconds": 0,
    "abortAfterSeconds": 30,
    "outcome": "failed",
    "actual": 12.3,
    "unit": "ms",
    "from": 0,
    "seconds": 6,
    "brokenAt": 2,
    "brokenSeconds": 4,
    "certain": True,
    "reason": "p95 was 12.3 ms",
}
HOLDS = {**BROKEN, "expression": "rps > 1/s", "outcome": "passed", "actual": 40, "unit": "/s"}
HOLDS |= {"brokenAt": None, "brokenSeconds": None, "reason": None, "severity": "warn"}


def test_a_verdict_is_shown_with_its_thresholds(open_page, service, finished):
    judged = {
        **service.run(finished["id"]),
        "verdict": "failed",
        "verdictReason": "p95 < 1ms is broken",
        "thresholds": [BROKEN, HOLDS],
        "measurement": {
            "clean": False,
            "seconds": 6,
            "cleanSeconds": 2,
            "cleanStretches": [],
            "evidence": ["its threads were busy"],
        },
    }
    page = open_page()
    answer(page, f"/v1/runs/{finished['id']}$", judged)
    visit(page, f"/runs/{finished['id']}")
    expect(page.locator(".run-head .notice")).to_contain_text("p95 < 1ms is broken")
    table = page.get_by_role("table", name="Thresholds")
    broken = table.get_by_role("row").filter(has_text="p95 < 1ms")
    expect(broken).to_contain_text("Broken")
    expect(broken).to_contain_text("12.3 ms")
    expect(broken).to_contain_text("0:02")
    expect(table.get_by_role("row").filter(has_text="rps > 1/s")).to_contain_text("Holds")
    expect(page.get_by_text("Nothing was in the way in 2 s of 6 s")).to_be_visible()
    check_accessible(page)
    shoot(page, "run-verdict")


def test_reports_are_offered_as_far_as_the_service_has_them(open_page, finished):
    page = open_page()
    paths = ["/v1/runs/{id}/export", "/v1/runs/{id}/shares"]
    answer(page, "/openapi.json$", {"paths": {path: {} for path in paths}})
    csv = "/export\\?format=csv&part=series"
    answer(page, f"{csv}$", "head\n1\n", headers={"X-Next-Cursor": "more"})
    answer(page, f"{csv}&cursor=more$", "2\n")
    answer(page, "/shares$", {"id": "x", "url": "/shared/secret"}, status=201)
    visit(page, f"/runs/{finished['id']}")
    menu = page.locator(".menu")
    menu.locator("summary").click()
    expect(menu.get_by_role("button")).to_have_count(4)
    check_accessible(page)
    with page.expect_download() as download:
        menu.get_by_role("button", name="Series (CSV)").click()
    assert Path(download.value.path()).read_text() == "head\n1\n2\n"
    assert download.value.suggested_filename.endswith(".series.csv")
    menu.locator("summary").click()
    menu.get_by_role("button", name="Share a link").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a link").click()
    link = page.get_by_role("dialog").get_by_label("It is shown this once")
    expect(link).to_have_value(re.compile("^http.*/shared/secret$"))


def test_a_run_goes_on_after_the_service_was_away(open_page, live_run):
    page = open_page(f"/runs/{live_run['id']}")
    drawn(page)
    before = number(tile(page, "requests").inner_text())
    page.watch.problems.clear()
    page.context.set_offline(True)
    expect(page.get_by_role("status").filter(has_text="Disconnected")).to_be_visible()
    # What is known stays.
    assert number(tile(page, "requests").inner_text()) >= before
    drawn(page)
    page.context.set_offline(False)
    page.wait_for_function(
        "before => Number(document.querySelector('[data-value=requests]').textContent"
        ".replace(/\\D/g, '')) > before",
        arg=number(tile(page, "requests").inner_text()),
    )
    # The browser itself complains about each request that it could not send.
    page.watch.problems = [one for one in page.watch.problems if "net::ERR" not in one]
