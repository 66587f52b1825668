"""All of it without a mouse."""

from __future__ import annotations

import re

from conftest import settled
from playwright.sync_api import Page, expect
from service import TOKENS


def tab_to(page: Page, name: str, steps_max: int = 60) -> None:
    """Presses Tab until what has this name has the focus."""
    for _ in range(steps_max):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(document.activeElement.getAttribute('aria-label')"
            " || document.activeElement.textContent || '').trim()"
        )
        if found == name:
            return
    raise AssertionError(f"no Tab leads to {name}")


def test_a_load_test_is_started_by_keyboard_alone(open_page, service):
    service.define("By keyboard")
    page = open_page(role=None)
    expect(page.locator("#token")).to_be_focused()
    page.keyboard.type(TOKENS["operator"])
    page.keyboard.press("Enter")
    settled(page)

    page.evaluate("document.activeElement.blur()")
    tab_to(page, "Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()

    page.reload()
    settled(page)
    tab_to(page, "Load tests")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "where the focus is can be seen"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Load tests")).to_be_visible()
    # The new page has the focus, not the link that led there.
    expect(page.locator("#main")).to_be_focused()
    assert page.title() == "Load tests · Swarmkeeper"
    tab_to(page, "Start By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Start By keyboard")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_label("Users", exact=True).focus()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#/runs/[0-9a-f-]{36}$"))
    run = service.run(page.evaluate("location.hash.split('/').pop()"))
    assert run["targetUsers"] == 2
    service.api.want("POST", f"/v1/runs/{run['id']}/stop")
