"""The conversation on the page: kept turns and the turn under way, as messages of Gradio's Chatbot."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Event
from typing import Any

import gradio as gr
from pydantic import ValidationError

from assistant.casework import Reply, Step
from assistant.errors import AssistantError, IndexUnavailable
from assistant.interfaces.web.frame import percent
from assistant.interfaces.web.labels import Labels
from assistant.interfaces.web.markup import Html, tag
from assistant.interfaces.web.pieces import user_message
from assistant.interfaces.web.replies import reply_html
from assistant.service import Assistant
from assistant.types import Turn

Message = dict[str, Any]
WAIT_S = 0.4
NOTICED_S = 0.05  # after which a stop is noticed at the latest


@dataclass(frozen=True)
class Progress:
    """One moment of a turn: what the chat shows, and once it is over, how it ended."""

    messages: list[Message]
    reply: Reply | None = None
    failure: str = ""


def kept_messages(assistant: Assistant, turns: Sequence[Turn], t: Labels) -> list[Message]:
    """The kept turns of a conversation."""
    return [message for turn in turns for message in _turn_messages(assistant, turn, t)]


def take_turn(
    assistant: Assistant, text: str, conversation: str, before: list[Message], limit: int, t: Labels
) -> Iterator[Progress]:
    """Answer one text as the next turn of a conversation, showing each step as it happens.

    A failure is the last moment and leaves `before`, the messages on the page, as they were.
    """
    if len(text) > limit:
        words = f"文字共 {len(text):,} 字，超过上限 {limit:,} 字。请删减或分几次发送，文字仍在输入框里。"
        yield Progress(before, failure=words)
        return
    steps: list[Step] = []
    try:
        assistant.checked(text)  # what cannot be worked on stays in the box
        position = len(assistant.turns(conversation)) + 1 if conversation else 1
        shown = [*before, _message("user", user_message(text, t, position))]
        for step in _until_ready(assistant, t):
            yield Progress([*shown, *_thinking([step], t)])
        started = time.perf_counter()
        for item in assistant.converse(text, assistant.replies(conversation)):
            if isinstance(item, Step):
                steps.append(item)
                yield Progress([*shown, *_thinking(steps, t)])
            else:
                done = _thinking(steps, t, took=time.perf_counter() - started)
                yield Progress([*shown, *done, _answer(assistant, item, t)], reply=item)
    except AssistantError as error:
        yield Progress(before, failure=str(error))


def until_stopped(moments: Iterator[Progress], stopped: Event, last: Progress) -> Iterator[Progress]:
    """The moments of a turn as they come; once it is `stopped`, only `last`, at once.

    The step under way then ends unheard: it runs beside us, because a chat model may take a minute for one.
    """
    come: Queue[Progress | None] = Queue()

    def work() -> None:
        for moment in moments:
            come.put(moment)
            if stopped.is_set():
                return

    pool = ThreadPoolExecutor(1, thread_name_prefix="partner-lens-turn")
    working = pool.submit(work)
    working.add_done_callback(lambda _: come.put(None))  # however it ends
    pool.shutdown(wait=False)
    try:
        while not stopped.is_set():
            try:
                moment = come.get(timeout=NOTICED_S)
            except Empty:
                continue
            if moment is None:
                working.result()  # raises what went wrong there
                return
            if stopped.is_set():
                break
            yield moment
            if moment.reply is not None or moment.failure:
                return  # a stop that comes now comes too late
        yield last
    finally:
        stopped.set()  # the page may have been closed


def read_upload(assistant: Assistant, uploaded: str) -> str:
    """The text of an uploaded file. The copy that the upload left on disk is removed, read or not."""
    path = Path(uploaded)
    try:
        return assistant.read_file(path)
    finally:
        path.unlink(missing_ok=True)


def _until_ready(assistant: Assistant, t: Labels) -> Iterator[Step]:
    """Wait while the index is built, saying how far it is."""
    while (readiness := assistant.readiness).phase != "ready":
        if readiness.phase == "failed":
            raise IndexUnavailable(readiness.message)
        share = percent(readiness.done, readiness.total)
        yield Step(name="waiting", label=t.waiting, detail=f"{share}%" if share else "")
        time.sleep(WAIT_S)


def _turn_messages(assistant: Assistant, turn: Turn, t: Labels) -> list[Message]:
    asked = _message("user", user_message(turn.text, t, turn.position))
    try:
        reply = Reply.model_validate_json(turn.reply)
    except ValidationError:
        return [asked, _message("assistant", tag("p", t.old_reply, class_="pl-muted"))]
    return [asked, _answer(assistant, reply, t)]


def _answer(assistant: Assistant, reply: Reply, t: Labels) -> Message:
    def title(case: str) -> str:
        view = assistant.source(case)
        return view.title if view else case

    return _message("assistant", reply_html(reply, title, t))


def _thinking(steps: Sequence[Step], t: Labels, took: float | None = None) -> list[Message]:
    """The steps under one line that folds itself when the work is done."""
    state = "pending" if took is None else "done"
    whole: dict[str, str | float] = {"title": t.working if took is None else t.worked, "id": "steps", "status": state}
    if took is not None:
        whole["duration"] = round(took, 1)
    parts = []
    for number, step in enumerate(steps):
        metadata = {"title": step.label, "id": f"step-{number}", "parent_id": "steps"}
        if took is None and number == len(steps) - 1:
            metadata["status"] = "pending"  # A step that is done has no status: its detail stays open.
        parts.append({"role": "assistant", "content": step.detail, "metadata": metadata})
    return [{"role": "assistant", "content": "", "metadata": whole}, *parts]


def _message(role: str, html: Html) -> Message:
    return {"role": role, "content": gr.HTML(html, render=False, js_on_load=None, apply_default_css=False)}
