"""Every page, light and dark, narrow and wide: accessible, within its width, quiet."""

from __future__ import annotations

import pytest
from conftest import check_accessible, check_fits, shoot, visit
from playwright.sync_api import expect

PAGES = {
    "overview": "/",
    "tests": "/tests",
    "new-test": "/tests/new",
    "runs": "/runs",
    "schedules": "/schedules",
    "clusters": "/clusters",
    "webhooks": "/webhooks",
    "missing": "/no-such-page",
}


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 1920)]
)
def test_pages_are_accessible_and_fit(open_page, past_runs, live_run, theme, width):
    page = open_page(theme=theme, width=width)
    expect(page.get_by_role("article").filter(has_text="Live").first).to_be_visible()
    for name, path in PAGES.items():
        visit(page, path)
        if name == "new-test":
            page.get_by_text("Scenario", exact=True).click()
        check_accessible(page)
        check_fits(page)
        shoot(page, f"{name}-{theme}-{width}")


def test_who_has_nothing_yet_is_told_what_to_do(open_page):
    page = open_page(role="visitor")
    expect(page.get_by_text("No load yet.")).to_be_visible()
    check_accessible(page)
    shoot(page, "overview-empty")
    for path, text in (("/tests", "No load test yet."), ("/runs", "No run yet.")):
        visit(page, path)
        expect(page.get_by_text(text)).to_be_visible()
        check_accessible(page)


def test_the_theme_can_be_chosen_and_is_kept(open_page):
    page = open_page("/runs", theme="light")
    page.get_by_role("button", name="Use the dark theme").click()
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(14, 18, 24)"
    page.reload()
    expect(page.get_by_role("button", name="Use the light theme")).to_be_visible()
    assert page.evaluate(background) == "rgb(14, 18, 24)"


def test_a_role_is_offered_what_it_may_do_and_no_more(open_page, past_runs):
    offers = {"viewer": (0, 0, 0), "operator": (1, 0, 0), "admin": (1, 1, 1)}
    for role, (starts, defines, stops_all) in offers.items():
        page = open_page("/tests", role=role)
        card = page.get_by_role("article").filter(has_text="Runs that are over")
        expect(card).to_be_visible()
        assert card.get_by_role("button", name="Start").count() == starts, role
        assert card.get_by_role("link", name="Edit").count() == defines, role
        assert page.get_by_role("link", name="New load test").count() == defines, role
        visit(page, "/clusters")
        assert page.get_by_role("button", name="Emergency stop").count() == stops_all, role
