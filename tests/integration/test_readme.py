"""The README shows true output: each command in it is run and must print what stands there."""

from __future__ import annotations

import re
import shlex

import pytest

from assistant.settings import REPOSITORY
from tests.integration.conftest import Call

BLOCKS = re.findall(
    r"```\n\$ partner-lens ([^\n]*)\n(.*?)\n```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.S
)


def test_the_readme_shows_an_example_of_each_main_command() -> None:
    assert {shlex.split(command)[0] for command, _ in BLOCKS} >= {"assess", "ask", "search"}


@pytest.mark.usefixtures("data_folder")
@pytest.mark.parametrize(("command", "shown"), BLOCKS)
def test_a_command_of_the_readme_prints_what_stands_there(call: Call, command: str, shown: str) -> None:
    printed = call(*shlex.split(command)).out
    without_scores = [re.sub(r"^\d\.\d+ ", "", line).rstrip() for line in printed.splitlines()]
    assert without_scores == [re.sub(r"^\d\.\d+ ", "", line).rstrip() for line in shown.splitlines()]
