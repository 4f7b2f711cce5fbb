"""What a reader must know beside an answer: what is not in force, moved, unverified, or answered as of another day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.answering.grounds import Ground
from assistant.answering.phrases import in_script, say
from assistant.answering.question import Question
from assistant.knowledge.citations import Citations, Resolution
from assistant.knowledge.references import bare

STALE = 0.35
"""From this sign on a question sounds like those of the bank that rest on law which changed."""


class Notices:
    """Writes notices in the language asked; those about a reference are facts of `Citations`."""

    def __init__(self, citations: Citations) -> None:
        self._citations = citations

    def of(
        self,
        question: Question,
        resolutions: Sequence[Resolution],
        ranked: Sequence[Ground],
        grounds: Sequence[Ground],
        today: date,
        stale: float,
    ) -> tuple[str, ...]:
        """Every notice once. `ranked` is empty where the question is nothing but a reference."""
        script = question.script
        found = [text for item in resolutions if (text := self.about(item, question))]
        if grounds and stale >= STALE and not found:
            regulation = grounds[0].regulation
            found.append(say("current", script, title=regulation.title, effective=regulation.effective))
        if question.as_of != today:
            found.append(say("as of, said" if question.dated else "as of", script, day=question.as_of.isoformat()))
            found += [self._since(ground, today, question) for ground in grounds]
        found += [_moved(item, ranked, question) for item in resolutions]
        found += [self._caution(ground, question) for ground in grounds]
        return tuple(dict.fromkeys(filter(None, found)))

    def about(self, item: Resolution, question: Question) -> str:
        """What became of a reference, empty when all is as written."""
        if not item.notice or question.script != "english":
            return in_script(item.notice, question.script)
        title = item.regulation.title if item.regulation else bare(item.reference.name)
        heirs = "》、《".join(heir.title for heir in item.successors)
        instead = say("instead", "english", heirs=heirs) if heirs else say("no heir", "english")
        pending = item.status == "not_yet_in_force"
        word = ("not_yet_in_force" if pending else "repealed") if item.outcome == "not_current" else item.outcome
        day, article = question.as_of.isoformat(), item.reference.article or ""
        return " ".join(say(word, "english", title=title, article=article, day=day, instead=instead).split())

    def _since(self, ground: Ground, today: date, question: Question) -> str:
        since = self._citations.since(ground.regulation, today)
        if since and question.script == "english":
            return say("since", "english", title=ground.regulation.title)
        return in_script(since, question.script)

    def _caution(self, ground: Ground, question: Question) -> str:
        caution = self._citations.caution(ground.regulation, ground.article)
        if caution and question.script == "english":
            return say("caution", "english", title=ground.regulation.title)
        return in_script(caution, question.script)


def _moved(resolution: Resolution, ranked: Sequence[Ground], question: Question) -> str:
    """Says so when the article asked about speaks of something else and another of the same law speaks of it."""
    regulation, article = resolution.regulation, resolution.article
    if resolution.outcome != "in_force" or regulation is None or article is None or article.no is None:
        return ""
    same = [ground for ground in ranked if ground.regulation.id == regulation.id and ground.article.no]
    asked = next((ground for ground in same if ground.article.no == article.no), None)
    other = max(same, key=lambda ground: ground.signs.coverage, default=None)
    if asked is None or other is None or other.key == asked.key:
        return ""
    if other.signs.coverage < 2 * asked.signs.coverage + 0.1:
        return ""
    if question.script == "english":
        return say("moved", "english", title=regulation.title, old=article.no, new=other.article.no or "")
    text = article.text[:24].rstrip("，、；：")
    return in_script(
        f"现行《{regulation.title}》{article.no}规定的是“{text}…”；所问内容在现行文本中见{other.article.no}，"
        "条号可能已随修订变动，请改引现行条号。",
        question.script,
    )
