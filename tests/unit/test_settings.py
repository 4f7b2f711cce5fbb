"""Settings: each is in the README with its meaning, and a value that cannot be used is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import REPOSITORY, Settings, load_settings

ROW = re.compile(r"^\| `PARTNER_LENS_([A-Z_]+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_the_readme_lists_every_setting_in_order() -> None:
    rows = ROW.findall((REPOSITORY / "README.md").read_text(encoding="utf-8"))
    assert [name.lower() for name, _, _ in rows] == list(Settings.model_fields)


def test_the_readme_gives_the_default_where_it_is_a_plain_value() -> None:
    rows = {name.lower(): default for name, default, _ in ROW.findall((REPOSITORY / "README.md").read_text("utf-8"))}
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, bool):
            assert rows[name] == f"`{str(field.default).lower()}`"
        elif isinstance(field.default, str | int) and field.default != "":
            assert rows[name] == f"`{field.default}`"


def test_every_setting_has_a_meaning_and_a_default() -> None:
    assert all(field.description and not field.is_required() for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "many"), ("PORT", "0"), ("PORT", "70000"), ("MAX_CHARACTERS", "5"), ("EMBED_STATUTES", "perhaps")],
)
def test_a_value_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"PARTNER_LENS_{name}", value)
    with pytest.raises(SettingsError, match=f"PARTNER_LENS_{name}.*请改正") as caught:
        load_settings()
    assert "\n" not in str(caught.value)


def test_all_bad_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_LENS_PORT", "many")
    monkeypatch.setenv("PARTNER_LENS_MAX_FILE_MB", "0")
    with pytest.raises(SettingsError, match=r"PARTNER_LENS_PORT.*PARTNER_LENS_MAX_FILE_MB"):
        load_settings()


def test_what_is_given_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("PARTNER_LENS_PORT=7001\nPARTNER_LENS_HOST=127.0.0.3\n", encoding="utf-8")
    monkeypatch.setenv("PARTNER_LENS_PORT", "7002")
    assert (load_settings().port, load_settings().host) == (7002, "127.0.0.3")
    assert load_settings(port=7003).port == 7003
