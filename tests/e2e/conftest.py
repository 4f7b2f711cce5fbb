"""The real app on a free port, with the index of the real corpus, and a browser before it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from assistant.interfaces.web.app import build_app, listen
from assistant.service import Assistant
from assistant.settings import Settings

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE = {"width": 1280, "height": 860}


@pytest.fixture(scope="session")
def address(assistant: Assistant, settings: Settings) -> Iterator[str]:
    """Where the page is served."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(build_app(assistant, settings), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """Chromium without a head."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A first visit on a wide screen; it must ask no other host for anything and raise no error."""
    yield from visit(browser, address, WIDE)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """A first visit on a phone."""
    yield from visit(browser, address, {"width": 390, "height": 844})


def visit(browser: Browser, address: str, size: dict[str, int]) -> Iterator[Page]:
    """Open the page and watch what it asks for."""
    context = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    elsewhere: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url) if is_elsewhere(request.url, address) else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    page.locator(".pl-welcome").wait_for()
    page.locator(".pl-dot-ready").wait_for()
    yield page
    context.close()
    assert elsewhere == []
    assert faults == []


def is_elsewhere(url: str, address: str) -> bool:
    """Whether a request left for another host."""
    return not url.startswith((address, "data:", "blob:"))
