"""The chat page: how it is laid out and what each control does.

What the page shows is made by the modules beside it. A handler calls the Assistant and renders the result; the state of
a conversation is in the database and in the address of the page, never only here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any
from weakref import WeakValueDictionary

import gradio as gr

from assistant.errors import AssistantError, StorageError
from assistant.interfaces.web import frame
from assistant.interfaces.web.chat import Message, Progress, kept_messages, read_upload, take_turn, until_stopped
from assistant.interfaces.web.labels import ZH, labels
from assistant.interfaces.web.sources import empty_panel_html, source_html
from assistant.service import Assistant
from assistant.types import ConversationSummary

HERE = Path(__file__).parent
AT_ONCE = 4
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
FOLLOW = "() => window.partnerLens.follow()"
ARRIVE = "(id) => { window.partnerLens.address(id); window.partnerLens.settle(); }"
TAKE = "(typed) => window.partnerLens.take(typed)"
BEGIN = "(...given) => { window.partnerLens.begin(); return given; }"
END = "(draft, typed) => window.partnerLens.end(draft, typed)"
AGAIN = "(draft, typed) => window.partnerLens.again(draft, typed)"


def read_asset(name: str) -> str:
    """A script or style sheet that stands beside this module."""
    return (HERE / name).read_text(encoding="utf-8")


def _html(elem_id: str, value: str = "", script: str = "") -> gr.HTML:
    """A part of the page that is ours alone: none of Gradio's styles, and no behaviour but that of `script`."""
    return gr.HTML(
        value,
        elem_id=elem_id,
        js_on_load=read_asset(script) if script else None,
        apply_default_css=False,
        padding=False,
    )


class Page:
    """The chat page of one assistant."""

    def __init__(self, assistant: Assistant, max_characters: int) -> None:
        self._assistant = assistant
        self._limit = max_characters
        self._stops: WeakValueDictionary[str, Event] = WeakValueDictionary()  # of the turn under way on each page
        with gr.Blocks(
            title=f"{ZH.product} {ZH.tagline}",
            analytics_enabled=False,
            fill_width=True,
            fill_height=True,
            delete_cache=(3600, 3600),
        ) as self.blocks:
            self._lay_out()
            self._wire()

    # --- layout -------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.language = gr.Textbox("zh", visible=False)
        self.conversation = gr.Textbox("", visible=False)
        self.draft = gr.Textbox("", visible=False)
        self.clock = gr.Timer(1)
        version = self._assistant.library.version
        with gr.Row(elem_id="pl-header"):
            self.brand = _html("pl-brand", frame.brand_html(version, ZH))
            self.status = _html("pl-status")
            self.switch = _html("pl-language", frame.language_html(ZH))
        with gr.Row(elem_id="pl-main"):
            self.history = _html("pl-history", script="history.js")
            with gr.Column(elem_id="pl-center"):
                self.building = _html("pl-building")
                self.welcome = _html("pl-welcome", script="asking.js")
                self.chat = self._chatbot()
                self.notice = _html("pl-notice")
                self.wait = _html("pl-wait", frame.wait_html(ZH))
                self._lay_out_composer()
            self.panel = _html("pl-panel", empty_panel_html(ZH), script="panel.js")

    def _chatbot(self) -> gr.Chatbot:
        return gr.Chatbot(
            elem_id="pl-chat",
            label=ZH.chat,
            show_label=False,
            container=False,
            visible="hidden",
            height="100%",
            autoscroll=False,
            render_markdown=False,
            sanitize_html=True,
            allow_tags=False,
            latex_delimiters=[],
            layout="panel",
            buttons=[],
            feedback_options=None,
            allow_file_downloads=False,
        )

    def _lay_out_composer(self) -> None:
        with gr.Column(elem_id="pl-composer"):
            self.box = gr.Textbox(
                elem_id="pl-box",
                label=ZH.message,
                show_label=False,
                container=False,
                placeholder=ZH.placeholder,
                lines=1,
                max_lines=8,
                autofocus=True,
                html_attributes=gr.InputHTMLAttributes(spellcheck=False, autocorrect="off"),
            )
            with gr.Row(elem_id="pl-buttons"):
                self.attach = gr.UploadButton(
                    ZH.attach, file_types=[".docx", ".pdf", ".txt"], size="sm", elem_id="pl-attach", scale=0
                )
                self.hint = _html("pl-hint", frame.hint_html(self._limit, ZH))
                self.stop = gr.Button(ZH.stop, size="sm", visible=False, elem_id="pl-stop", scale=0)
                self.send = gr.Button(ZH.send, variant="primary", size="sm", elem_id="pl-send", scale=0)

    # --- events -------------------------------------------------------------------------------------------------------

    def _wire(self) -> None:
        shown = [self.chat, self.welcome, self.history, self.notice]
        buttons = [self.send, self.stop, self.attach]
        place = [self.conversation, self.language]
        opened = [*shown, *buttons, self.conversation]
        turns = self._wire_turns([*opened, self.draft])
        self.stop.click(self._stop, queue=False, **QUIET)
        opening = self.history.open_conversation(self._open, [self.language], opened, **QUIET)
        managing = self.history.manage(self._manage, place, [*shown, self.conversation], **QUIET)
        editing = self.welcome.edit(self._edit, place, [*opened, self.draft], **QUIET)
        self.panel.open_source(self._open_source, [self.language], [self.panel], **QUIET)
        ticked = [self.status, self.building, self.clock]
        self.clock.tick(self._tick, [self.language], ticked, queue=False, **QUIET)
        worded = [self.brand, self.switch, self.hint, self.wait, self.panel, self.box, *buttons]
        loaded = [self.language, self.conversation, self.status, self.building, *shown, *worded]
        loading = self.blocks.load(self._load, None, loaded, **QUIET)
        for event in (*turns, opening, managing, editing, loading):
            event.then(None, [self.conversation], js=ARRIVE, **QUIET)
        words = [self.draft, self.box]
        for event in turns:
            event.then(None, words, words[::-1], js=END, **QUIET)
            event.failure(None, words, words[::-1], js=END, **QUIET)
        editing.then(None, words, words[::-1], js=AGAIN, **QUIET)
        loading.then(None, js="() => window.partnerLens.restore()", **QUIET)
        self.chat.change(None, js=FOLLOW, **QUIET)

    def _wire_turns(self, outputs: list[Any]) -> list[Any]:
        """The three ways to begin a turn: the box, a click on an example, a file.

        The browser moves what is in the box into the draft, so that what is typed from then on is not touched. The page
        begins one turn at a time: what is sent in the middle of an answer waits for it (`later` in page.js).
        """
        place = [self.conversation, self.language]
        turn = QUIET | {"trigger_mode": "once", "concurrency_limit": AT_ONCE, "concurrency_id": "turn"}
        taking = gr.on([self.box.submit, self.send.click], None, [self.box], [self.draft, self.box], js=TAKE, **QUIET)
        return [
            taking.then(self._send, [self.draft, *place], outputs, **turn),
            self.welcome.ask(self._ask, place, outputs, js=BEGIN, **turn),
            self.attach.upload(self._upload, [self.attach, *place], outputs, js=BEGIN, **turn),
        ]

    # --- handlers -----------------------------------------------------------------------------------------------------

    def _send(self, typed: str, conversation: str, language: str, request: gr.Request) -> Iterator[dict[Any, Any]]:
        if typed.strip():
            yield from self._turn(typed, conversation, language, request)
        else:
            yield {self.notice: ""}

    def _ask(
        self, conversation: str, language: str, event: gr.EventData, request: gr.Request
    ) -> Iterator[dict[Any, Any]]:
        yield from self._turn(str(event.text), conversation, language, request)

    def _upload(self, uploaded: str, conversation: str, language: str, request: gr.Request) -> Iterator[dict[Any, Any]]:
        try:
            text = read_upload(self._assistant, uploaded)
        except AssistantError as error:
            yield {self.notice: frame.notice_html(str(error)), self.attach: gr.update(value=None)}
            return
        yield from self._turn(text, conversation, language, request)

    def _turn(self, text: str, conversation: str, language: str, request: gr.Request) -> Iterator[dict[Any, Any]]:
        """One turn on the screen. Its words are the draft until it is kept; if it is not, they go into the box."""
        t = labels(language)
        before = self._messages(conversation, language)
        busy = self._buttons(busy=True) | {self.draft: text}
        stopped = self._stops[str(request.session_hash)] = Event()
        moments = take_turn(self._assistant, text, conversation, before, self._limit, t)
        for moment in until_stopped(moments, stopped, Progress(before, failure=t.stopped)):
            if moment.failure:
                yield (
                    self._buttons(busy=False)
                    | self._conversation_view(moment.messages, moment.failure, language)
                    | {self.draft: text}
                )
            elif moment.reply is None:
                yield busy | self._conversation_view(moment.messages, language=language)
                busy = {}
            else:
                failure = ""
                try:
                    conversation = conversation or self._assistant.new_conversation()
                    self._assistant.add_turn(conversation, text, moment.reply)
                except AssistantError as error:
                    failure = str(error)
                yield (
                    self._buttons(busy=False)
                    | self._conversation_view(moment.messages, failure, language)
                    | {
                        self.draft: "",
                        self.conversation: conversation,
                        self.history: self._list(conversation, language),
                    }
                )

    def _stop(self, request: gr.Request) -> None:
        """Have the turn under way on this page end itself: nothing else may write on the page while it does."""
        if stopped := self._stops.get(str(request.session_hash)):
            stopped.set()

    def _edit(self, conversation: str, language: str, event: gr.EventData) -> dict[Any, Any]:
        """Go back to before a turn, its words in the box; the conversation as it was stays in the list."""
        position = int(event.position)
        try:
            turns = self._assistant.turns(conversation)
            text = next(turn.text for turn in turns if turn.position == position)
            branch = self._assistant.branch_conversation(conversation, position)
        except (AssistantError, StopIteration) as error:
            return {self.notice: frame.notice_html(str(error) or labels(language).turn_gone)}
        view = self._conversation_view(self._messages(branch, language), labels(language).edited, language)
        return self._buttons(busy=False) | view | {self.conversation: branch, self.draft: text}

    def _open(self, language: str, event: gr.EventData) -> dict[Any, Any]:
        id = str(event.id)
        stopped = labels(language).stopped if event.stopped else ""
        return (
            self._buttons(busy=False)
            | self._conversation_view(self._messages(id, language), stopped, language)
            | {self.conversation: id, self.history: self._list(id, language)}
        )

    def _manage(self, conversation: str, language: str, event: gr.EventData) -> dict[Any, Any]:
        id, action = str(event.id), str(event.action)
        deleted: ConversationSummary | None = None
        try:
            if action == "rename" and event.title:
                self._assistant.rename_conversation(id, str(event.title))
            elif action == "delete":
                deleted = next((item for item in self._assistant.conversations() if item.id == id), None)
                self._assistant.delete_conversation(id)
            elif action == "undo":
                self._assistant.undo_delete(id)
        except AssistantError as error:
            return {self.notice: frame.notice_html(str(error))}
        listed = {self.history: self._list("" if deleted and id == conversation else conversation, language, deleted)}
        if deleted and id == conversation:
            return listed | self._conversation_view([], language=language) | {self.conversation: ""}
        return listed | {self.notice: ""}

    def _open_source(self, language: str, event: gr.EventData) -> str:
        view = self._assistant.source(str(event.source), str(event.article) or None)
        return source_html(view, str(event.quote), labels(language))

    def _tick(self, language: str) -> tuple[Any, Any, Any]:
        readiness, t = self._assistant.readiness, labels(language)
        finished = readiness.phase == "failed" or (
            readiness.phase == "ready" and readiness.rest_done >= readiness.rest_total
        )
        return frame.status_html(readiness, t), frame.building_html(readiness, t), gr.Timer(active=not finished)

    def _load(self, request: gr.Request) -> dict[Any, Any]:
        """The page as its address says: language and conversation."""
        asked = request.query_params
        language = labels(asked.get("lang")).language
        t = labels(language)
        id = asked.get("c", "")
        messages = self._messages(id, language)
        status, building, _ = self._tick(language)
        return self._conversation_view(messages, language=language) | {
            self.language: language,
            self.conversation: id if messages else "",
            self.status: status,
            self.building: building,
            self.history: self._list(id, language),
            self.brand: frame.brand_html(self._assistant.library.version, t),
            self.switch: frame.language_html(t),
            self.hint: frame.hint_html(self._limit, t),
            self.wait: frame.wait_html(t),
            self.panel: empty_panel_html(t),
            self.box: gr.update(placeholder=t.placeholder, label=t.message),
            self.send: gr.update(value=t.send),
            self.stop: gr.update(value=t.stop),
            self.attach: gr.update(label=t.attach),
        }

    # --- views --------------------------------------------------------------------------------------------------------

    def _messages(self, conversation: str, language: str) -> list[Message]:
        """The kept turns of a conversation; none where they cannot be read, the list then says why."""
        if not conversation:
            return []
        try:
            return kept_messages(self._assistant, self._assistant.turns(conversation), labels(language))
        except StorageError:
            return []

    def _conversation_view(self, messages: list[Message], failure: str = "", language: str = "zh") -> dict[Any, Any]:
        return {
            self.chat: gr.update(value=messages, visible=True if messages else "hidden"),
            self.welcome: "" if messages else frame.welcome_html(labels(language)),
            self.notice: frame.notice_html(failure),
        }

    def _buttons(self, busy: bool) -> dict[Any, Any]:
        return {
            self.send: gr.update(visible=not busy),
            self.stop: gr.update(visible=busy),
            self.attach: gr.update(interactive=not busy, value=None),
        }

    def _list(self, current: str, language: str, deleted: ConversationSummary | None = None) -> str:
        try:
            return frame.history_html(self._assistant.conversations(), current, labels(language), deleted)
        except StorageError as error:
            return frame.notice_html(str(error))
