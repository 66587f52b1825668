"""What the page shows when something is wrong with the world, and how it finds back."""

from __future__ import annotations

from conftest import check_accessible, shoot, visit
from playwright.sync_api import expect


def test_a_service_that_does_not_answer_is_told_and_found_again(open_page, live_run):
    page = open_page()
    live = page.get_by_role("article").filter(has_text="Live")
    expect(live).to_be_visible()
    page.context.set_offline(True)
    # Offline makes each failed request an error of the console.
    page.watch.problems = NotOffline(page.watch.problems)
    expect(page.get_by_text("The service does not answer.")).to_be_visible()
    expect(page.get_by_text("Disconnected")).to_be_visible()
    expect(live).to_be_visible()
    check_accessible(page)
    shoot(page, "disconnected")
    visit(page, "/runs")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("row").filter(has_text="Live").first).to_be_visible()
    expect(page.get_by_text("The service does not answer.")).to_have_count(0)


class NotOffline(list):
    """Problems but for those of a network that the test itself has taken away."""

    def append(self, problem: str) -> None:
        if "ERR_INTERNET_DISCONNECTED" not in problem:
            super().append(problem)


def test_an_emergency_stop_is_ordered_shown_to_all_and_lifted(open_page, service):
    page = open_page("/clusters", role="admin")
    page.watch.provoked = {422}
    page.get_by_role("button", name="Emergency stop").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What to stop").select_option("host")
    dialog.get_by_role("button", name="Stop the load").click()
    expect(dialog.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    check_accessible(page)
    shoot(page, "emergency-dialog")
    dialog.get_by_label("Host").fill("elsewhere.example")
    dialog.get_by_label("Reason").fill("The shop <b>burns</b>")
    dialog.get_by_role("button", name="Stop the load").click()
    banner = page.get_by_role("region", name="Service messages")
    # As text, not as HTML.
    expect(banner.get_by_text("The shop <b>burns</b>")).to_be_visible()
    check_accessible(page)
    shoot(page, "emergency-banner")
    viewer = open_page(role="viewer", width=400)
    other = viewer.get_by_role("region", name="Service messages")
    expect(other.get_by_text("The shop <b>burns</b>")).to_be_visible()
    assert other.get_by_role("button", name="Lift").count() == 0
    check_accessible(viewer)
    banner.get_by_role("button", name="Lift").click()
    page.get_by_role("dialog").get_by_role("button", name="Lift it").click()
    expect(banner.get_by_text("Emergency stop")).to_have_count(0)
    assert service.api.want("GET", "/v1/emergency-stop")["items"] == []


def test_names_from_elsewhere_stay_text(open_page, service):
    name = "<img src=x onerror=alert(1)>{{7*7}}\"'"
    service.define(name, description="<script>alert(2)</script>", tags=["<i>tag</i>"])
    page = open_page("/tests")
    card = page.get_by_role("article").filter(has_text="{{7*7}}")
    expect(card.get_by_role("heading")).to_have_text(name)
    card.get_by_role("button", name="Start").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text(name)
    assert page.locator("#main img, #main script, #main i").count() == 0
