"""The report of a run, as somebody sees it who was sent its link."""

from __future__ import annotations

import pytest
from conftest import Watch, check_accessible, check_fits, shoot
from playwright.sync_api import expect


def test_a_report_is_shared_from_the_page_of_its_run(open_page, service, past_runs):
    run = past_runs[1]
    page = open_page(f"/runs/{run['id']}")
    menu = page.locator(".menu")
    menu.locator("summary").click()
    menu.get_by_role("button", name="Share a link").click()
    page.get_by_role("dialog").get_by_role("button", name="Make a link").click()
    link = page.get_by_role("dialog").get_by_label("It is shown this once").input_value()
    # Of a visitor who has no token and has never been here.
    visitor = page.context.browser.new_context()
    report = visitor.new_page()
    watch = Watch(report)
    assert report.goto(link).status == 200
    expect(report.locator("h1")).to_contain_text("Past")
    summary = service.api.want("GET", f"/v1/runs/{run['id']}/summary")
    expect(report.locator("dl.numbers")).to_contain_text(str(summary["totals"]["requests"]))
    assert report.locator("script").count() == 0
    assert not watch.problems
    shares = service.api.want("GET", f"/v1/runs/{run['id']}/shares")["items"]
    for share in shares:
        assert service.api.ask("DELETE", f"/v1/runs/{run['id']}/shares/{share['id']}")[0] == 204
    assert report.goto(link).status == 404
    visitor.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_a_report_is_for_everybody(browser, service, past_runs, theme, width):
    path = f"/v1/runs/{past_runs[1]['id']}/shares"
    link = service.base + service.api.want("POST", path, {})["url"]
    # The report lets no script run, and so not the rules' either.
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(link)
    check_accessible(page)
    check_fits(page)
    shoot(page, f"report-{theme}-{width}")
    context.close()
