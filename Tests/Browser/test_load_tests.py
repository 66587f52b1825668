"""A load test from its definition to its numbers, as a person does it."""

from __future__ import annotations

import re

from conftest import check_accessible, settled, shoot, until, visit
from playwright.sync_api import expect


def test_a_load_test_is_defined_started_watched_and_stopped(open_page, service):
    page = open_page("/tests", role="editor")
    page.watch.provoked = {422}
    page.get_by_role("link", name="New load test").click()
    settled(page)
    page.get_by_label("Name").fill("Journey")
    page.get_by_label("Target", exact=True).fill(service.target)
    page.get_by_label("Cluster").select_option("engines")
    page.get_by_label("Users", exact=True).fill("5")
    page.get_by_label("Users started per second").fill("100")
    page.get_by_label("Duration").fill("5m")
    page.get_by_text("Scenario", exact=True).click()
    scenario = page.get_by_role("textbox", name="Scenario")
    # What is no JSON is told before anything is sent, what no engine can run by the service.
    scenario.fill('{\n  "steps": [\n    {"path": "/"}\n')
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("is no JSON")).to_be_visible()
    scenario.fill('{\n  "steps": [\n    {"path": "/"},\n    {"path": "/a", "metod": "PUT"}\n  ]\n}')
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text(re.compile(r"Line 4: /steps/1"))).to_be_visible()
    expect(scenario).to_be_focused()
    check_accessible(page)
    shoot(page, "edit-faults")
    steps = '{"load": {"thinkTime": "50ms"}, "steps": [{"name": "home", "path": "/"}]}'
    scenario.fill(steps)
    page.get_by_role("button", name="Create").click()
    expect(page).to_have_url(re.compile("#/tests/[0-9a-f-]{36}$"))

    visit(page, "/tests")
    card = page.get_by_role("article").filter(has_text="Journey")
    card.get_by_role("button", name="Start").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Users", exact=True).fill("0")
    dialog.get_by_role("button", name="Start the run").click()
    expect(dialog.get_by_label("Users", exact=True)).to_have_attribute("aria-invalid", "true")
    check_accessible(page)
    shoot(page, "start-dialog")
    dialog.get_by_label("Users", exact=True).fill("3")
    dialog.get_by_role("button", name="Start the run").click()
    expect(page).to_have_url(re.compile("#/runs/[0-9a-f-]{36}$"))
    run_id = page.evaluate("location.hash.split('/').pop()")
    assert service.run(run_id)["targetUsers"] == 3

    visit(page, "/")
    live = page.get_by_role("article").filter(has_text="Journey")
    requests = live.locator("dd").first
    expect(requests).to_have_text(re.compile(r"[1-9]"))
    seen = requests.text_content()
    until(page, lambda: requests.text_content() != seen, "other numbers")
    shoot(page, "overview-live")
    live.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop it").click()
    row = page.get_by_role("row").filter(has_text="Journey")
    expect(row.get_by_text("stopped by a user")).to_be_visible()
    expect(live).to_have_count(0)

    visit(page, "/runs")
    page.get_by_role("searchbox").fill("Journey")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile("q=Journey"))
    page.get_by_label("State").select_option("Failed")
    expect(page.get_by_text("No run is like that.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("row").filter(has_text="Journey")).to_be_visible()


def test_a_change_that_meets_another_one_is_asked_about(open_page, service):
    test = service.define("Contended")
    page = open_page(f"/tests/{test['id']}/edit", role="editor")
    page.watch.provoked = {412}
    expect(page.get_by_label("Name")).to_have_value("Contended")
    body = {key: test[key] for key in ("name", "tenantId", "envId", "targetUrl", "scenario")}
    service.api.want("PUT", f"/v1/load-tests/{test['id']}", {**body, "description": "theirs"})
    page.get_by_label("Users", exact=True).fill("7")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody else has changed")).to_be_visible()
    check_accessible(page)
    page.get_by_role("button", name="Keep mine").click()
    expect(page).to_have_url(re.compile(f"#/tests/{test['id']}$"))
    stored = service.api.want("GET", f"/v1/load-tests/{test['id']}")
    assert stored["defaultUsers"] == 7
    assert stored["scenario"] == test["scenario"]

    visit(page, "/tests")
    card = page.get_by_role("article").filter(has_text="Contended")
    card.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    expect(card).to_have_count(0)


def test_what_runs_are_compared_with_is_chosen_and_kept(open_page, service):
    test = service.define("Measured")
    path = f"/v1/load-tests/{test['id']}"
    page = open_page(f"/tests/{test['id']}/edit", role="editor")
    page.watch.provoked = {422}
    labels = page.get_by_label("Of runs with the labels")
    expect(labels).to_be_hidden()
    page.get_by_label("Compared with").select_option(label="The last run that passed")
    labels.fill("Branch:main")
    page.get_by_role("button", name="Save").click()
    expect(labels).to_have_attribute("aria-invalid", "true")
    check_accessible(page)
    labels.fill("branch:main, os:linux:6")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(f"#/tests/{test['id']}$"))
    stored = service.api.want("GET", path)["baseline"]
    assert stored["kind"] == "lastPassed"
    assert stored["labels"] == {"branch": "main", "os": "linux:6"}
    # What only the API can say is kept.
    kept = {**stored, "passesIfMissing": True}
    body = {key: test[key] for key in ("name", "tenantId", "envId", "targetUrl", "scenario")}
    service.api.want("PUT", path, {**body, "baseline": kept})
    visit(page, f"/tests/{test['id']}/edit")
    page.get_by_label("Users", exact=True).fill("7")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(f"#/tests/{test['id']}$"))
    changed = service.api.want("GET", path)
    assert changed["defaultUsers"] == 7
    assert changed["baseline"] == kept


def test_runs_are_paged_and_chosen_for_a_comparison(open_page, service, past_runs):
    test = service.define("Paged", locustClusterId=None, envId="prod")
    ids = [service.start(test)["id"] for _ in range(22)]
    page = open_page("/runs", role="admin")
    page.get_by_role("searchbox").fill("Paged")
    expect(page.get_by_role("row")).to_have_count(21)
    page.get_by_role("button", name="Older").click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("button", name="Newer").click()
    expect(page.get_by_role("row")).to_have_count(21)
    for run_id in ids:
        service.api.want("POST", f"/v1/runs/{run_id}/stop")
    page.get_by_role("searchbox").fill("Past")
    expect(page.get_by_role("row")).to_have_count(3)
    for box in page.get_by_role("checkbox").all():
        box.check()
    check_accessible(page)
    compare = page.get_by_role("link", name="Compare")
    ids = {run["id"] for run in past_runs}
    assert set(compare.get_attribute("href").split("=")[1].split(",")) == ids
