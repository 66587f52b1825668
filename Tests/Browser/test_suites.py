"""A suite as it is run: its load tests step by step, and one verdict."""

from __future__ import annotations

import re
from typing import Any

import pytest
from conftest import check_accessible, check_fits, shoot, visit
from playwright.sync_api import Page, expect
from service import Service


def suite_of(service: Service, name: str, *durations: int, **changes: Any) -> dict[str, Any]:
    """A suite of one load test in each step, of so many seconds."""
    tests = [
        service.define(f"{name} {index}", defaultDurationSeconds=seconds, **changes)
        for index, seconds in enumerate(durations)
    ]
    steps = [{"name": f"Part {index}", "tests": [{"loadTestId": test["id"]}]}
             for index, test in enumerate(tests)]  # fmt: skip
    body = {"tenantId": "red", "envId": "dev", "name": name, "steps": steps}
    return service.api.want("POST", "/v1/suites", body)


def part(page: Page, name: str):
    return page.get_by_role("region", name=name, exact=True)


def shown_run(page: Page):
    return part(page, "The run that is shown").locator(".card-head")


def test_a_suite_is_started_and_seen_to_its_verdict(open_page, service):
    suite = suite_of(service, "Release", 1, 1, thresholds=["p95 < 20s"])
    page = open_page("/schedules", role="operator")
    page.get_by_role("link", name="Release").click()
    expect(page.get_by_text("This suite has not been run yet.")).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="Start the suite").click()
    expect(part(page, "Part 1").get_by_text("Pending")).to_be_visible()
    expect(shown_run(page).get_by_text("Passed")).to_be_visible()
    for name in ("Part 0", "Part 1"):
        expect(part(page, name).get_by_text("Passed")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    run = service.api.want("GET", f"/v1/suiteruns?suiteId={suite['id']}")["items"][0]
    link = part(page, "Part 0").get_by_role("link", name="Release 0")
    expect(link).to_have_attribute("href", f"#/runs/{run['steps'][0]['runs'][0]['runId']}")
    check_accessible(page)
    shoot(page, "suite-passed")


def test_a_suite_is_stopped_and_an_earlier_run_is_looked_up(open_page, service):
    suite = suite_of(service, "Long", 60, 60)
    path = f"/suites/{suite['id']}"
    page = open_page(path, role="operator")
    start = page.get_by_role("button", name="Start the suite")
    start.click()
    expect(part(page, "Part 0").get_by_text("Running")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    dialog = page.get_by_role("dialog")
    check_accessible(page)
    dialog.get_by_role("button", name="Stop it").click()
    expect(part(page, "Part 1").get_by_text("Not begun")).to_be_visible()
    expect(shown_run(page).get_by_text("Finished")).to_be_hidden()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    [earlier] = service.api.want("GET", f"/v1/suiteruns?suiteId={suite['id']}")["items"]
    start.click()
    runs = part(page, "Runs of the suite").get_by_role("listitem")
    expect(runs).to_have_count(2)
    expect(part(page, "Part 0").get_by_text("Running")).to_be_visible()
    runs.last.get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"run={earlier['id']}$"))
    expect(part(page, "Part 1").get_by_text("Not begun")).to_be_visible()
    visit(page, path)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop it").click()
    expect(part(page, "Part 1").get_by_text("Not begun")).to_be_visible()


@pytest.mark.parametrize(("theme", "width"), [("light", 400), ("dark", 1280)])
def test_who_only_reads_sees_it_and_starts_nothing(open_page, service, theme, width):
    suite = suite_of(service, "Seen", 1, locustClusterId="gone")
    service.api.want("POST", f"/v1/suites/{suite['id']}/start")
    page = open_page(f"/suites/{suite['id']}", role="viewer", theme=theme, width=width)
    expect(shown_run(page).get_by_text(re.compile("Failed|Inconclusive"))).to_be_visible()
    expect(page.get_by_role("button", name="Start the suite")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    check_accessible(page)
    check_fits(page)
    shoot(page, f"suite-{theme}-{width}")
