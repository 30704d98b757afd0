"""A browser, a signed-in person, and the checks every page of a journey passes."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from lianzhu.apps.core import jobs
from lianzhu.apps.core.models import User
from lianzhu.config.jobs import WORKS
from tests import factories

# Playwright keeps an event loop in this thread; Django's guard against async code would see it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing")
        pytest.skip("this machine has no Chromium")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=found,
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
                *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            ],
        )
        yield made
        made.close()


def _is_fault(said: ConsoleMessage) -> bool:
    """Whether the browser complains of something else than a refusal (409), which the page itself explains."""
    return said.type == "error" and "status of 409" not in said.text


class Visitor:
    """One person at one screen."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        # What a journey passes several times is checked once.
        self.seen: set[str] = set()
        self.page.on("console", lambda said: self.faults.append(said.text) if _is_fault(said) else None)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", lambda answer: self.faults.append(answer.url) if answer.status in (404, 500) else None)

    def open(self, path: str) -> Page:
        """Open a page and check it."""
        self.page.goto(self.address + path)
        self.check()
        return self.page

    def check(self) -> None:
        """No serious accessibility fault, no sideways scrolling, no script error."""
        result = Axe().run(self.page)
        bad = [v for v in result.response["violations"] if v["impact"] in ("serious", "critical")]
        told = [(v["id"], [node["html"][:160] for node in v["nodes"][:3]]) for v in bad]
        assert not told, (self.page.url, told)
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 1, f"{self.page.url} is {wide} px too wide"
        assert not self.faults, self.faults

    def work(self) -> None:
        """Let the worker do what waits, then look again."""
        jobs.run_waiting(WORKS)
        self.page.reload()
        self.check()


@pytest.fixture
def visit(browser: Browser, live_server) -> Iterator[Callable[..., Visitor]]:
    contexts: list[BrowserContext] = []

    def arrive(user: User | None, *, narrow: bool = False, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport=NARROW if narrow else WIDE, locale="zh-CN", java_script_enabled=scripts, has_touch=narrow
        )
        contexts.append(context)
        if user is not None:
            cookie = factories.browser(user).cookies["sessionid"]
            context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        return Visitor(context, live_server.url)

    yield arrive
    for context in contexts:
        context.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey on a real database."""
    for item in items:
        if "/journeys/" in str(item.path):
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.django_db(transaction=True))
