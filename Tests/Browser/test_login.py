"""Who is let in, and what becomes of a session."""

from __future__ import annotations

from conftest import check_accessible, settled, shoot, until, visit
from playwright.sync_api import expect
from service import PASSWORD, TOKENS, Client


def test_a_wrong_token_is_refused_and_a_right_one_let_in(open_page, service):
    page = open_page(role=None)
    page.watch.provoked = {401}
    expect(page.get_by_role("heading", name="Log in to Swarmkeeper")).to_be_visible()
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("is needed")).to_be_visible()
    page.locator("#token").fill("no-such-token-is-known-here")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("This token is not known here")).to_be_visible()
    shoot(page, "login-refused")
    page.locator("#token").fill(TOKENS["viewer"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_people_log_in_with_a_password_and_out_again(open_page):
    page = open_page("/runs", role=None)
    page.watch.provoked = {401}
    page.get_by_text("User and password").click()
    page.get_by_label("User", exact=True).fill("anna")
    page.locator("#password").fill("not her password")
    page.get_by_label("Tenant").fill("red")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("do not belong together")).to_be_visible()
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    # Where she wanted to go in the first place.
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in to Swarmkeeper")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    visit(page, "/clusters")
    expect(page.get_by_role("heading", name="Log in to Swarmkeeper")).to_be_visible()


def test_a_session_that_has_ended_goes_on_where_it_was_after_a_login(open_page, service):
    token = service.api.want(
        "POST", "/v1/tokens", {"name": "short", "tenantId": "red", "role": "viewer"}
    )
    page = open_page(role=None)
    page.watch.provoked = {401}
    page.locator("#token").fill(token["token"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    service.api.want("DELETE", f"/v1/tokens/{token['id']}")
    page.evaluate("location.hash = '#/clusters'")
    expect(page.get_by_text("Your session has ended")).to_be_visible()
    check_accessible(page)
    page.locator("#token").fill(TOKENS["viewer"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Clusters")).to_be_visible()


def test_a_users_token_is_renewed_without_a_word(open_page, service):
    page = open_page(role=None)
    page.get_by_text("User and password").click()
    page.get_by_label("User", exact=True).fill("otto")
    page.locator("#password").fill(PASSWORD)
    page.get_by_label("Tenant").fill("red")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    # Access tokens of one second are the same; refresh tokens never are.
    used_up = "JSON.parse(sessionStorage.session).refreshToken"
    before = page.evaluate(used_up)
    page.evaluate(
        "sessionStorage.session = JSON.stringify("
        "{...JSON.parse(sessionStorage.session), expiresAt: Date.now() + 1000})"
    )
    page.reload()
    settled(page)
    until(page, lambda: page.evaluate(used_up) != before, "other tokens")
    token = page.evaluate("JSON.parse(sessionStorage.session).token")
    me = Client(service.base, token).want("GET", "/v1/me")
    assert me["name"] == "user:red/otto"
    expect(page.get_by_text("otto", exact=True)).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in to Swarmkeeper")).to_be_visible()
