"""Starting the web app."""

from __future__ import annotations

import inspect
import socket

import pytest

from assistant import settings
from assistant.errors import SettingsError
from assistant.interfaces.web.app import listen
from assistant.settings import Settings


def test_a_port_in_use_is_a_named_failure_that_says_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="--port"):
            listen("127.0.0.1", taken.getsockname()[1])


def test_an_address_of_another_machine_is_a_named_failure() -> None:
    with pytest.raises(SettingsError, match="地址不可用"):
        listen("203.0.113.1", 7860)


def test_a_free_port_is_ours_until_closed() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0


def test_the_quicker_import_of_gradio_leaves_python_as_it_was() -> None:
    assert inspect.getfile(Settings) == settings.__file__
