"""A chat model rewords the built-in reply; what it writes is shown sentence by sentence as it passes the check.

The model runs in a thread of its own, so that a server that stalls, drips or never ends cannot hold the reply longer
than the timeout. Whatever goes wrong ends in the built-in reply and a reason, never in an error.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from langchain_core.exceptions import LangChainException, ModelTimeoutError
from langchain_core.messages import BaseMessage
from langsmith import tracing_context

from assistant.assessment import ClaimReader
from assistant.types import Frozen
from assistant.writing.checking import Checker, Verdict
from assistant.writing.masking import Masker
from assistant.writing.models import ChatOptions, Opened, open_model
from assistant.writing.prompt import heard, messages
from assistant.writing.sentences import sentences
from assistant.writing.task import Removed, WritingEvent, WritingTask, Written

log = logging.getLogger(__name__)

CHARACTERS = 4  # a token says at most, on average: more than the budget's worth means the server ignores the budget
HOPELESS = 6  # sentences removed in a row: the rest is not waited for
KEPT = 0.5
"""Share of the model's letters that must pass, and of the built-in sentences that those must restate. A model that is
refused more often than not is not trusted with the rest, and the reader must not get less than the built-in reply."""
PAUSE = 0.5  # seconds before the second attempt; doubled before each further one
NONSENSE = (ValueError, TypeError, KeyError, IndexError, AttributeError)
"""How the client libraries fail on a response that is not the protocol: bad JSON, missing or mistyped fields."""
STATUS = {
    401: "对话模型不接受所设的密钥",
    403: "对话模型不接受所设的密钥",
    404: "对话模型服务上没有所设的模型",
    429: "对话模型服务太忙",
}


class _News(Frozen):
    """What the thread reports: a piece of text, the end, or why there is no end."""

    kind: Literal["text", "end", "failed"]
    text: str = ""


class Writer:
    """Rewords built-in replies with one chat model.

    `phrases` are the lists of `corpus/writing.yaml`, `names` the names of all patterns.
    """

    def __init__(
        self,
        opened: Opened,
        options: ChatOptions,
        claims: ClaimReader,
        phrases: Mapping[str, Sequence[str]],
        names: Sequence[str] = (),
    ) -> None:
        self._opened = opened
        self._options = options
        self._claims = claims
        self._phrases = phrases
        self._names = tuple(names)

    @property
    def name(self) -> str:
        """The model's name, for the audit row and the screen."""
        return self._opened.name

    def write(self, task: WritingTask) -> Iterator[WritingEvent]:
        """The steps of rewording `task.reply`; the last event is `done` and carries the text to keep.

        Never raises for what the model or its server does. Closing the iterator stops the model.
        """
        started = time.perf_counter()
        task = heard(task, self._claims)
        masker, checker = Masker(), Checker(task, self._phrases, self._names)
        for text in (task.text, *task.reply):
            masker.mask(text)  # a name learned at its cue is then masked wherever it stands, before the cue too
        asked = messages(task, masker.mask)
        yield WritingEvent(name="step", label=f"请对话模型 {self.name} 改写，逐句核对后显示")
        passed: list[tuple[str, Verdict]] = []
        removed: list[Removed] = []
        reading = _Reading(self._opened, asked, self._options)
        try:
            for sentence in sentences(reading.pieces()):
                if reading.failure:
                    break  # the rest of a sentence that was cut off
                restored = masker.restore(sentence)
                verdict = _judged(sentence, masker, checker)
                if restored.strip() in {text.strip() for text, _ in passed}:
                    verdict = Verdict(passed=False, reason="重复")
                if verdict.passed:
                    passed.append((restored, verdict))
                    yield WritingEvent(name="passed", sentence=restored)
                else:
                    removed.append(Removed(sentence=restored.strip(), reason=verdict.reason))
                    yield WritingEvent(name="removed", removed=removed[-1])
                if len(removed) >= HOPELESS and not passed:
                    break
        finally:
            reading.stop()
        reason = reading.failure or _too_little(passed, removed, checker)
        took = round((time.perf_counter() - started) * 1000, 1)
        log.info("model %s: %d sentences passed, %d removed, %.0f ms", self.name, len(passed), len(removed), took)
        yield WritingEvent(name="done", label=_label(reason), result=_written(task, passed, removed, reason, took))


def open_writer(
    options: ChatOptions, claims: ClaimReader, phrases: Mapping[str, Sequence[str]], names: Sequence[str] = ()
) -> Writer | None:
    """The writer of the chat model that `options` name; None when none is set. Raises `SettingsError`."""
    if not options.model.strip():
        return None
    return Writer(open_model(options), options, claims, phrases, names)


def _judged(sentence: str, masker: Masker, checker: Checker) -> Verdict:
    if invented := masker.invented(sentence):
        return Verdict(passed=False, reason=f"材料里没有{invented[0]}")
    return checker.check(masker.restore(sentence))


def _too_little(passed: list[tuple[str, Verdict]], removed: list[Removed], checker: Checker) -> str:
    """Why what passed is not enough to stand for the built-in reply; empty when it is."""
    if not passed:
        return "对话模型的句子都没有通过核对" if removed else "对话模型没有写出内容"
    kept, lost = sum(len(text) for text, _ in passed), sum(len(item.sentence) for item in removed)
    if kept < KEPT * (kept + lost):
        return "对话模型的句子大多没有通过核对"
    restated = frozenset().union(*(verdict.rests_on for _, verdict in passed))
    return checker.lacks(" ".join(text for text, _ in passed), restated, KEPT)


def _label(reason: str) -> str:
    return f"{reason}，改用内置答复" if reason else "对话模型的措辞已逐句核对"


def _written(
    task: WritingTask, passed: list[tuple[str, Verdict]], removed: list[Removed], reason: str, took: float
) -> Written:
    if reason:
        said = tuple(task.reply)
        text = "\n".join([*task.reply, *task.closing])
    else:
        said = tuple(text.strip() for text, _ in passed)
        space = " " if task.language == "english" else ""
        text = "\n".join([space.join(text for text, _ in passed).replace(" \n", "\n").strip(), *task.closing])
    reason = f"{reason}，以下是内置答复。" if reason else ""
    return Written(text=text, used=not reason, sentences=said, removed=tuple(removed), reason=reason, elapsed_ms=took)


class _Reading:
    """One answer of the model, read in a thread. `failure` says why it is not whole, in Chinese; empty when it is."""

    def __init__(self, opened: Opened, asked: list[BaseMessage], options: ChatOptions) -> None:
        self.failure = ""
        self._begun = False
        self._opened = opened
        self._asked = asked
        self._options = options
        self._deadline = time.monotonic() + options.timeout
        self._stopped = threading.Event()
        self._news: queue.SimpleQueue[_News] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="partner-lens-writing", daemon=True).start()

    def stop(self) -> None:
        """Let the thread end at the next piece."""
        self._stopped.set()

    def pieces(self) -> Iterator[str]:
        """The pieces of text as they come, until the end or the timeout."""
        while True:
            try:
                news = self._news.get(timeout=max(0.0, self._deadline - time.monotonic()))
            except queue.Empty:
                self.failure = f"对话模型在{self._options.timeout:g}秒内没有写完"
                return
            if news.kind == "text":
                yield news.text
            elif news.kind == "failed":
                self.failure = news.text
                return
            else:
                return

    def _run(self) -> None:
        with tracing_context(enabled=False):  # a tracing service set for another program must not get these texts
            for attempt in range(self._options.retries + 1):
                if not self._attempt(attempt):
                    return

    def _attempt(self, attempt: int) -> bool:
        """Read one answer. True when it failed before its first word in a way that may pass: try again."""
        failures: tuple[type[Exception], ...] = (LangChainException, OSError, *NONSENSE, *self._opened.failures)
        try:
            self._read()
        except failures as error:
            if not self._begun and attempt < self._options.retries and _may_pass(error):
                pause = min(_pause(error, attempt), max(0.0, self._deadline - time.monotonic()))
                return not self._stopped.wait(pause)
            log.warning("model %s failed: %s", self._opened.name, type(error).__name__)  # its words may hold the key
            self._report("failed", _why(error, self._begun))
        return False

    def _read(self) -> None:
        """Report an answer piece by piece, and how it ended."""
        room, ended = self._options.tokens * CHARACTERS, ""
        for chunk in self._opened.chat.stream(self._asked):
            if self._stopped.is_set():
                return
            metadata = chunk.response_metadata
            ended = str(metadata.get("finish_reason") or metadata.get("done_reason") or ended)
            if text := str(chunk.text):
                self._begun = True
                room -= len(text)
                self._report("text", text)
            if room < 0:
                self._report("failed", "对话模型写个不停")
                return
        if ended == "length":
            self._report("failed", "对话模型写到长度上限仍没有写完")
        elif not ended and self._opened.marks_end:
            self._report("failed", "对话模型的连接中途断开" if self._begun else "对话模型的回应无法识别")
        else:
            self._report("end")

    def _report(self, kind: Literal["text", "end", "failed"], text: str = "") -> None:
        self._news.put(_News(kind=kind, text=text))


def _may_pass(error: BaseException) -> bool:
    status = _status(error)
    if isinstance(error, ModelTimeoutError):
        return False  # the time is used up
    return (
        status in (408, 409, 429) or status >= 500 or (not status and isinstance(error, (LangChainException, OSError)))
    )


def _pause(error: BaseException, attempt: int) -> float:
    """Seconds to wait: what the server asks for, else half a second, doubled each time."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    asked = str(headers.get("retry-after", ""))
    return float(asked) if asked.isdecimal() else PAUSE * 2.0**attempt


def _status(error: BaseException) -> int:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else 0


def _why(error: BaseException, begun: bool) -> str:
    """The failure in plain Chinese. Never the server's own words: they may repeat the key or the text."""
    status = _status(error)
    if status in STATUS:
        return f"{STATUS[status]}（{status}）"
    if status >= 400:
        return f"对话模型服务出错（{status}）"
    if isinstance(error, ModelTimeoutError):
        return "对话模型没有及时回应"
    if isinstance(error, NONSENSE) and not isinstance(error, OSError):
        return "对话模型的回应无法识别"
    return "对话模型的连接中途断开" if begun else "连不上对话模型"
