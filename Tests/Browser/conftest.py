"""What every test of the page needs: the service, a browser, and an eye on its console."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from service import TOKENS, Service

# A busy machine is slow, and nothing here measures time.
PATIENCE_MS = 30_000
SCREENSHOTS = Path(os.environ.get("SWARMKEEPER_SCREENSHOTS") or tempfile.mkdtemp(prefix="shots-"))
# What an answer with an error status makes a browser say; the page is to deal with those.
STATUS = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("service"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert program, "chromium is not installed"
    with sync_playwright() as playwright:
        # Without its sandbox, which containers do not let it have: it sees our own page alone.
        running = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()


class Watch:
    """What a page's console has said. A test names what it provokes itself."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        self.provoked: set[int] = set()
        page.on("console", lambda message: self._note(message.type, message.text, message.location))
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))

    def _note(self, kind: str, text: str, location: dict[str, Any]) -> None:
        if kind not in ("error", "warning"):
            return
        status = STATUS.match(text)
        if not status or int(status[1]) not in self.provoked:
            self.problems.append(f"{kind}: {text} ({location.get('url', '')})")


@pytest.fixture
def open_page(service: Service, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of a new visitor each, `role` being who logs in; sees that nothing is wrong."""
    pages: list[tuple[Page, Watch]] = []

    def open_one(
        path: str = "/",
        role: str | None = "administrator",
        theme: str = "light",
        width: int = 1280,
        height: int = 900,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        watch = Watch(page)
        page.watch = watch
        pages.append((page, watch))
        page.goto(f"{service.base}/#{path}")
        if role:
            page.get_by_label("Access token").last.fill(TOKENS[role])
            page.get_by_role("button", name="Log in").click()
            expect(page.get_by_role("navigation", name="Sections")).to_be_visible()
            settled(page)
        return page

    yield open_one
    problems = [problem for _, watch in pages for problem in watch.problems]
    for page, _ in pages:
        page.context.close()
    assert not problems, "\n".join(problems)


def until(page: Page, holds: Callable[[], Any], what: str) -> None:
    """Waits for what no locator can see; the page goes on meanwhile."""
    for _ in range(PATIENCE_MS // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"in vain waited for {what}")


def settled(page: Page) -> None:
    """The page of the address is shown, and not what is shown until it comes."""
    expect(page.locator("#main")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#main h1")).to_be_visible()


def visit(page: Page, path: str) -> None:
    page.evaluate("hash => { location.hash = hash }", f"#{path}")
    settled(page)


def check_accessible(page: Page) -> None:
    """No rule of axe is broken: those of WCAG 2.2 A and AA, and its best practices."""
    found = Axe().run(page).response["violations"]
    told = [
        f"{one['id']}: {one['help']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for one in found
        for node in one["nodes"]
    ]
    assert not told, "\n".join(told)


def check_fits(page: Page) -> None:
    """Nobody has to scroll sideways."""
    width, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= room, f"{width} px on {room} px at {page.url}"


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    # What stays at the window's top would else be in the middle of the picture.
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@pytest.fixture(scope="session")
def past_runs(service: Service) -> list[dict[str, Any]]:
    """Two runs of one load test that are over, and whose numbers differ."""
    test = service.define("Past", description="Runs that are over", tags=["nightly"])
    runs = [service.start(test, targetUsers=users, durationSeconds=3) for users in (2, 5)]
    return [service.until(run["id"], "Finished", "Failed") for run in runs]


@pytest.fixture
def live_run(service: Service) -> Iterator[dict[str, Any]]:
    """A run of a minute that makes load now; it is stopped at the test's end."""
    run = service.start(service.define("Live"))
    service.until(run["id"], "Running")
    yield run
    service.api.ask("POST", f"/v1/runs/{run['id']}/stop")
