"""Says things in the language of the turn. Nothing is decided here; quotes and names of rules stay as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answering import Answer
from assistant.answering.question import traditional
from assistant.assessment import Assessment
from assistant.assessment.advice import inner
from assistant.casework.ledger import Fact, Ledger
from assistant.casework.words import CHINESE, ENGLISH, LEVELS
from assistant.knowledge import Library
from assistant.types import Citation, Language, Level, Pattern

QUOTED = re.compile(r"(“[^”]*”|《[^》]*》)")
WORDS_SHOWN = 4
AGAINST_SHOWN = 3
ASKED_SHOWN = 3
SIGNS_SHOWN = 5
STEPS_SHOWN = 4
QUOTE = 90  # characters of a citation in a chat sentence; the panel has the whole
CHANGES_SHOWN = 3


class Tongue:
    """One language of answering."""

    def __init__(self, language: Language, library: Library) -> None:
        self.language = language
        self._library = library
        self._words = ENGLISH if language == "english" else CHINESE
        self._levels = LEVELS["en" if language == "english" else "zh"]

    def say(self, word: str, **values: object) -> str:
        """One frame sentence with its values."""
        return self._words[word].format(**values)

    def join(self, *parts: str) -> str:
        """The parts that are there, as paragraphs, in the script of the turn; what stands in quotes is not touched."""
        whole = "\n".join(part for part in parts if part)
        if self.language != "traditional":
            return whole
        pieces = QUOTED.split(whole)
        return "".join(piece if number % 2 else traditional(piece) for number, piece in enumerate(pieces))

    def run_on(self, *parts: str) -> str:
        """The parts that are there as one paragraph: English sentences stand apart."""
        return (" " if self.language == "english" else "").join(part.strip() for part in parts if part)

    def level(self, level: Level) -> str:
        """A level in words."""
        return self._levels[level]

    def name(self, pattern: str) -> str:
        """The name of a pattern."""
        found = self._library.patterns[pattern]
        return found.english or found.name if self.language == "english" else found.name

    def quoted(self, texts: Sequence[str]) -> str:
        """Words in quotation marks, one after another."""
        return self._words["between"].join(self._words["quoted"].format(inner(text)) for text in texts)

    def standing(self, assessment: Assessment) -> str:
        """The level and the pattern closest, in one sentence."""
        first = assessment.patterns[0].id if assessment.patterns else ""
        name = self.say("closest", name=self.name(first)) if first else ""
        return self.say("still", level=self.level(assessment.level), name=name)

    # --- an assessment and what changed -------------------------------------------------------------------------------

    def assessed(self, assessment: Assessment) -> str:
        """The assessment in a few sentences."""
        if self.language != "english":
            return assessment.reply
        words = [span for pattern in assessment.patterns[:1] for span in pattern.strongest(CHANGES_SHOWN)]
        if not words:
            return self.standing(assessment) + " " + self.say("no_words", level=self.level(assessment.level))
        parts = [self.standing(assessment), f"{self._words['words']} {self.quoted(words)}."]
        return " ".join([*parts, self._words[f"verdict_{assessment.level}"]])

    def changed(self, old: Assessment | None, new: Assessment) -> str:
        """What a turn did to the reading; nothing for a first one."""
        if old is None:
            return ""
        order: tuple[Level, ...] = ("none", "low", "medium", "high")
        before, after = self.level(old.level), self.level(new.level)
        if order.index(new.level) > order.index(old.level):
            seen = {match.span for pattern in old.patterns for match in pattern.matched}
            now = list(dict.fromkeys(match.span for pattern in new.patterns for match in pattern.matched))
            fresh = [span for span in now if span not in seen]
            why = self.quoted((fresh or now)[:CHANGES_SHOWN])
            return self.say("risen", old=before, new=after, why=why)
        if order.index(new.level) < order.index(old.level):
            return self.say("fallen", old=before, new=after)
        first = [assessment.patterns[0].id if assessment.patterns else "" for assessment in (old, new)]
        if first[1] and first[0] != first[1]:
            return self.say("same", new=after) + self.say("pointing", name=self.name(first[1]))
        return self.say("same", new=after)

    def recalled(self, name: str, facts: Sequence[Fact]) -> str:
        """What was known of a partner before this conversation, and from when."""
        if not facts:
            return ""
        days = sorted(fact.since.isoformat() for fact in facts if fact.since is not None)
        when = days[0] if days[0] == days[-1] else f"{days[0]}…{days[-1]}"
        return self.say("recalled", name=name, count=len(facts), when=when)

    def revised(self, gone: Sequence[Fact], corrected: Sequence[str]) -> str:
        """What was taken back, and what was put right."""
        parts = []
        if gone:
            parts.append(self.say("withdrawn", facts=self.quoted([fact.text for fact in gone])))
        if corrected:
            parts.append(self.say("refigured", facts=self.quoted(corrected)))
        return "".join(parts)

    def supposed(self, supposed: str, aside: Sequence[Fact], old: Assessment | None, new: Assessment) -> str:
        """The reading under a supposition, and that the facts stay as they are."""
        gone = self.say("set_aside", facts=self.quoted([fact.text for fact in aside])) if aside else ""
        known = self.say("as_known", old=self.level(old.level)) if old is not None else ""
        first = self.say("supposed", supposed=supposed) + gone
        return self.join(first + self.say("supposed_level", new=self.level(new.level)), self.assessed(new), known)

    def verdict(self, assessment: Assessment) -> str:
        """How it stands, for somebody who must decide."""
        words = [span for pattern in assessment.patterns[:1] for span in pattern.strongest(CHANGES_SHOWN)]
        basis = f"{self._words['words']}{self.quoted(words)}" if words else ""
        return self.join(self.standing(assessment), self._words[f"verdict_{assessment.level}"], basis)

    # --- explaining ---------------------------------------------------------------------------------------------------

    def why(self, assessment: Assessment) -> list[str]:
        """Which words, which indicators, what speaks against, why this level, what would change it."""
        lines = []
        spans: dict[str, str] = {}
        for pattern in assessment.patterns[:2]:
            for match in pattern.matched:
                spans.setdefault(match.span, match.says)
        if spans:
            lines.append(self._words["words"])
            for number, (span, says) in enumerate(list(spans.items())[:WORDS_SHOWN], 1):
                lines.append(self.say("word", number=number, span=inner(span), says=says))
        else:
            lines.append(self.say("no_words", level=self.level(assessment.level)))
        against = "against" if spans else "not_counted"
        for item in assessment.countered[:AGAINST_SHOWN]:
            lines.append(self.say(against, span=inner(item.span), why=item.why))
        reason = self._words[f"level_{assessment.level}"]
        lines.append(self.say("why_level", level=self.level(assessment.level), reason=reason))
        if assessment.patterns and assessment.patterns[0].would_change:
            lines.append(self.say("change", facts="".join(assessment.patterns[0].would_change[:CHANGES_SHOWN])))
        return lines

    def difference(self, ours: str, other: str) -> str:
        """What separates the reading from another pattern."""
        boundary = self._library.boundary(ours, other)
        if boundary is not None:
            mine, theirs = boundary.between[ours], boundary.between[other]
            why = f"{mine}→“{self.name(ours)}”；{theirs}→“{self.name(other)}”。"
            return self.say("difference", name=self.name(other), why=why)
        first, second = self._library.patterns[ours], self._library.patterns[other]
        return self.say(
            "difference_plain", ours=self.name(ours), our_gist=first.gist, name=self.name(other), gist=second.gist
        )

    def basis(self, citations: Sequence[Citation], word: str = "basis") -> list[str]:
        """Citations as lines."""
        return [
            self.say(word, number=number, law=item.law, article=item.article or "", quote=inner(item.quote[:QUOTE]))
            for number, item in enumerate(citations, 1)
        ]

    def scheme(self, pattern: Pattern) -> str:
        """How a scheme works, for those who must recognise it."""
        links = self._words["between"].join(link.detail for link in pattern.chain)
        signs = [
            self.say("item", number=number, text=indicator.says)
            for number, indicator in enumerate(
                sorted(pattern.indicators, key=lambda item: -item.weight)[:SIGNS_SHOWN], 1
            )
        ]
        steps = [
            self.say("item", number=number, text=text)
            for number, text in enumerate([*pattern.actions[:2], *pattern.questions[:2]], 1)
        ]
        twins = [self.say("twin", practice=twin.practice, why=twin.why) for twin in pattern.lookalikes[:1]]
        return self.join(
            self.say("scheme", name=self.name(pattern.id), summary=pattern.summary),
            self.say("chain", links=links) if links else "",
            self._words["signs"],
            *signs,
            self._words["guard"] if steps else "",
            *steps,
            *twins,
        )

    def steps(self, questions: Sequence[str], actions: Sequence[str]) -> str:
        """What to ask and what to do."""
        asks = [self.say("item", number=number, text=text) for number, text in enumerate(questions[:ASKED_SHOWN], 1)]
        dos = [self.say("item", number=number, text=text) for number, text in enumerate(actions[:STEPS_SHOWN], 1)]
        return self.join(self._words["ask"] if asks else "", *asks, self._words["do"] if dos else "", *dos)

    def answered(self, answer: Answer) -> str:
        """An answer's own words; the reason where there is none."""
        return answer.text or (answer.reason or "")

    def party(self, ledger: Ledger, place: int) -> str:
        """What a partner is called in this conversation."""
        if ledger.name and ledger.name not in ledger.label:
            return self.say("named", label=ledger.label, name=ledger.name) if ledger.label else ledger.name
        return ledger.label or self.say("party", number=place + 1)
