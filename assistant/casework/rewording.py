"""A chat model's words for a reply that is already right, where a chat model is set.

Only replies with something to say are given to it: an assessment, an answer, an explanation. What it writes is shown
sentence by sentence as it passes the check (`writing`); what was removed is listed with the reply, and when too little
is left, or the model fails, the built-in reply stands and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.casework.reply import Reply, Step
from assistant.casework.talk import Talk
from assistant.types import Citation
from assistant.writing import Writer, WritingTask, facts_of, sources_of

WORDED = ("assess", "policy", "explain")
SENTENCE = re.compile(r"[^。！？\n]+[。！？]?[”」]?")
CLOSING = re.compile(r"知识截至|写给本助手的指令|Knowledge as of|Instructions to the assistant")
FEWEST = 2  # sentences: a shorter reply needs no other words


class Rewording:
    """Puts replies into a chat model's words."""

    def __init__(self, writer: Writer, wording: Callable[[Citation], str]) -> None:
        self._writer = writer
        self._wording = wording

    def reword(self, reply: Reply, text: str, talk: Talk) -> Iterator[Step | Reply]:
        """The reply in other words, after the sentences that passed so far as steps."""
        sentences = tuple(found.group().strip() for found in SENTENCE.finditer(reply.text) if found.group().strip())
        told = tuple(sentence for sentence in sentences if not CLOSING.search(sentence))
        if reply.mode not in WORDED or len(told) < FEWEST:
            yield reply
            return
        task = WritingTask(
            text=text,
            reply=told,
            sources=sources_of(reply.cited, self._wording),
            facts=facts_of(reply.assessment) if reply.assessment is not None else None,
            earlier=tuple(fact.text for fact in talk.ledger.standing) if talk.ledger is not None else (),
            closing=tuple(sentence for sentence in sentences if CLOSING.search(sentence)),
            language=reply.language,
        )
        passed = ""
        for event in self._writer.write(task):
            if event.name == "step":
                yield Step(name="writing", label=event.label, detail=passed)
            elif event.name == "passed":
                passed += event.sentence
                yield Step(name="writing", label="对话模型改写，逐句核对", detail=passed)
            elif event.result is not None:
                removed = tuple(f"{item.sentence}（{item.reason}）" for item in event.result.removed)
                said = event.result.text if event.result.used else f"{reply.text}\n（{event.result.reason}）"
                yield reply.model_copy(update={"text": said, "removed": removed})
