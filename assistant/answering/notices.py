"""What a reader must know beside an answer: what is not in force, moved, unverified, or answered as of another day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.answering.grounds import Ground
from assistant.answering.phrases import in_script, say
from assistant.answering.question import Question, Script
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations, Resolution
from assistant.knowledge.references import bare
from assistant.knowledge.succession import is_former_text, is_older_than_its_text, is_renumbered
from assistant.types import Regulation

OLDER_TEXT = (
    "On {day} an earlier text of 《{title}》 applied, which is not at hand; the text held here begins later and is "
    "not the rule of that day."
)
UNSURE = (
    "The text of 《{title}》 held here was adopted on {adopted}; when it began stands in the amending decision, which "
    "is not at hand. On {day} the earlier text may still have applied."
)
CHANGED = "《{title}》 {article} was changed by 《{by}》; the wording held here does not include that change."
SINCE_AMENDED = "This text of 《{title}》 has since been replaced by an amended one."
EARLIER = (
    "《{title}》 {article} was amended with effect from {since}; on {day} the earlier wording applied, which must be "
    "asked for by its number."
)
GOVERNS = 0.4  # from this probability on another article governs what is asked
STRANGE = 0.25  # up to this share of its likelihood the article named is about something else
FULLER = 0.1  # and by this much more of the question's words stand in the other
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
            found.append(say("current", script, title=regulation.title, effective=_dated(regulation, script)))
        if question.as_of != today:
            found.append(say("as of, said" if question.dated else "as of", script, day=question.as_of.isoformat()))
        if question.as_of < today:
            found += [self._since(ground, today, question) for ground in grounds]
        found += [_moved(item, ranked, question, self._citations.library) for item in resolutions]
        found += [self._caution(ground, question) for ground in grounds]
        found += [self._earlier(ground, question) for ground in grounds]
        named = {item.regulation.id for item in resolutions if item.regulation}
        found += [self._doubt(ground, question) for ground in grounds if ground.regulation.id not in named]
        return tuple(dict.fromkeys(filter(None, found)))

    def about(self, item: Resolution, question: Question) -> str:
        """What became of a reference, empty when all is as written."""
        if not item.notice or question.script != "english":
            return in_script(item.notice, question.script)
        title = item.regulation.title if item.regulation else bare(item.reference.name)
        heirs = "》、《".join(heir.title for heir in item.successors)
        instead = say("instead", "english", heirs=heirs) if heirs else say("no heir", "english")
        pending = item.status == "not_yet_in_force"
        library = self._citations.library
        older = item.regulation and not heirs and is_older_than_its_text(library, item.regulation, question.as_of)
        if pending and older:
            return OLDER_TEXT.format(title=title, day=question.as_of.isoformat())
        if item.regulation and self._citations.doubt(item.regulation, question.as_of):
            return UNSURE.format(title=title, adopted=item.regulation.adopted, day=question.as_of.isoformat())
        word = ("not_yet_in_force" if pending else "repealed") if item.outcome == "not_current" else item.outcome
        day, article = question.as_of.isoformat(), item.reference.article or ""
        return " ".join(say(word, "english", title=title, article=article, day=day, instead=instead).split())

    def _since(self, ground: Ground, today: date, question: Question) -> str:
        since = self._citations.since(ground.regulation, today)
        if since and question.script == "english":
            if is_former_text(self._citations.library, ground.regulation):
                return SINCE_AMENDED.format(title=ground.regulation.title)
            return say("since", "english", title=ground.regulation.title)
        return in_script(since, question.script)

    def _caution(self, ground: Ground, question: Question) -> str:
        caution = self._citations.caution(ground.regulation, ground.article)
        if caution and question.script == "english":
            title, changed = ground.regulation.title, ground.article.changed_by
            parts = {"title": title, "article": ground.article.no, "by": changed}
            return CHANGED.format(**parts) if changed else say("caution", "english", title=title)
        return in_script(caution, question.script)

    def _earlier(self, ground: Ground, question: Question) -> str:
        """What the article said on the day asked, where its present words are younger."""
        article, day = ground.article, question.as_of
        if article.since is None or day >= article.since:
            return ""
        title, since = ground.regulation.title, article.since.isoformat()
        if question.script == "english":
            return EARLIER.format(title=title, article=article.no, since=since, day=day.isoformat())
        _, before = self._citations.on(ground.regulation, article, day)
        said = f"当日有效的是旧文：“{before.text}”" if before is not article else "当日有效的旧文手头没有"
        return in_script(f"《{title}》{article.no}自{since}起已修改；{said}。", question.script)

    def _doubt(self, ground: Ground, question: Question) -> str:
        doubt = self._citations.doubt(ground.regulation, question.as_of)
        if doubt and question.script == "english":
            adopted = ground.regulation.adopted
            return UNSURE.format(title=ground.regulation.title, adopted=adopted, day=question.as_of.isoformat())
        return in_script(doubt, question.script)


def _dated(regulation: Regulation, script: Script) -> str:
    """The day by which a reader knows the text: it began then, or was adopted then where that is all that is known."""
    if regulation.adopted is None:
        return regulation.effective
    day = regulation.adopted.isoformat()
    return f"adopted {day}" if script == "english" else f"{day}通过"


def _moved(resolution: Resolution, ranked: Sequence[Ground], question: Question, library: Library) -> str:
    """Says so when the article asked about speaks of something else and another of the same law speaks of it.

    Only a law that was renumbered can have moved an article. The other must govern, the named one must not, and the
    other must not be the one that merely punishes a breach of it.
    """
    regulation, article = resolution.regulation, resolution.article
    if resolution.outcome != "in_force" or regulation is None or article is None or article.no is None:
        return ""
    same = [ground for ground in ranked if ground.regulation.id == regulation.id and ground.article.no]
    asked = next((ground for ground in same if ground.article.no == article.no), None)
    other = max(same, key=lambda ground: ground.score, default=None)
    if asked is None or other is None or other.signs.asked or not is_renumbered(library, regulation):
        return ""
    governs = other.score >= GOVERNS and asked.belongs <= STRANGE * other.belongs
    nearer = other.signs.coverage >= asked.signs.coverage + FULLER and other.signs.near > asked.signs.near
    if not (governs and nearer) or article.no in other.article.text:
        return ""
    if question.script == "english":
        return say("moved", "english", title=regulation.title, old=article.no, new=other.article.no or "")
    text = article.text[:24].rstrip("，、；：")
    return in_script(
        f"现行《{regulation.title}》{article.no}规定的是“{text}…”；所问内容在现行文本中见{other.article.no}，"
        "条号可能已随修订变动，请改引现行条号。",
        question.script,
    )
