"""Labelled policy questions: what was cited, refused, corrected, against what a careful reviewer would have.

A label with no article is met by any citation of its instrument. Titles are compared without spaces, quotation marks
and the issuer before 关于, because people leave those out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from assistant.answering.answer import Answer
from assistant.errors import UnreadableSource
from assistant.knowledge.references import key
from assistant.types import Citation, Frozen


class Label(Frozen):
    """A citation that must or may be given."""

    law: str
    article: str | None = None

    def met_by(self, citation: Citation) -> bool:
        """Whether `citation` is what this label asks for."""
        return title(self.law) == title(citation.law) and self.article in (None, citation.article)


class LabelledQuestion(Frozen):
    """One line of a labelled set."""

    id: str
    author: str
    kind: str
    question: str
    as_of: date | None = None
    must_cite: tuple[Label, ...] = ()
    may_cite: tuple[Label, ...] = ()
    abstain: bool = False
    stale: bool = False
    premise_corrected: bool = False


class Score(Frozen):
    """Shares from 0 to 1; `multi_hop` counts questions whose every required citation was given."""

    questions: int
    recall: float
    precision: float
    abstain_recall: float
    abstain_precision: float
    stale_noticed: float
    premise_corrected: float
    premise_false_alarms: float
    multi_hop: float
    quotes_verified: float
    milliseconds_p50: float


def load(path: Path) -> tuple[LabelledQuestion, ...]:
    """Read a labelled set. Raises `UnreadableSource` naming the line that cannot be read."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            rows.append(LabelledQuestion.model_validate(json.loads(line)))
        except ValueError as error:
            raise UnreadableSource(f"{path.name} 第{number}行读不出来：{error}。请改正后重试。") from error
    return tuple(rows)


def title(law: str) -> str:
    """A title for comparing."""
    bare = key(law)
    return re.sub(r"^.*?(?=关于)", "", bare)


def recalled(question: LabelledQuestion, answer: Answer) -> int:
    """How many of the citations that must be given were given."""
    return sum(any(label.met_by(citation) for citation in answer.citations) for label in question.must_cite)


def belonging(question: LabelledQuestion, answer: Answer) -> int:
    """How many of the citations given belong."""
    labels = question.must_cite + question.may_cite
    return sum(any(label.met_by(citation) for label in labels) for citation in answer.citations)


def score(pairs: Sequence[tuple[LabelledQuestion, Answer]]) -> Score:
    """Compare answers with their labels."""
    answerable = [(question, answer) for question, answer in pairs if not question.abstain]
    cited = [(question, answer) for question, answer in answerable if not answer.abstained]
    labelled = [(question, answer) for question, answer in cited if question.must_cite or question.may_cite]
    stale = [(question, answer) for question, answer in pairs if question.stale]
    false = [(question, answer) for question, answer in pairs if question.premise_corrected]
    sound = [(question, answer) for question, answer in answerable if not question.premise_corrected]
    hops = [(question, answer) for question, answer in answerable if question.kind == "multi_hop"]
    citations = [citation for _, answer in pairs for citation in answer.citations]
    times = sorted(answer.elapsed_ms for _, answer in pairs)
    return Score(
        questions=len(pairs),
        recall=_share(
            sum(recalled(*pair) for pair in answerable), sum(len(question.must_cite) for question, _ in answerable)
        ),
        precision=_share(
            sum(belonging(*pair) for pair in labelled), sum(len(answer.citations) for _, answer in labelled)
        ),
        abstain_recall=_part(answer.abstained for question, answer in pairs if question.abstain),
        abstain_precision=_part(question.abstain for question, answer in pairs if answer.abstained),
        stale_noticed=_part(bool(answer.notices) and not answer.abstained for _, answer in stale),
        premise_corrected=_part(answer.premise_corrected for _, answer in false),
        premise_false_alarms=_share(sum(answer.premise_corrected for _, answer in sound), len(sound)),
        multi_hop=_part(recalled(question, answer) == len(question.must_cite) for question, answer in hops),
        quotes_verified=_part(citation.verified for citation in citations),
        milliseconds_p50=times[len(times) // 2] if times else 0.0,
    )


def _part(facts: Iterable[bool]) -> float:
    known = list(facts)
    return _share(sum(known), len(known))


def _share(part: float, whole: float) -> float:
    return round(part / whole, 3) if whole else 1.0
