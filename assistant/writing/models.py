"""Chat models by one setting: an OpenAI-compatible address, Ollama, or a GGUF file served in this process.

The libraries are loaded when a model is set, because they take seconds and most installations set none. Nothing is
left to their own environment variables: an address, a key or a proxy that somebody set for another program would
send a partner's description there.
"""

from __future__ import annotations

import os
import re
import secrets
import weakref
from pathlib import Path
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel
from pydantic import Field, SecretStr

from assistant.errors import SettingsError
from assistant.types import Frozen

OLLAMA = "http://127.0.0.1:11434"
CONTEXT = 8192  # tokens a GGUF model reads and writes at once: the longest material and the reply to it
MAGIC = b"GGUF"
SPEC = re.compile(r"(?P<kind>openai|ollama):(?P<model>[^@\s]+)(?:@(?P<url>\S+))?")
HOW = (
    "PARTNER_LENS_CHAT_MODEL 请写成 openai:模型名@http://地址/v1、ollama:模型名 或 .gguf 文件的路径；"
    "不用对话模型则留空。"
)


class ChatOptions(Frozen):
    """How to reach a chat model. `timeout` is the seconds one whole reply may take, `tokens` the longest reply."""

    model: str
    key: SecretStr = SecretStr("")
    timeout: float = Field(default=60.0, gt=0)
    retries: int = Field(default=2, ge=0)
    tokens: int = Field(default=1200, ge=1)


class Served:
    """A model server of this process. It ends with this value, and before the interpreter does: one that is still
    answering while Python is taken down crashes the process."""

    def __init__(self, server: object) -> None:
        running = [server]
        weakref.finalize(self, running.clear)


class Opened(Frozen):
    """A model that can be asked.

    `failures` are the exceptions of its client library besides LangChain's. `marks_end` says that a whole answer ends
    with a reason for its end, so that one without was cut off. `server` keeps a GGUF file served while
    this value lives.
    """

    model_config = Frozen.model_config | {"arbitrary_types_allowed": True}

    chat: BaseChatModel
    name: str
    failures: tuple[type[Exception], ...] = ()
    marks_end: bool = False
    server: Served | None = None


def open_model(options: ChatOptions) -> Opened:
    """Make the chat model that `options` name. Only a GGUF file is touched now; an address is first asked when used.

    Raises `SettingsError` for what cannot be one.
    """
    spec = options.model.strip()
    if spec.lower().endswith(".gguf"):
        return _served(Path(spec).expanduser(), options)
    match = SPEC.fullmatch(spec)
    if match is None:
        raise SettingsError(f"对话模型的写法不对。{HOW}")
    model, url = match.group("model"), match.group("url")
    if match.group("kind") == "ollama":
        return _ollama(model, _address(url or OLLAMA), options)
    if not url:
        raise SettingsError(f"openai: 后面没有写明地址。{HOW}")
    return _compatible(model, _address(url), options)


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"对话模型的地址应以 http:// 或 https:// 开头。{HOW}")
    if parts.username or parts.password:
        raise SettingsError("对话模型的地址里不要写密钥，请改用 PARTNER_LENS_CHAT_KEY。")
    return url


def _here(url: str) -> bool:
    """Whether an address is on this machine: no proxy stands before it."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def _compatible(model: str, url: str, options: ChatOptions) -> Opened:
    import httpx2
    import openai
    from langchain_openai import ChatOpenAI

    chat = ChatOpenAI(
        model=model,
        base_url=url,
        api_key=options.key if options.key.get_secret_value() else SecretStr("none"),
        organization="",
        timeout=options.timeout,
        max_retries=0,  # the writer tries again itself, the same way for every kind of model
        max_completion_tokens=options.tokens,
        temperature=0,
        use_responses_api=False,
        http_client=httpx2.Client(timeout=options.timeout, trust_env=not _here(url)),
    )
    return Opened(chat=chat, name=model, failures=(openai.OpenAIError, httpx2.HTTPError), marks_end=True)


def _ollama(model: str, url: str, options: ChatOptions) -> Opened:
    import httpx
    import ollama
    from langchain_ollama import ChatOllama

    key = options.key.get_secret_value()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    chat = ChatOllama(
        model=model,
        base_url=url,
        num_predict=options.tokens,
        num_ctx=CONTEXT,
        temperature=0,
        client_kwargs={"timeout": options.timeout, "trust_env": not _here(url), "headers": headers},
    )
    return Opened(chat=chat, name=model, failures=(ollama.ResponseError, httpx.HTTPError), marks_end=True)


def _served(path: Path, options: ChatOptions) -> Opened:
    """Serve a GGUF file on loopback, behind a key made for this process, and talk to it like to any other server."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
    except OSError as error:
        raise SettingsError(
            f"读不到对话模型文件 {path.name}（{error.strerror}）。请检查 PARTNER_LENS_CHAT_MODEL 的路径。"
        ) from error
    if magic != MAGIC:
        raise SettingsError(f"{path.name} 不是 GGUF 文件。请检查 PARTNER_LENS_CHAT_MODEL，或重新下载模型。")
    try:
        import xllamacpp
    except ImportError as error:
        raise SettingsError(
            "用本地 GGUF 模型需要另装 xllamacpp：在项目文件夹运行 .venv/bin/pip install -e '.[gguf]' 后重启。"
        ) from error
    key = secrets.token_urlsafe(24)
    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(path)
    wanted.n_ctx = CONTEXT
    wanted.cpuparams.n_threads = max(1, (os.cpu_count() or 2) - 1)  # they spin: one core stays for everything else
    wanted.hostnames, wanted.api_keys = ["127.0.0.1"], [key]
    wanted.ui = wanted.endpoint_slots = False
    wanted.offline = True
    wanted.verbosity = -1
    try:
        server = xllamacpp.Server(wanted)
    except (RuntimeError, ValueError) as error:
        raise SettingsError(f"{path.name} 载入失败：文件可能损坏，或内存不足。请换一个模型文件。") from error
    own = options.model_copy(update={"key": SecretStr(key)})
    return _compatible(path.stem, f"{server.listening_address}/v1", own).model_copy(update={"server": Served(server)})
