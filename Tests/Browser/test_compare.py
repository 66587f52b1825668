"""Runs laid over each other, and the history of a load test."""

from __future__ import annotations

import re

import pytest
from conftest import check_accessible, check_fits, settled, shoot, visit
from playwright.sync_api import Page, expect

MINUS = "\u2212"
THEMES = pytest.mark.parametrize(
    ("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 1920)]
)


def compare(page: Page, runs: list[dict]) -> None:
    visit(page, f"/compare?runs={','.join(run['id'] for run in runs)}")


def total_cells(page: Page, row: str):
    return page.get_by_role("row", name=re.compile(f"^{row} ")).first.get_by_role("cell")


def test_runs_are_compared_with_their_differences(open_page, service, past_runs):
    totals = [
        service.api.want("GET", f"/v1/runs/{run['id']}/summary")["totals"]["requests"]
        for run in past_runs
    ]
    assert totals[0] < totals[1]
    page = open_page()
    compare(page, past_runs)
    cells = total_cells(page, "Requests")
    expect(cells.nth(0)).to_have_text(f"{totals[0]:,}")
    expect(cells.nth(1)).to_contain_text(f"{totals[1]:,}")
    expect(cells.nth(1)).to_contain_text(f"+{totals[1] - totals[0]:,}")
    # Runs of three seconds know nothing of their noise, and so nothing is called better.
    expect(total_cells(page, "Requests per second").nth(1)).not_to_contain_text("better")
    expect(page.locator(".caveat").first).to_contain_text("Noise unknown: ")
    expect(page.get_by_text("Another load: targetUsers was 2, is 5")).to_be_visible()
    page.get_by_role("button", name="Make baseline: B").click()
    settled(page)
    expect(total_cells(page, "Requests").nth(0)).to_have_text(f"{totals[1]:,}")
    expect(total_cells(page, "Requests").nth(1)).to_contain_text(
        f"{MINUS}{totals[1] - totals[0]:,}"
    )


def test_what_is_more_than_noise_is_told_with_its_interval(open_page, past_runs):
    figure = {
        "measure": "p95", "unit": "ms", "finding": "worse", "reason": None, "before": 100,
        "after": 112, "difference": 12, "differenceFrom": 8, "differenceTo": 16, "percent": 12,
        "percentFrom": 8, "percentTo": 16, "smallestShown": 6, "smallestShownPercent": 6,
    }  # fmt: skip
    noise = {**figure, "measure": "p50", "finding": "withinNoise", "percentFrom": -8}
    told = {
        "trouble": None, "notes": [], "differences": [], "endpoints": [],
        "totals": {"figures": [figure, noise]},
    }  # fmt: skip
    page = open_page()
    page.route("**/comparison?*", lambda route: route.fulfill(json=told))
    compare(page, past_runs)
    worse = total_cells(page, "95th percentile").nth(1)
    expect(worse).to_contain_text("worse")
    expect(worse).to_contain_text("+8.0 % to +16 %")
    same = total_cells(page, "50th percentile").nth(1)
    expect(same).to_contain_text("within noise")
    expect(same).to_contain_text(f"{MINUS}8.0 % to +16 %")
    check_accessible(page)


def test_up_to_five_runs_are_laid_over_each_other(open_page, service, past_runs):
    test = service.define("Many")
    started = [service.start(test, targetUsers=2, durationSeconds=1) for _ in range(4)]
    runs = past_runs + [service.until(run["id"], "Finished", "Failed") for run in started]
    page = open_page()
    compare(page, runs)
    counts = [
        service.api.want("GET", f"/v1/runs/{run['id']}/summary")["totals"]["requests"]
        for run in runs
    ]
    cells = total_cells(page, "Requests")
    expect(cells).to_have_count(5)
    for place, count in enumerate(counts[:5]):
        expect(cells.nth(place)).to_contain_text(f"{count:,}")


def test_endpoints_are_compared_by_what_is_chosen(open_page, service, past_runs):
    page = open_page()
    compare(page, past_runs)
    page.get_by_label("Compare by").select_option(label="Requests")
    table = page.get_by_role("table").last
    rows = service.api.want("GET", f"/v1/runs/{past_runs[0]['id']}/summary")["endpoints"]
    for endpoint in rows:
        row = table.get_by_role("row").filter(has_text=endpoint["name"])
        expect(row.get_by_role("cell").first).to_have_text(f"{endpoint['requests']:,}")


def test_one_cursor_stands_on_the_same_time_since_each_start(open_page, past_runs):
    page = open_page()
    compare(page, past_runs)
    cursor = page.get_by_role("slider", name="Throughput: time")
    cursor.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(cursor).to_have_attribute("aria-valuetext", re.compile(r"^0:01: A .*/s, B .*/s$"))


def test_a_comparison_without_runs_says_what_to_do(open_page):
    page = open_page("/compare")
    expect(page.get_by_text("Choose two to five runs")).to_be_visible()
    check_accessible(page)


def test_a_run_that_is_gone_does_not_hide_the_others(open_page, past_runs):
    page = open_page()
    page.watch.provoked.add(404)
    missing = {"id": "00000000-0000-4000-8000-000000000000"}
    compare(page, [*past_runs, missing])
    expect(page.get_by_role("alert").filter(has_text=missing["id"])).to_be_visible()
    expect(total_cells(page, "Requests")).to_have_count(2)


def test_the_history_of_a_load_test_leads_to_runs_and_comparisons(open_page, past_runs):
    page = open_page(f"/tests/{past_runs[0]['loadTestId']}")
    expect(page.locator(".trend-point")).to_have_count(3 * len(past_runs))
    button = page.get_by_role("button", name="Tick runs to compare")
    expect(button).to_be_disabled()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name=f"Compare {len(past_runs)} runs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare runs")
    # The older one is what the newer one is measured by.
    expect(page.locator(".compare-run a").first).to_have_attribute(
        "href", f"#/runs/{past_runs[0]['id']}"
    )
    page.go_back()
    settled(page)
    page.get_by_role("table", name="Runs").get_by_role("link").first.click()
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Past")


@THEMES
def test_history_and_comparison_are_accessible_and_fit(open_page, past_runs, theme, width):
    page = open_page(f"/tests/{past_runs[0]['loadTestId']}", theme=theme, width=width)
    expect(page.locator(".trend-point").first).to_be_visible()
    check_accessible(page)
    check_fits(page)
    shoot(page, f"test-{theme}-{width}")
    compare(page, past_runs)
    check_accessible(page)
    check_fits(page)
    shoot(page, f"compare-{theme}-{width}")
