"""Whether what was found supports an answer at all, or why not.

Names that do not exist are facts and decide alone. Otherwise the nearest article is always near something, and a list
of subjects knows only its own words: so what the bank says of such questions, how likely the best article is to govern
and whether the question names what is not held are weighed together (`ranking`), and the reason given is the plainest
of those that a reader can check.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.answering.grounds import Ground
from assistant.answering.notices import Notices
from assistant.answering.phrases import in_script, say
from assistant.answering.question import Question
from assistant.answering.ranking import Asking, Matrix, load_network
from assistant.knowledge.citations import Resolution
from assistant.knowledge.gaps import Gaps
from assistant.knowledge.references import number_of, place_of

UNSUPPORTED = 0.15
"""From this probability on that nothing at hand governs the question, it is not answered."""
EVEN = 0.5
"""The same where an article governs it as plainly as `PLAINLY`: how a question sounds (最多多少) is no proof then."""
PLAINLY = 0.4

DENSE = 40  # an article speaks of a subject, rather than mentions it, within this many times the subject's length
FURTHEST = 3.0
SETTLED = ("in_force", "not_current", "article_not_held")


class Support:
    """Decides between answering and abstaining."""

    def __init__(self, gaps: Gaps, notices: Notices) -> None:
        self._gaps = gaps
        self._notices = notices

    def refusal(
        self, question: Question, resolutions: Sequence[Resolution], ranked: Sequence[Ground], asking: Asking
    ) -> str | None:
        """Why no answer is given, in one line; None when the grounds support one."""
        misnamed = _misnamed(resolutions)
        if misnamed and misnamed.outcome == "no_such":
            return self._notices.about(misnamed, question)
        if not ranked:
            return say("nothing", question.script)
        not_held = self._not_held(question, resolutions, ranked)
        plain = ranked[0].score >= PLAINLY and not (misnamed or not_held)
        unsupported = load_network("question")(self.signs(question, resolutions, ranked, asking))[0, 0]
        if unsupported < (EVEN if plain else UNSUPPORTED):
            return None
        if not_held:
            not_held = (
                say("not held", "english") if question.script == "english" else in_script(not_held, question.script)
            )
        named = self._notices.about(misnamed, question) if misnamed else ""
        return named or not_held or say("no support", question.script)

    def signs(
        self, question: Question, resolutions: Sequence[Resolution], ranked: Sequence[Ground], asking: Asking
    ) -> Matrix:
        """What speaks for and against an answer, as one row."""
        misnamed = _misnamed(resolutions)
        row = [
            *asking.kinds,
            asking.read,
            ranked[0].score,
            ranked[1].score if len(ranked) > 1 else 0.0,
            max(ground.belongs for ground in ranked),
            max(ground.signs.taught or 0.0 for ground in ranked),
            max(ground.signs.likely for ground in ranked),
            max(ground.signs.near for ground in ranked),
            max(ground.signs.coverage for ground in ranked),
            any(ground.signs.named for ground in ranked),
            any(ground.signs.asked for ground in ranked),
            bool(misnamed),
            min(_beyond(resolutions), FURTHEST),
            any(item.outcome == "not_current" for item in resolutions),
            bool(self._not_held(question, resolutions, ranked)),
            min(len(question.text), 200) / 100,
            question.script == "english",
        ]
        return np.array([row], np.float32)

    def _not_held(self, question: Question, resolutions: Sequence[Resolution], ranked: Sequence[Ground]) -> str:
        """The question turns on a subject of an instrument we do not hold, and no article found speaks of it."""
        if any(item.regulation for item in resolutions):
            return ""
        wording = ranked[0].wording if ranked else ""
        for entry in self._gaps.not_held:
            for subject in entry.about:
                if subject in question.text and not _speaks_of(subject, wording):
                    return f"“{subject}”由《{entry.title}》等规定，其文本没有收录，不能作答。请到发布机关网站查原文。"
        for subject in self._gaps.subjects:
            if subject in question.text and not _speaks_of(subject, wording):
                return f"手头没有规定“{subject}”的文本，不能作答。请查主管部门的规定，或导入相关文件后再问。"
        return ""


def _beyond(resolutions: Sequence[Resolution]) -> float:
    """How far a number asked for lies beyond the highest at hand of its instrument, as a ratio; 0 where it does not.

    No count of articles is at hand for most rules, so it is a sign and no proof.
    """
    ratios = [0.0]
    for item in resolutions:
        if item.outcome == "article_not_held" and item.regulation and not item.article:
            held = [_number(article.no) for article in item.regulation.articles if article.no]
            ratios.append(_number(item.reference.article or "") / max([1, *held]))
    return max(ratios)


def _number(label: str) -> int:
    """The number of 第十二条 or of the item 十二、; 0 for a label that has none at its beginning."""
    place = place_of(label)
    return place[0] if place else (number_of(label.removesuffix("、")) or 0)


def _misnamed(resolutions: Sequence[Resolution]) -> Resolution | None:
    """What the question rests on, where that does not exist or is not held and it rests on nothing else."""
    wrong = [item for item in resolutions if item.outcome in ("no_such", "outside")]
    right = [item for item in resolutions if item.outcome in SETTLED]
    fake_article = [item for item in wrong if item.regulation is not None]
    if fake_article and not any(item.article for item in right):
        return fake_article[0]
    return wrong[0] if wrong and not right else None


def _speaks_of(subject: str, wording: str) -> bool:
    return len(wording) < DENSE * len(subject) * wording.count(subject)
