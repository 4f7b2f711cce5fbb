"""Assistant: builds the rooms from Settings and is what every door talks to.

Opening is quick (the corpus is read and checked). `start` loads the encoder and brings the index up to date in the
background, so that a page can show how far it is; `prepare` does the same and returns when all is ready, for scripts.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from assistant.answering import Answer, Answerer, Listener, Precedents, TunedQuestions
from assistant.assessment import Assessment, Assessor, ClaimReader, LearnedReader, Matcher, TunedReader, fold
from assistant.casework import (
    ActReader,
    Conversation,
    Fact,
    Reply,
    RevisionReader,
    Rewording,
    Step,
    Talk,
    Talker,
    TurnReader,
)
from assistant.errors import AssistantError, IndexUnavailable, UnreadableSource
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations
from assistant.knowledge.phrases import read_phrases
from assistant.knowledge.readers import read_source, read_text
from assistant.knowledge.sources import SourceView, view_source
from assistant.retrieval import (
    HybridRetriever,
    Index,
    SentenceEncoder,
    load_encoder,
    load_lay_questions,
    open_store,
    unpacked,
)
from assistant.retrieval.encoder import BUNDLED, Remembering
from assistant.settings import Settings
from assistant.storage import Conversations, ConversationSummary, Turn, check_folder
from assistant.types import Frozen, Kind, Passage
from assistant.writing import ChatOptions, open_writer

LEARN = "import sys; from assistant.service import learn; learn(*sys.argv[1:])"
log = logging.getLogger(__name__)
FACTS = TypeAdapter(tuple[Fact, ...])

Room = TypeVar("Room")


class Readiness(Frozen):
    """How far the start is. `done` of `total` chunks must be in before answers; the rest may finish meanwhile."""

    phase: Literal["loading", "indexing", "ready", "failed"]
    done: int = 0
    total: int = 0
    rest_done: int = 0
    rest_total: int = 0
    message: str = ""


class Assistant:
    """One installation: its knowledge, its index and its conversations."""

    def __init__(self, settings: Settings, library: Library, phrases: dict[str, list[str]]) -> None:
        self._settings = settings
        self._phrases = phrases
        self.library = library
        self._citations = Citations(library)
        self._kept = Conversations(settings.data, settings.database_url)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._readiness = Readiness(phase="loading", message="正在载入模型")
        self._encoder: SentenceEncoder | None = None
        self._learner: subprocess.Popen[bytes] | None = None
        self._passages: Index | None = None
        self._retriever: HybridRetriever | None = None
        self._assessor: Assessor | None = None
        self._answerer: Answerer | None = None
        self._conversation: Conversation | None = None

    @classmethod
    def open(cls, settings: Settings) -> Assistant:
        """Load the corpus. Raises `CorpusError` when there is none, `StorageError` for a data folder of no use."""
        check_folder(settings.data)
        library = Library.open(settings.corpus)
        for problem in library.corpus.problems:
            log.warning("corpus: %s", problem)
        return cls(settings, library, read_phrases(settings.corpus / "language.yaml"))

    # --- starting -----------------------------------------------------------------------------------------------------

    @property
    def readiness(self) -> Readiness:
        """Where the start is now."""
        readiness = self._readiness
        if self._passages is not None and readiness.phase == "ready" and self._settings.embed_statutes:
            progress = self._passages.progress()
            return readiness.model_copy(update={"rest_done": progress.rest_done, "rest_total": progress.rest_total})
        return readiness

    def start(self) -> None:
        """Get ready in the background, then embed the remaining statutes; a second call does nothing."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._start, name="partner-lens-start", daemon=True)
                self._thread.start()

    def _start(self) -> None:
        try:
            self.prepare()
            if self._settings.embed_statutes and self._passages is not None:
                self._passages.embed_rest(self._stop)
        except AssistantError as error:
            if self._readiness.phase == "ready":
                log.warning("background embedding stopped: %s", error)
            else:
                self._readiness = Readiness(phase="failed", message=str(error))
        finally:
            if self._readiness.phase not in ("ready", "failed"):  # a fault of ours, told by its traceback
                self._readiness = Readiness(
                    phase="failed", message="启动失败。请把终端里的错误信息发给维护人员后重启。"
                )

    def stop(self) -> None:
        """End the background work; what was embedded stays."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def index(self, rebuild: bool = False, progress: Callable[[int, int], None] | None = None) -> tuple[int, int]:
        """Bring the index up to date and return (chunks embedded now, chunks in all that had to be in).

        Unchanged chunks are not embedded again; an interrupted build goes on where it stopped.
        """
        encoder = self.encoder
        passages, practices = self._indexes(encoder)
        documents, wordings = self.library.documents(date.today()), self.library.practices()
        core = sum(bool(document.metadata["core"]) for document in documents)
        total = core + len(wordings)

        def report(offset: int) -> Callable[[int, int], None]:
            def at(done: int, _: int) -> None:
                self._readiness = Readiness(phase="indexing", done=offset + done, total=total, message="正在建立索引")
                if progress is not None:
                    progress(offset + done, total)

            return at

        claims = ClaimReader(self._phrases)
        with ThreadPoolExecutor(1) as pool:
            learning = pool.submit(self._learned, claims)
            try:
                embedded = passages.build(documents, rebuild=rebuild, progress=report(0))
                embedded += practices.build(wordings, rebuild=rebuild, progress=report(core))
                self._passages = passages
                self._ready(encoder, passages, practices, claims, learning)
            except BaseException:  # an interrupt too: nobody is to wait for what is no longer wanted
                if self._learner is not None:
                    self._learner.kill()
                raise
        return embedded, total

    @property
    def is_learned(self) -> bool:
        """Whether what the practice bank teaches was learned from the knowledge as it stands."""
        return LearnedReader.is_kept(self.library, self._settings.data)

    def prepare(self) -> None:
        """Load the encoder, bring the index up to date if it is not, and open the rooms that need it."""
        if self._conversation is None:
            self.encoder.warm()
            self.index()

    @property
    def passages(self) -> Index:
        """The index of everything that is searched. Raises `IndexUnavailable` before it is ready."""
        return self._need(self._passages)

    @property
    def encoder(self) -> SentenceEncoder:
        """The encoder of the setting, loaded once."""
        if self._encoder is None:
            self._encoder = load_encoder(self._settings.encoder, self._settings.data)
        return self._encoder

    def _indexes(self, encoder: SentenceEncoder) -> tuple[Index, Index]:
        folder, url = self._settings.data, self._settings.chroma_url
        return (
            Index("passages", open_store("passages", folder, url), encoder, folder),
            Index("practices", open_store("practices", folder, url), encoder, folder),
        )

    def _learned(self, claims: ClaimReader) -> LearnedReader:
        """What the practice bank teaches: half a minute of a core when the bank changed, so in a process of its own.

        A thread would wait for the one that builds the index. Where no process can be had it is learned here.
        """
        if not LearnedReader.is_kept(self.library, self._settings.data):
            command = [sys.executable, "-P", "-c", LEARN, str(self._settings.corpus), str(self._settings.data)]
            pipes: dict[str, int] = {
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.DEVNULL,
                "stderr": subprocess.PIPE,
            }
            with subprocess.Popen(command, **pipes) as self._learner:  # type: ignore[call-overload]
                _, said = self._learner.communicate()
            if self._learner.returncode < 0:
                raise IndexUnavailable("学习练习句库时被中断（也可能是内存不足）。请重新运行；已完成的部分会接着做。")
            if self._learner.returncode:
                log.warning("learning in a process of its own failed: %s", said.decode(errors="replace").strip()[-500:])
        return LearnedReader.kept(self.library, claims, self._settings.data)

    def _ready(
        self,
        encoder: SentenceEncoder,
        passages: Index,
        practices: Index,
        claims: ClaimReader,
        learning: Future[LearnedReader],
    ) -> None:
        """Open the rooms; what the practice bank teaches is waited for last."""
        wordings = self.library.practices()
        matcher = Matcher(wordings, practices.vectors([str(item.id) for item in wordings]))
        lay = load_lay_questions(encoder.fingerprint)
        retriever = HybridRetriever(index=passages, encoder=encoder, lay=lay)
        encode, folder, stamp = encoder.encode_passage, self._settings.data, encoder.fingerprint
        tuned, talker = TunedReader(unpacked(folder)), Talker(unpacked(folder))
        precedents = Precedents.kept(self.library, date.today(), encode, stamp, folder)
        bundled = self._settings.encoder == BUNDLED
        listener = Listener(precedents, TunedQuestions(unpacked(folder)), None if bundled else retriever.encode)
        answerer = Answerer(self.library, retriever, listener)
        acts = ActReader.kept(self.library, encode, stamp, folder)
        said = Remembering(encode)
        turns = TurnReader(acts, RevisionReader.kept(self.library, claims, encode, stamp, folder), said, talker)
        learned = learning.result()
        assessor = Assessor(self.library, self._citations, matcher, learned, tuned, claims, encoder.encode_query)
        self._retriever, self._assessor, self._answerer = retriever, assessor, answerer
        self._conversation = Conversation(
            self.library,
            assessor,
            answerer,
            turns,
            claims,
            said,
            self._phrases,
            self._rewording(claims),
            self._remembered,
        )
        self._readiness = Readiness(phase="ready", message="已就绪")

    def _rewording(self, claims: ClaimReader) -> Rewording | None:
        """What puts replies into a chat model's words; None where no chat model is set. Raises `SettingsError`."""
        settings = self._settings
        options = ChatOptions(
            model=settings.chat_model,
            key=settings.chat_key,
            timeout=settings.chat_timeout,
            retries=settings.chat_retries,
            tokens=settings.chat_tokens,
        )
        patterns = self.library.patterns.values()
        names = [name for pattern in patterns for name in (pattern.name, pattern.english) if name]
        writer = open_writer(options, claims, read_phrases(settings.corpus / "writing.yaml"), names)
        return Rewording(writer, self._citations.wording) if writer is not None else None

    # --- asking -------------------------------------------------------------------------------------------------------

    def assess(self, text: str) -> Assessment:
        """Compare a description with the documented patterns."""
        return self._need(self._assessor).assess(self.checked(text))

    def ask(self, question: str, as_of: date | None = None) -> Answer:
        """Answer a question about the rules as of a day: the given one, else one the question names, else today."""
        return self._need(self._answerer).answer(self.checked(question), as_of)

    def search(self, query: str, top_k: int = 10, kinds: tuple[Kind, ...] | None = None) -> list[Passage]:
        """What retrieval finds, best first, one row an article."""
        return self._need(self._retriever).find(fold(self.checked(query)), top_k, kinds, as_asked=True)

    def converse(self, text: str, before: Sequence[Reply] = ()) -> Iterator[Step | Reply]:
        """One turn of the chat: the steps as they happen, the reply last.

        `before` are the replies of the conversation so far, in order. A turn without a word (an emoji, a question mark)
        is answered with what is wanted; only one that is too long is refused.
        """
        conversation = self._need(self._conversation)
        try:
            return conversation.converse(self.checked(text), before)
        except UnreadableSource as error:
            if len(text) > self._settings.max_characters:
                raise
            return iter([Reply(mode="clarify", text=str(error))])

    def reply(self, text: str, before: Sequence[Reply] = ()) -> Reply:
        """The reply to one turn of the chat, without its steps."""
        *_, last = self.converse(text, before)
        assert isinstance(last, Reply)  # the last item of every turn
        return last

    def read_file(self, path: Path) -> str:
        """The text of a docx, pdf, txt or md file. Raises `UnreadableSource`."""
        documents = read_source(path, self._settings.max_characters, self._settings.max_file_mb)
        return "\n".join(document.page_content for document in documents)

    def checked(self, text: str) -> str:
        """`text` unchanged, if it is one that can be worked on. Raises `UnreadableSource`."""
        return read_text(text, self._settings.max_characters)

    def _need(self, room: Room | None) -> Room:
        if room is None:
            message = self._readiness.message if self._readiness.phase == "failed" else ""
            raise IndexUnavailable(message or "索引还没有准备好，请稍候再试，或先运行 partner-lens index。")
        return room

    # --- sources ------------------------------------------------------------------------------------------------------

    def source(self, source_id: str, article: str | None = None) -> SourceView | None:
        """A regulation (or one of its articles), a case or a pattern, as shown beside the chat; None when unknown."""
        return view_source(self.library, source_id, article, date.today())

    # --- conversations ------------------------------------------------------------------------------------------------

    def new_conversation(self) -> str:
        """Begin a conversation and return its id."""
        return self._kept.new()

    def conversations(self) -> list[ConversationSummary]:
        """The kept conversations, latest first."""
        return self._kept.all()

    def turns(self, id: str) -> list[Turn]:
        """The turns of a conversation in order."""
        return self._kept.turns(id)

    def replies(self, id: str) -> list[Reply]:
        """The replies of a conversation in order, as `converse` wants them; one of an older version is left out."""
        return [reply for turn in (self._kept.turns(id) if id else ()) if (reply := _parsed(turn.reply)) is not None]

    def _remembered(self, name: str) -> tuple[Fact, ...]:
        """What earlier conversations left of a partner of this name, each fact with its day."""
        kept = self._kept.dossier(name)
        return tuple(fact.model_copy(update={"turn": 0}) for fact in FACTS.validate_json(kept)) if kept else ()

    def branch_conversation(self, id: str, position: int) -> str:
        """Go back to before a turn without losing what followed: a new conversation with the turns before it.

        What is remembered of partners is what the new conversation says of them: the turns gone back on are not told
        again elsewhere.
        """
        branch = self._kept.branch(id, position)
        self._forget(self.replies(id), self.replies(branch))
        return branch

    def add_turn(self, id: str, text: str, reply: Reply) -> None:
        """Keep one exchange."""
        self._kept.add_turn(id, text, reply.model_dump_json())
        if any(note.name or note.facts or note.withdrawn or note.replaced for note in reply.notes):
            for ledger in Talk.after(self.replies(id)).partners:
                if ledger.name:
                    self._remember(ledger.name, ledger.standing)

    def rename_conversation(self, id: str, title: str) -> None:
        """Give a conversation another title."""
        self._kept.rename(id, title)

    def delete_conversation(self, id: str) -> None:
        """Put a conversation away, and what it told of partners; `undo_delete` brings both back."""
        told = self.replies(id)
        self._kept.delete(id)
        self._forget(told, [])

    def undo_delete(self, id: str) -> None:
        """Bring a deleted conversation back, and what it told of partners."""
        self._kept.undo_delete(id)
        for name, facts in _told(self.replies(id)).items():
            known = self._remembered(name)
            texts = {fact.text for fact in known}
            self._remember(name, [*known, *(fact for fact in facts if fact.stands and fact.text not in texts)])

    def _forget(self, told: Sequence[Reply], left: Sequence[Reply]) -> None:
        """Take out of what is remembered of partners what `told` says of them and `left` does not."""
        still = _told(left)
        for name, facts in _told(told).items():
            gone = {fact.text for fact in facts} - {fact.text for fact in still.get(name, ())}
            self._remember(name, [fact for fact in self._remembered(name) if fact.text not in gone])

    def _remember(self, name: str, facts: Sequence[Fact]) -> None:
        self._kept.keep_dossier(name, FACTS.dump_json(tuple(facts)).decode())


def _told(replies: Sequence[Reply]) -> dict[str, list[Fact]]:
    """The facts that a conversation itself told of each partner with a name."""
    ledgers = [ledger for ledger in Talk.after(replies).partners if ledger.name]
    return {ledger.name: [fact for fact in ledger.facts if fact.turn] for ledger in ledgers}


@lru_cache(maxsize=1024)
def _parsed(kept: str) -> Reply | None:
    """A kept reply, read once however often its conversation goes on; None for one of another version."""
    try:
        return Reply.model_validate_json(kept)
    except ValidationError:
        log.warning("a turn was kept by another version and is not gone on from")
        return None


def learn(corpus: str, folder: str) -> None:
    """Learn from the practice bank of a corpus and keep the result in `folder`."""
    claims = ClaimReader(read_phrases(Path(corpus) / "language.yaml"))
    LearnedReader.kept(Library.open(Path(corpus)), claims, Path(folder))
