"""What starts by itself, and suites: when it comes next, and what came of it last."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest import check_accessible, check_fits, shoot
from playwright.sync_api import expect
from service import Service

PLACE = {"tenantId": "red", "envId": "dev"}


@pytest.fixture(scope="module")
def orders(service: Service) -> dict[str, Any]:
    """Schedules that come, that are disabled and that have come; a suite that has run."""
    test = service.define("Ordered", defaultDurationSeconds=1)
    steps = [{"tests": [{"loadTestId": test["id"]}]}] * 2
    suite = service.api.want("POST", "/v1/suites", {**PLACE, "name": "Smoke", "steps": steps})
    service.api.want("POST", f"/v1/suites/{suite['id']}/start")
    schedules = {
        "Nightly": {"cron": "30 2 * * MON-FRI", "timeZone": "Europe/Berlin"},
        "Once": {"at": (datetime.now(UTC) + timedelta(seconds=3)).isoformat()},
        "Not any more": {"cron": "@daily", "enabled": False},
        "The suite, each Sunday at noon in Kathmandu": {
            "cron": "0 12 * * SUN", "timeZone": "Asia/Kathmandu",
            "loadTestId": None, "suiteId": suite["id"],
        },
    }  # fmt: skip
    made = {}
    for name, changes in schedules.items():
        fields = {**PLACE, "name": name, "loadTestId": test["id"], **changes}
        body = {key: value for key, value in fields.items() if value is not None}
        made[name] = service.api.want("POST", "/v1/schedules", body)
    return made


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 1920)]
)
def test_schedules_and_suites_are_shown(open_page, orders, theme, width):
    page = open_page("/schedules", role="viewer", theme=theme, width=width)
    nightly = page.get_by_role("article").filter(has_text="Nightly")
    expect(nightly.get_by_text("30 2 * * MON-FRI")).to_be_visible()
    expect(nightly.get_by_text("Europe/Berlin")).to_be_visible()
    nexts = nightly.locator("time").first
    expect(nexts).to_have_attribute("datetime", orders["Nightly"]["nextTimes"][0])
    off = page.get_by_role("article").filter(has_text="Not any more")
    expect(off.get_by_text("Disabled", exact=True)).to_be_visible()
    suite = page.get_by_role("article").filter(has_text="Smoke").filter(has_text="On failure")
    expect(suite.get_by_text("2 in 2 steps")).to_be_visible()
    expect(suite.locator("time")).to_be_visible()
    check_accessible(page)
    check_fits(page)
    shoot(page, f"schedules-{theme}-{width}")


def test_a_tick_is_shown_with_its_run(open_page, service, orders):
    path = f"/v1/schedules/{orders['Once']['id']}/ticks"
    page = open_page("/schedules", role="viewer")
    card = page.get_by_role("article").filter(has_text="Once")
    link = card.get_by_role("link", name="Run")
    expect(link).to_be_visible()
    run_id = service.api.want("GET", path)["items"][0]["runId"]
    expect(link).to_have_attribute("href", f"#/runs/{run_id}")
    expect(card.get_by_text("started")).to_be_visible()
    shoot(page, "schedules-tick")
    link.click()
    expect(page).to_have_url(re.compile(f"#/runs/{run_id}$"))


def test_the_list_alone_tells_of_all_schedules(open_page, orders):
    page = open_page(role="viewer")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("location.hash = '#/schedules'")
    for name in orders:
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    assert not [url for url in asked if "/v1/schedules/" in url]


def test_a_card_that_did_not_change_keeps_the_focus(open_page, orders):
    page = open_page("/schedules", role="viewer")
    link = page.get_by_role("article").filter(has_text="Nightly").get_by_role("link")
    link.focus()
    with page.expect_response(re.compile(r"/v1/schedules\?")):
        pass
    with page.expect_response(re.compile(r"/v1/suites\?")):
        pass
    expect(link).to_be_focused()
