"""What all tests share: no test touches the user's own installation, and none is left out silently."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from assistant.knowledge import Library
from assistant.service import Assistant
from assistant.settings import REPOSITORY, Settings, load_settings

# A gate must give the same verdict twice, also on a slow machine.
hypothesis_settings.register_profile("gate", derandomize=True, deadline=None)
hypothesis_settings.load_profile("gate")

NEEDS = {"chromium": "browser", "postgres_url": "server", "chroma_url": "server"}
SLOWEST_INDEX = 900  # seconds that building the index may take on a busy machine


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that asks for a browser or a server, so that nobody has to remember to."""
    for item in items:
        for fixture in NEEDS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(NEEDS[fixture])
        if "assistant" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOWEST_INDEX))  # whichever comes first waits for the index


@pytest.fixture(scope="session", autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run as a fresh installation: none of the user's settings, and a data folder of our own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PARTNER_LENS_")]:
            patch.delenv(name)
        patch.setenv("PARTNER_LENS_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def library() -> Library:
    """The shipped corpus and the installed statutes."""
    return Library.open(REPOSITORY / "corpus")


@pytest.fixture(scope="session")
def settings(_own_settings: None) -> Settings:
    """The settings of the test run, with the data folder of `_own_settings`."""
    return load_settings(embed_statutes=False)


@pytest.fixture(scope="session")
def assistant(settings: Settings) -> Iterator[Assistant]:
    """The real assistant, ready to answer. The index is built here and nowhere else, once a session."""
    assistant = Assistant.open(settings)
    assistant.index()
    yield assistant
    assistant.stop()


@pytest.fixture(scope="session")
def data_folder(assistant: Assistant, settings: Settings) -> Path:
    """The folder with the ready index, for tests that open it from another process or copy it."""
    return settings.data


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium that browser tests drive; `make test` installs it or says why it may not."""
    if reason := os.environ.get("TEST_WITHOUT_BROWSER"):
        pytest.skip(reason)
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.fail("no Chromium here: run `make test`, which installs it, or set TEST_WITHOUT_BROWSER=reason")
    return Path(found)
