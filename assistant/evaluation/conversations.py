"""Labelled conversations: a turn passes when everything its label says of the reply holds.

A label may leave things open; what it names must hold whole: the mode, the pattern shown first, the level, one of the
citations, whether it was refused or abstained, words that must or must not stand in the reply.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.casework import Reply
from assistant.errors import UnreadableSource
from assistant.evaluation.cores import on_all_cores
from assistant.evaluation.questions import Label
from assistant.types import Act, Frozen, Level


class LabelledTurn(Frozen):
    """One turn and what its reply must be. `says` are groups of words, of each of which one must occur."""

    text: str
    act: Act
    modes: tuple[str, ...]
    first: tuple[str, ...] = ()
    shows_none: bool = False
    level: tuple[Level, ...] = ()
    cites: tuple[Label, ...] = ()
    refused: bool = False
    abstained: bool = False
    needs_info: bool | None = None
    says: tuple[tuple[str, ...], ...] = ()
    not_says: tuple[str, ...] = ()

    def faults(self, reply: Reply) -> tuple[str, ...]:
        """What is wrong with a reply: names of the things labelled that do not hold."""
        shown = reply.as_json()
        patterns = reply.assessment.patterns if reply.assessment else ()
        words = reply.text.lower()
        held = {
            "mode": reply.mode in self.modes,
            "first": not self.first or (bool(patterns) and patterns[0].id in self.first),
            "shows_none": not self.shows_none or not patterns,
            "level": not self.level or shown["level"] in self.level,
            "cites": not self.cites or any(label.met_by(item) for label in self.cites for item in reply.cited),
            "refused": shown["refused"] == self.refused,
            "abstained": shown["abstained"] == self.abstained,
            "needs_info": self.needs_info is None or shown["needs_info"] == self.needs_info,
            "says": all(any(word.lower() in words for word in group) for group in self.says),
            "not_says": not any(word.lower() in words for word in self.not_says),
        }
        return tuple(name for name, holds in held.items() if not holds)


class LabelledConversation(Frozen):
    """One line of a labelled set."""

    id: str
    author: str
    turns: tuple[LabelledTurn, ...]


class Talked(Frozen):
    """One turn as it went: its number from 1, and what did not hold."""

    conversation: str
    turn: int
    act: Act
    read_as: Act | None
    faults: tuple[str, ...]


class Score(Frozen):
    """Shares from 0 to 1. `faults` counts what did not hold, `acts` the share of turns read as what they do."""

    conversations: int
    turns: int
    turns_passing: float
    conversations_passing: float
    acts: float
    faults: dict[str, int]


def load(path: Path) -> tuple[LabelledConversation, ...]:
    """Read a labelled set. Raises `UnreadableSource` naming the line that cannot be read."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            rows.append(LabelledConversation.model_validate_json(line))
        except ValueError as error:
            raise UnreadableSource(f"{path.name} 第{number}行读不出来：{error}。请改正后重试。") from error
    return tuple(rows)


def talk_through(
    conversation: LabelledConversation, answer: Callable[[str, Sequence[Reply]], Reply]
) -> list[tuple[Talked, Reply]]:
    """Hold a conversation and compare each reply with its label."""
    replies: list[Reply] = []
    held = []
    for number, turn in enumerate(conversation.turns, 1):
        reply = answer(turn.text, replies)
        replies.append(reply)
        talked = Talked(
            conversation=conversation.id,
            turn=number,
            act=turn.act,
            read_as=reply.act,
            faults=turn.faults(reply),
        )
        held.append((talked, reply))
    return held


def hold(
    conversations: Sequence[LabelledConversation], answer: Callable[[str, Sequence[Reply]], Reply]
) -> list[Talked]:
    """Hold conversations, several at a time, and tell how each turn went."""
    held = on_all_cores(lambda conversation: talk_through(conversation, answer), conversations)
    return [talked for turns in held for talked, _ in turns]


def score(talked: Sequence[Talked]) -> Score:
    """What share of turns, and of whole conversations, passes."""
    failed = {turn.conversation for turn in talked if turn.faults}
    conversations = {turn.conversation for turn in talked}
    return Score(
        conversations=len(conversations),
        turns=len(talked),
        turns_passing=round(sum(not turn.faults for turn in talked) / max(1, len(talked)), 3),
        conversations_passing=round(1 - len(failed) / max(1, len(conversations)), 3),
        acts=round(sum(turn.act == turn.read_as for turn in talked) / max(1, len(talked)), 3),
        faults=dict(Counter(fault for turn in talked for fault in turn.faults).most_common()),
    )
