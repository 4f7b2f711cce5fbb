"""What a policy question gets back."""

from __future__ import annotations

from assistant.types import Citation, Frozen, Passage


class Sentence(Frozen):
    """One sentence of an answer with the citations it rests on; none only for sentences about the answer itself."""

    text: str
    citations: tuple[Citation, ...] = ()


class Answer(Frozen):
    """An answer whose every legal sentence carries verified citations, or an abstention with its reason.

    `nearest` are the closest passages and always present, so that a reader of an abstention can judge for himself.
    """

    question: str
    sentences: tuple[Sentence, ...]
    abstained: bool
    reason: str | None = None
    premise_corrected: bool = False
    notices: tuple[str, ...] = ()
    nearest: tuple[Passage, ...] = ()
    as_of: str
    corpus_version: str
    elapsed_ms: float = 0.0

    @property
    def text(self) -> str:
        """The sentences as one text."""
        return "\n".join(sentence.text for sentence in self.sentences)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, in order of first use."""
        seen: dict[tuple[str, str | None, str], Citation] = {}
        for sentence in self.sentences:
            for citation in sentence.citations:
                seen.setdefault((citation.source_id, citation.article, citation.quote), citation)
        return tuple(seen.values())

    def as_json(self, id: str | None = None) -> dict[str, object]:
        """The object of the contract's `ask`."""
        return {
            "id": id,
            "answer": self.text,
            "abstained": self.abstained,
            "reason": self.reason,
            "premise_corrected": self.premise_corrected,
            "citations": [citation.model_dump() for citation in self.citations],
            "notices": list(self.notices),
            "corpus_version": self.corpus_version,
            "elapsed_ms": self.elapsed_ms,
        }
