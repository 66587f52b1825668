"""Webhooks as an administrator makes them, looks after them, and delivers again what failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import check_accessible, check_fits, settled, shoot, until, visit
from playwright.sync_api import Page, expect
from receiver import Receiver
from service import Service


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def no_webhooks(service: Service) -> Iterator[None]:
    """A tenant has so many of them and no more."""
    yield
    for webhook in service.api.want("GET", "/v1/webhooks?limit=100")["items"]:
        service.api.want("DELETE", f"/v1/webhooks/{webhook['id']}")


def hook(service: Service, name: str, url: str, **changes: Any) -> dict[str, Any]:
    body = {"tenantId": "red", "name": name, "kind": "json", "url": url, "events": ["run.verdict"]}
    return service.api.want("POST", "/v1/webhooks", {**body, **changes})


def line_of(page: Page, text: str):
    return page.get_by_role("listitem").filter(has_text=text)


def test_a_webhook_is_made_and_its_receiver_told(open_page, service, receiver):
    page = open_page("/webhooks", role="admin")
    page.watch.provoked = {422}
    expect(page.get_by_text("No webhook yet.")).to_be_visible()
    page.get_by_role("button", name="New webhook").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("A run was judged").uncheck()
    dialog.get_by_label("URL").fill(f"{receiver.url}/in/abcdefgh1234")
    dialog.get_by_role("button", name="Create").click()
    # Each at its field, in the service's words.
    expect(dialog.get_by_label("Name")).to_be_focused()
    expect(dialog.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Name").fill("Release gate")
    dialog.get_by_role("button", name="Create").click()
    told_when = dialog.get_by_role("group", name="Told when")
    expect(told_when.get_by_text("must name at least one")).to_be_visible()
    expect(dialog.get_by_label("Name")).not_to_have_attribute("aria-invalid", "true")
    check_accessible(page)
    shoot(page, "webhook-new-faults")
    dialog.get_by_label("A run is over").check()
    dialog.get_by_label("URL").fill("http://10.0.0.1/in")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_label("URL")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("URL").fill(f"{receiver.url}/in/abcdefgh1234")
    dialog.get_by_label("For", exact=True).select_option("red/dev")
    dialog.get_by_role("button", name="Create").click()

    secret = page.get_by_label("It is shown this once")
    expect(secret).to_have_value(re.compile("^whsec_.{44}$"))
    check_accessible(page)
    shoot(page, "webhook-secret")
    receiver.tell("secret", secret.input_value())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    told = secret.input_value()
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog).to_have_count(0)
    assert page.evaluate("navigator.clipboard.readText()") == told

    expect(page).to_have_url(re.compile("#/webhooks/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", name="Release gate")).to_be_visible()
    assert "abcdefgh1234" not in page.locator("#main").inner_text()
    assert told not in page.content()
    page.get_by_role("button", name="Send a test").click()
    test = line_of(page, "webhook.test")
    expect(test.get_by_text("Delivered")).to_be_visible()
    expect(test.get_by_text("1 attempt, the last: answered 200")).to_be_visible()
    until(page, lambda: len(receiver.received) == 1, "the test")
    assert receiver.received[0]["isSigned"], receiver.received

    # What happens is told as well, and its contents are what was sent.
    run = service.start(service.define("Told"), durationSeconds=1)
    service.until(run["id"], "Finished", "Failed")
    over = line_of(page, "run.finished")
    expect(over.get_by_text("Delivered")).to_be_visible()
    over.get_by_role("button", name="Details").click()
    expect(dialog.get_by_role("region", name="What was sent")).to_contain_text(run["id"])
    expect(dialog.get_by_text("answered 200")).to_be_visible()
    check_accessible(page)
    shoot(page, "webhook-details")
    page.keyboard.press("Escape")
    expect(over.get_by_role("button", name="Details")).to_be_focused()
    assert [one["isSigned"] for one in receiver.received] == [True, True]


def test_what_failed_is_delivered_again(open_page, service, receiver):
    made = hook(service, "Flaky", f"{receiver.url}/in")
    receiver.tell("secret", made["secret"])
    receiver.tell("answers", "500")
    page = open_page("/webhooks", role="admin")
    card = page.get_by_role("article").filter(has_text="Flaky")
    expect(card.get_by_text("Nothing sent yet")).to_be_visible()
    card.get_by_role("button", name="Send a test to Flaky").click()
    card.get_by_role("link", name="Deliveries of Flaky").click()
    settled(page)
    line = line_of(page, "webhook.test")
    expect(line.get_by_text("Trying again")).to_be_visible()
    expect(line.get_by_text("the last: HTTP 500")).to_be_visible()
    expect(line.get_by_text("Next attempt in")).to_be_visible()
    expect(page.get_by_text(re.compile("attempts? ha(s|ve) failed since"))).to_be_visible()
    check_accessible(page)
    shoot(page, "webhook-failing")
    receiver.tell("answers", "200")
    # By keyboard, and the button is still there to be pressed once more.
    again = line.get_by_role("button", name=re.compile("Deliver webhook.test of .* again"))
    again.focus()
    page.keyboard.press("Enter")
    expect(line.get_by_text("Delivered")).to_be_visible()
    expect(again).to_be_focused()
    expect(page.get_by_text("failed since")).to_have_count(0)
    ids = {one["id"] for one in receiver.received}
    assert len(ids) == 1 and len(receiver.received) >= 2
    assert all(one["isSigned"] for one in receiver.received)


def test_a_webhook_is_changed_disabled_and_deleted(open_page, service, receiver):
    made = hook(service, "Before", f"{receiver.url}/in")
    page = open_page(f"/webhooks/{made['id']}", role="admin")
    page.watch.provoked = {422}
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Edit").click()
    dialog.get_by_label("Name").fill("After")
    dialog.get_by_label("A cluster is lost").check()
    dialog.get_by_label("URL").fill("ftp://nowhere.example")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("URL")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("URL").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="After")).to_be_visible()
    stored = service.api.want("GET", f"/v1/webhooks/{made['id']}")
    assert stored["events"] == ["cluster.lost", "run.verdict"]
    assert stored["receiver"] == made["receiver"]

    page.get_by_role("button", name="New secret").click()
    dialog.get_by_role("button", name="Make it").click()
    expect(page.get_by_label("It is shown this once")).to_have_value(re.compile("^whsec_"))
    assert page.get_by_label("It is shown this once").input_value() != made["secret"]
    dialog.get_by_role("button", name="Close").click()

    page.get_by_role("button", name="Disable").click()
    expect(page.get_by_text("disabled by")).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_text("disabled by")).to_have_count(0)
    page.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("No webhook yet.")).to_be_visible()
    expect(page).to_have_url(re.compile("#/webhooks$"))


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 400), ("dark", 1920)]
)
def test_webhooks_are_accessible_and_fit(open_page, service, receiver, theme, width):
    long = hook(
        service,
        "A name that is as long as names of people's own making are, and longer",
        f"{receiver.url}/in",
        envId="dev",
        events=["run.started", "run.finished"],
    )
    receiver.tell("answers", "500,200")
    for _ in range(3):
        service.api.want("POST", f"/v1/webhooks/{long['id']}/test")
    off = hook(service, "Off", f"{receiver.url}/in")
    service.api.want("PUT", f"/v1/webhooks/{off['id']}", {"enabled": False})
    page = open_page("/webhooks", role="admin", theme=theme, width=width)
    expect(page.get_by_role("article")).to_have_count(2)
    sections = page.get_by_role("navigation", name="Sections")
    expect(sections.get_by_role("link", name="Webhooks")).to_be_in_viewport(ratio=0.9)
    check_accessible(page)
    check_fits(page)
    shoot(page, f"webhooks-{theme}-{width}")
    visit(page, f"/webhooks/{long['id']}")
    expect(page.get_by_role("listitem")).to_have_count(3)
    expect(page.get_by_text("attempt, the last").first).to_be_visible()
    check_accessible(page)
    check_fits(page)
    shoot(page, f"webhook-{theme}-{width}")
    page.get_by_role("button", name="Edit").click()
    check_accessible(page)
    check_fits(page)
    shoot(page, f"webhook-edit-{theme}-{width}")


def test_webhooks_are_for_administrators(open_page, service):
    made = hook(service, "Secret", f"{service.target}/in")
    for role in ("viewer", "editor"):
        page = open_page(role=role)
        assert page.get_by_role("link", name="Webhooks").count() == 0
        for path in ("/webhooks", f"/webhooks/{made['id']}"):
            visit(page, path)
            expect(page.get_by_text("Webhooks are for administrators")).to_be_visible()
            assert page.get_by_role("button", name="New webhook").count() == 0
    check_accessible(page)
    page = open_page("/webhooks", role="administrator")
    expect(page.get_by_role("link", name="Webhooks")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("link", name="Deliveries of Secret")).to_be_visible()
