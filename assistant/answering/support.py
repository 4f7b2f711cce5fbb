"""Whether what was found supports an answer at all, or why not.

Scores alone do not tell: the nearest article is always near something. So the reasons to refuse are facts a reader can
check, and only the last of them is a threshold.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.grounds import Ground
from assistant.answering.question import Question
from assistant.knowledge.citations import Resolution
from assistant.knowledge.gaps import Gaps

LEAST = 0.33
"""The lowest score of a best ground that was right about the questions our thresholds were learned on."""

LEAST_ALONE = 0.50  # when only one of the two searches found it
LEAST_LONG = 0.26
LONG = 60  # characters; a described partner is like no single article, so less likeness is asked for

DENSE = 40  # an article speaks of a subject, rather than mentions it, within this many times the subject's length
SETTLED = ("in_force", "not_current", "article_not_held")


class Support:
    """Decides between answering and abstaining."""

    def __init__(self, gaps: Gaps) -> None:
        self._gaps = gaps

    def refusal(self, question: Question, resolutions: Sequence[Resolution], ranked: Sequence[Ground]) -> str | None:
        """Why no answer is given, in one line; None when the grounds support one."""
        for found in (self._misnamed(resolutions), self._not_held(question, resolutions, ranked)):
            if found:
                return found
        if not ranked:
            return "没有找到当日有效且与问题有关的条文。请换一种问法，或说出文件名称。"
        best = ranked[0]
        least = LEAST_LONG if len(question.text) > LONG else LEAST
        if best.score < (least if best.agreed or best.named else LEAST_ALONE):
            return "没有条文能支持对这个问题的回答。请换一种问法、说出文件名称，或查看下列最接近的条文。"
        return None

    def _misnamed(self, resolutions: Sequence[Resolution]) -> str:
        """The question rests on something that does not exist or is not held, and on nothing else."""
        wrong = [item for item in resolutions if item.outcome in ("no_such", "outside")]
        right = [item for item in resolutions if item.outcome in SETTLED]
        fake_article = [item for item in wrong if item.regulation is not None]
        if fake_article and not any(item.article for item in right):
            return fake_article[0].notice
        return wrong[0].notice if wrong and not right else ""

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


def _speaks_of(subject: str, wording: str) -> bool:
    return len(wording) < DENSE * len(subject) * wording.count(subject)
