"""One setting names a chat model; what cannot be one is refused with what to write instead."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.errors import SettingsError
from assistant.settings import load_settings
from assistant.writing.models import ChatOptions, open_model

KEY = "sk-this-is-secret"


def options(model: str) -> ChatOptions:
    return ChatOptions(model=model, key=SecretStr(KEY))


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("openai:qwen2.5-7b@http://127.0.0.1:9/v1", "qwen2.5-7b"),
        ("openai:org/model:7b@https://models.bank.example/v1", "org/model:7b"),
        ("ollama:qwen2.5:7b", "qwen2.5:7b"),
        ("ollama:qwen2.5:7b@http://127.0.0.1:9", "qwen2.5:7b"),
    ],
)
def test_a_model_is_opened_without_asking_its_server(spec: str, name: str) -> None:
    opened = open_model(options(spec))
    assert opened.name == name
    assert opened.marks_end
    assert opened.failures


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("qwen", "写法不对"),
        ("openai:qwen", "没有写明地址"),
        ("openai:qwen@models.bank.example", "http://"),
        ("openai:qwen@ftp://models.bank.example", "http://"),
        (f"openai:qwen@http://user:{KEY}@models.bank.example/v1", "PARTNER_LENS_CHAT_KEY"),
        ("nowhere.gguf", "读不到"),
    ],
)
def test_what_cannot_be_a_model_is_refused_in_one_line_without_the_key(spec: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as caught:
        open_model(options(spec))
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("。")


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.gguf").write_text("Dear Sirs", "utf-8")
    with pytest.raises(SettingsError, match="不是 GGUF 文件"):
        open_model(options(str(tmp_path / "letter.gguf")))


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(SettingsError, match="载入失败"):
        open_model(options(str(tmp_path / "broken.gguf")))


def test_a_model_file_without_the_extra_names_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)  # as Python marks a package that is not there
    (tmp_path / "model.gguf").write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(SettingsError, match=r"xllamacpp.*gguf"):
        open_model(options(str(tmp_path / "model.gguf")))


def test_the_key_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_LENS_CHAT_KEY", KEY)
    settings = load_settings(chat_model="openai:m@http://127.0.0.1:9/v1")
    assert settings.chat_key.get_secret_value() == KEY
    opened = open_model(ChatOptions(model=settings.chat_model, key=settings.chat_key))
    assert not any(
        KEY in shown for shown in (repr(settings), repr(opened), str(opened.chat), settings.model_dump_json())
    )


def test_a_key_meant_for_another_service_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.example/v1")
    opened = open_model(ChatOptions(model="openai:m@http://127.0.0.1:9/v1"))
    client = opened.chat.root_client
    assert client.api_key != KEY
    assert client.base_url.host == "127.0.0.1"
