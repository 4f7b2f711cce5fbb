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
from assistant.answering.question import Question
from assistant.answering.ranking import Asking, Matrix, load_network
from assistant.knowledge.citations import Resolution
from assistant.knowledge.gaps import Gaps

UNSUPPORTED = 0.4
"""From this probability on that nothing at hand governs the question, it is not answered."""

DENSE = 40  # an article speaks of a subject, rather than mentions it, within this many times the subject's length
SETTLED = ("in_force", "not_current", "article_not_held")


class Support:
    """Decides between answering and abstaining."""

    def __init__(self, gaps: Gaps) -> None:
        self._gaps = gaps

    def refusal(
        self, question: Question, resolutions: Sequence[Resolution], ranked: Sequence[Ground], asking: Asking
    ) -> str | None:
        """Why no answer is given, in one line; None when the grounds support one."""
        misnamed = _misnamed(resolutions)
        if misnamed and misnamed.outcome == "no_such":
            return misnamed.notice
        if not ranked:
            return "没有找到当日有效且与问题有关的条文。请换一种问法，或说出文件名称。"
        if load_network("question")(self.signs(question, resolutions, ranked, asking))[0, 0] < UNSUPPORTED:
            return None
        return (
            (misnamed.notice if misnamed else "")
            or self._not_held(question, resolutions, ranked)
            or "没有条文能支持对这个问题的回答。请换一种问法、说出文件名称，或查看下列最接近的条文。"
        )

    def signs(
        self, question: Question, resolutions: Sequence[Resolution], ranked: Sequence[Ground], asking: Asking
    ) -> Matrix:
        """What speaks for and against an answer, as one row."""
        misnamed = _misnamed(resolutions)
        row = [
            *asking.heads,
            ranked[0].score,
            ranked[1].score if len(ranked) > 1 else 0.0,
            max(ground.belongs for ground in ranked),
            max(ground.taught or 0.0 for ground in ranked),
            max(ground.near for ground in ranked),
            max(ground.coverage for ground in ranked),
            any(ground.named for ground in ranked),
            any(ground.asked for ground in ranked),
            bool(misnamed),
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
