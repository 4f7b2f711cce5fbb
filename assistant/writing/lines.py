"""What the material says, line by line, and whether a clause of a sentence is one of those things.

A line is a sentence of the built-in reply, a sign of the assessment or the user's own words; articles are held apart,
because of them a sentence must also keep together what stands together: which penalty belongs to which condition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answering.supported import HEADER, TOKEN, is_supported
from assistant.knowledge.spelling import fold
from assistant.writing.meaning import OWED, Clause, clauses, clipped, contradicts, covered, pieces, swapped, turned
from assistant.writing.task import WritingTask

IN_UNIT = 0.6
"""Share of a clause's letters that one clause of the material must say."""
IN_ALL = 0.72
"""Share of its letters that the material as a whole must say."""
FOREIGN = 2  # letters, one Chinese word, that a short clause may bring along
BRIEF = 4  # letters around a number, at most, that need not be said with it
FOREIGN_TO_LAW = 1  # the same for a sentence about an article
NOT_SAID = "材料里没有讲这些内容"
NUMBERS = ("percent", "unit")  # what an indicator's words say more exactly than the indicator
FOUND, TOLD = -1, -2  # lines that are no sentence of the reply: what the assessment found, what the user told
CONDITION = re.compile(r"的$|^(?:未经|经|除|如|若|因|在|当|只要|只有)")  # what follows holds only then
PENALTY = re.compile("处.*[刑罚拘役]|罚款|没收")  # of what is threatened no part may be left out
LIST_HEAD = re.compile(r"有?下列(?:行为|情形|情况)(?:之一)?(?:的)?[：:]\s*")


@dataclass(frozen=True)
class Line:
    """One thing the material says. `number` is its place among the built-in reply's sentences, `FOUND` or `TOLD`."""

    clauses: tuple[Clause, ...]
    number: int


@dataclass(frozen=True)
class Context:
    """What the sentence says besides the clause in hand: whether it is careful, whether it says that the user or the
    partner said so, and which limits it names."""

    hedged: bool
    attributed: bool
    limits: frozenset[str]


class Lines:
    """The lines of one task. `urging` are the phrases that ask the reader to do something."""

    def __init__(self, task: WritingTask) -> None:
        self._lines = [Line(tuple(clauses(text)), number) for text, number in _texts(task)]
        self._signs: dict[str, set[str]] = {}
        for word, sign, _ in (item for line in self._lines for unit in line.clauses for item in unit.items):
            self._signs.setdefault(word, set()).add(sign)

    def found(self, part: Clause, context: Context) -> set[int] | str:
        """The numbers of the lines that say what `part` says, in an enumeration member by member.

        A string when there is none: why not.
        """
        telling = len(part.letters) > 1 or "".join(part.letters).isascii()
        if not part.told and not part.parties and not (part.letters and telling):
            return set()  # one Chinese letter beside small words and framing says nothing
        number, reason = self._line(part, context)
        if number is not None:
            return {number}
        members = [self._line(piece, context)[0] for piece in pieces(part)]
        if members and None not in members:
            return {member for member in members if member is not None}
        return reason

    def _line(self, part: Clause, context: Context) -> tuple[int | None, str]:
        reason, best = NOT_SAID, 0.0
        for line in self._lines:
            for place, unit in enumerate(line.clauses):
                share = _share(part, unit)
                carried = line.clauses[:place] if line.number >= 0 else ()
                perhaps = unit.perhaps or any(clause.perhaps for clause in carried)
                why = self._differs(part, unit, share, context) or _other_party(part, unit, carried)
                if not why and perhaps and not context.hedged:
                    why = "材料说的是可能，句子说成了肯定"
                if not why and line.number == TOLD and not context.attributed:
                    why = "没有说明这是谁说的"
                if not why:
                    return line.number, ""
                if share > best:
                    best, reason = share, why
        return None, reason

    def _differs(self, part: Clause, unit: Clause, share: float, context: Context) -> str:
        """Why the clause `unit` of the material does not say what `part` says; empty when it does."""
        foreign = len(part.letters) - len(covered(part, self._signs))
        numbered = part.told and part.told <= unit.told and len(part.letters) <= BRIEF
        if part.letters and share < IN_UNIT and not numbered:
            return NOT_SAID
        if not part.letters and part.told & set(OWED) and unit.letters:
            return NOT_SAID  # a bare "you may" is the conclusion of something, and only of the same
        allowed = 0 if "".join(part.letters).isascii() else FOREIGN
        if foreign > allowed and foreign > (1 - IN_ALL) * len(part.letters):
            return NOT_SAID
        if missing := part.told - unit.told:
            return f"材料这里没有“{min(missing).strip('〔〕#')}”"
        if word := contradicts(part, unit.words) or contradicts(part, self._signs):
            return f"“{word}”在材料里的说法相反"
        if part.denies and not unit.denies:
            return "材料这里没有否定，说法相反"
        if word := turned(part, unit) or clipped(part, unit):
            return f"材料这里说的不是“{word}”"
        if swapped(part, unit):
            return "谁对谁做什么与材料不一致"
        if added := part.strong - unit.strong:
            return f"材料这里没有“{min(added)}”"
        lost = unit.limits - context.limits
        return f"漏了材料里的“{min(lost)}”" if lost else ""


def _other_party(part: Clause, unit: Clause, carried: Sequence[Clause]) -> str:
    """Who is named in `part` and not in `unit`, in words; empty for nobody.

    A subject may be carried over from an earlier clause of the same sentence, where `unit` has none of its own.
    """
    owned = any(not binds for _, binds in unit.parties)
    for who, binds in part.parties:
        if who not in unit.text and (binds or owned or not any(who in clause.text for clause in carried)):
            return f"材料这里没有“{who}”，主体不同"
    return ""


def _share(part: Clause, unit: Clause) -> float:
    """Share of the letters of `part` that `unit` says too."""
    return len(covered(part, unit.words)) / max(1, len(part.letters))


def _texts(task: WritingTask) -> list[tuple[str, int]]:
    """What the lines are made of; of a reply's sentence that quotes an article only what stands before the quote."""
    found: list[tuple[str, int]] = []
    for number, sentence in enumerate(task.reply):
        header = HEADER.match(fold(sentence).strip())
        found.append((sentence[: sentence.find("：“") + 1] if header and header.group("label") else sentence, number))
    if task.facts is not None:
        for sign in task.facts.signs:
            numbers = [match.group() for match in TOKEN.finditer(fold(sign.words)) if match.lastgroup in NUMBERS]
            found.append((" ".join([sign.says, *numbers]), FOUND))
        told = (*(sign.words for sign in task.facts.signs), *task.facts.against, task.text, *task.earlier)
        found += [(words, TOLD) for words in told]
    return found


# --- articles ---------------------------------------------------------------------------------------------------------


def rests_on(said: str, article: str) -> bool:
    """Whether `article` says what `said` says, with the same conditions for the same consequences."""
    whole = [clause for segment in _segments(article) for clause in segment]
    foreign = sum(_left(part, whole) for part in clauses(said))
    return foreign <= FOREIGN_TO_LAW and bool(is_supported(said, article)) and _holds_together(said, article)


def articles(text: str) -> list[str]:
    """An article, and each item of its list joined to the words that introduce the list."""
    text = fold(text)
    found = [text]
    if head := LIST_HEAD.search(text):
        start = max(text.rfind(mark, 0, head.start()) for mark in "。\n") + 1
        for item in text[head.end() :].split("\n"):
            words = re.sub(r"^（[一二三四五六七八九十]+）", "", item.strip()).rstrip("；。")
            found.append(text[start : head.start()] + words + "。")
    return found


def _holds_together(said: str, article: str) -> bool:
    """Whether clauses joined in the sentence are joined in the article too, with no condition left out between them."""
    for joined in re.split("[；。]", said):
        parts = [part for part in clauses(joined) if len(part.letters) >= 3]
        if parts and not any(_one_after_another(parts, segment) for segment in _segments(article)):
            return False
    return True


def _one_after_another(parts: Sequence[Clause], segment: Sequence[Clause]) -> bool:
    """Whether one stretch of an article without full stop or semicolon says all `parts` and loses no condition."""
    places = [_best(part, segment) for part in parts]
    numbers = sorted(number for number in places if number is not None)
    if len(numbers) < len(parts):
        return False
    met = [segment[number] for number in numbers]
    told = {mark for clause in segment for mark in clause.told}
    strong = {word for clause in segment for word in clause.strong}
    if any(part.told - told or part.strong - strong for part in parts):
        return False
    limits = {limit for part in parts for limit in part.limits}
    if any(clause.limits - limits for clause in met if "或者" not in clause.text):  # one case of several will do
        return False
    if any(PENALTY.search(clause.text) and _left(clause, parts) > FOREIGN for clause in met):
        return False
    skipped = set(range(max(0, numbers[0] - 1), numbers[-1])) - set(numbers)
    return not any(CONDITION.search(segment[number].text) for number in skipped)


def _left(clause: Clause, parts: Sequence[Clause]) -> int:
    """How many letters of `clause` none of `parts` says."""
    said = {word for part in parts for word, _, _ in part.items}
    return len(clause.letters) - len(covered(clause, said))


@lru_cache(maxsize=256)
def _segments(article: str) -> list[list[Clause]]:
    return [found for part in re.split("[；。\n]", article) if (found := clauses(part))]


def _best(part: Clause, segment: Sequence[Clause]) -> int | None:
    """The clause of a segment that says most of `part`; None where none says enough."""
    shares = [_share(part, clause) for clause in segment]
    best = max(range(len(shares)), key=lambda number: shares[number])
    return best if shares[best] >= IN_UNIT else None
