"""What became of a text: which version applied on a day, what came before and after it, how the wording changed.

Texts follow one another by replacement (`superseded_by`), by revision under the same title, and by the list of repealed
laws whose text is not held.
"""

from __future__ import annotations

import re
from datetime import date

from assistant.knowledge.library import Library
from assistant.types import Article, Regulation, Status

CURRENT: tuple[Status, ...] = ("in_force", "amended")
SAME_SUBJECT = 0.5  # share of letter pairs from which on two articles of two versions are the same rule
LONGEST_WORDING = 160
MOST_IN_A_CHAIN = 12
UNSURE = 365  # days after its adoption in which a text may not have begun, where nothing at hand says when it did
REVISED = re.compile("修[订正]")


class Succession:
    """The versions of one library in time."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def status_on(self, regulation: Regulation, day: date) -> Status:
        """The standing of the wording at hand: an amended text had not begun before the amendment."""
        status = self._library.status_on(regulation, day)
        if status in CURRENT and regulation.text_since is not None and day < regulation.text_since:
            return "not_yet_in_force"
        return status

    def article_status(self, regulation: Regulation, article: Article | None, day: date) -> Status:
        """The standing of an article on `day`: its words may be newer than the text in which it stands."""
        status = self.status_on(regulation, day)
        if status in CURRENT and article is not None and article.since is not None and day < article.since:
            return "not_yet_in_force"
        return status

    def on(self, regulation: Regulation, article: Article, day: date) -> tuple[Regulation, Article]:
        """An article that was amended by itself, as the text had it on `day`; else the one given."""
        if article.since is not None and day < article.since:
            for other in self._library.titled(regulation.title):
                before = self._library.article(other.id, article.no or "")
                if other.id != regulation.id and before and self.article_status(other, before, day) in CURRENT:
                    return other, before
        return regulation, article

    def doubt(self, regulation: Regulation, day: date) -> str:
        """Says that the text may not have begun on `day`, where only its adoption is known; else empty."""
        adopted = regulation.adopted
        if adopted is None or not 0 <= (day - adopted).days < UNSURE:
            return ""
        return (
            f"《{regulation.title}》手头的文本于{adopted.isoformat()}通过，施行日见修改决定或附则，手头没有记载；"
            f"{day.isoformat()}可能仍适用此前的文本，引用前请核对。"
        )

    def version_on(self, versions: list[Regulation], day: date) -> Regulation:
        """Of several texts of one title the one that applies on `day`, else the next to come, else the last."""

        def rank(regulation: Regulation) -> tuple[int, int, bool]:
            status = self.status_on(regulation, day)
            since = (regulation.text_since or regulation.effective_from or date.min).toordinal()
            if status in CURRENT:
                return 2, since, regulation.ended is None
            never = regulation.effective_from is None
            early = status == "not_yet_in_force" and not never
            return (1, -since, regulation.ended is None) if early else (0, since, regulation.ended is None)

        return max(versions, key=rank)

    def applicable_instead(self, regulation: Regulation, day: date) -> tuple[Regulation, ...]:
        """What applied on `day` instead of a text that did not: its heirs if it had ended, else its forerunner."""
        ended = self._library.status_on(regulation, day) == "repealed"
        found = self.heirs(regulation, day) if ended else self.forerunners(regulation, day)
        return found or (self.forerunners(regulation, day) if ended else self.heirs(regulation, day))

    def heirs(self, regulation: Regulation, day: date, depth: int = 4) -> tuple[Regulation, ...]:
        """Follow the supersession chain to what applies on `day`."""
        heirs: list[Regulation] = []
        for entry in regulation.superseded_by:
            heir = self._library.regulations.get(re.split(r"[（(]", entry)[0])
            if heir is None:
                continue
            if self.status_on(heir, day) in CURRENT:
                heirs.append(heir)
            elif depth:
                heirs.extend(self.heirs(heir, day, depth - 1))
        same = [item for item in self._library.titled(regulation.title) if self.status_on(item, day) in CURRENT]
        replaced = self._replacement(regulation.title, day)
        found = [*heirs, *(item for item in same if item.id != regulation.id), *([replaced] if replaced else [])]
        return tuple({item.id: item for item in found}.values())

    def forerunners(self, regulation: Regulation, day: date) -> tuple[Regulation, ...]:
        """What applied on `day` and was replaced by this text later."""
        return tuple(
            item
            for item in self._library.regulations.values()
            if item.id != regulation.id
            and (
                item.title == regulation.title
                or any(
                    entry.startswith(regulation.id) or f"《{regulation.title}》" in entry
                    for entry in item.superseded_by
                )
            )
            and self.status_on(item, day) in CURRENT
        )

    def _replacement(self, title: str, day: date) -> Regulation | None:
        for entry in self._library.corpus.gaps.replaced:
            if entry.title == title and entry.since <= day:
                heirs = self._library.titled(entry.successor)
                return self.version_on(heirs, day) if heirs else None
        return None

    def not_current(self, regulation: Regulation, status: Status, successors: tuple[Regulation, ...], day: date) -> str:
        """Says that a text did not apply on `day`, since or until when, and what applies instead."""
        title = f"《{regulation.title}》"
        instead = "、".join(_with_number(item, regulation) for item in successors)
        if status == "repealed" and is_former_text(self._library, regulation):
            since = f"，自{regulation.ended.isoformat()}起" if regulation.ended else ""
            return f"{title}的这一文本是修改前的旧文本{since}由修改后的文本取代。"
        if status == "repealed":
            ended = f"已于{regulation.ended.isoformat()}废止" if regulation.ended else "已废止"
            ended = "从未施行，已被取代" if self._library.never_applied(regulation) else ended
            number = f"（{regulation.doc_no}）" if regulation.doc_no else ""
            then = f"现行为{instead}。" if instead else "手头没有替代它的文件，请查现行规定。"
            return f"{title}{number}{ended}，{then}{self.chain(regulation)}"
        older = is_older_than_its_text(self._library, regulation, day)
        if older and (day >= (regulation.effective_from or day) or is_named_before(self._library, regulation, day)):
            held = f"旧文本手头没有；手头只有{begun(regulation)}的文本，不能当作当日的规定"
            return f"{title}在{day.isoformat()}适用的是修改前的文本，{held}，请查旧文本。"
        if older and not instead:
            held = f"手头的{title}是修改后的文本，{begun(regulation)}，在{day.isoformat()}还不适用"
            return f"{held}；此前的旧文本手头没有，请查旧文本。"
        begins = f"{regulation.effective_from.isoformat()}起施行" if regulation.effective_from else regulation.effective
        return f"{title}在{day.isoformat()}尚未生效（{begins}），" + (
            f"当日适用{instead}。" if instead else "手头没有当日适用的旧文本，请查旧规定。"
        )

    def chain(self, regulation: Regulation) -> str:
        """From the oldest to the newest text that belong together, with dates; empty for one that stands alone."""
        known = {regulation.id: regulation}
        fresh = [regulation]
        while fresh and len(known) < MOST_IN_A_CHAIN:
            found = {item.id: item for one in fresh for item in self._beside(one) if item.id not in known}
            known |= found
            fresh = list(found.values())
        if len(known) < 2:
            return ""
        ordered = sorted(
            known.values(),
            key=lambda item: (begins_of(item) or _issued(item), item.ended or date.max),
        )
        titles = ["", *(item.title for item in ordered)]
        parts = [self._dated(item, item.title == before) for item, before in zip(ordered, titles, strict=False)]
        return "沿革：" + " → ".join(parts) + "。"

    def _beside(self, regulation: Regulation) -> list[Regulation]:
        """The texts right before and after one."""
        after = [re.split(r"[（(]", entry)[0] for entry in regulation.superseded_by]
        found = [self._library.regulations[id] for id in after if id in self._library.regulations]
        found += [
            item
            for item in self._library.regulations.values()
            if any(re.split(r"[（(]", entry)[0] == regulation.id for entry in item.superseded_by)
        ]
        return found + self._library.titled(regulation.title)

    def _dated(self, item: Regulation, same: bool) -> str:
        """A text with its dates; its number alone where it bears the `same` title as the one before."""
        number = item.doc_no or item.version or ""
        name = f"同名文本（{number}）" if same else f"《{item.title}》" + (f"（{number}）" if number else "")
        begins = begins_of(item)
        if item.adopted:
            return f"{name}（{item.adopted.isoformat()}通过）" + (f"至{item.ended.isoformat()}" if item.ended else "")
        if begins is None:
            return name + ("从未施行" if self._library.never_applied(item) else f"（{item.effective or '施行日待核'}）")
        return f"{name}{begins.isoformat()}起" + (f"至{item.ended.isoformat()}" if item.ended else "")

    def former(self, regulation: Regulation, article: Article) -> str:
        """The wording before the present one, where both texts are at hand and differ; empty otherwise."""
        begins = article.since or regulation.text_since or regulation.effective_from
        older = [
            item
            for item in self._library.titled(regulation.title)
            if item.id != regulation.id and item.ended is not None and begins is not None and item.ended <= begins
        ]
        if article.kind != "official" or not older:
            return ""
        before = max(older, key=lambda item: item.ended or date.min)
        likely = [item for item in before.articles if item.kind == "official" and item.no]
        was = max(likely, key=lambda item: _likeness(item.text, article.text), default=None)
        if was is None or was.text == article.text or _likeness(was.text, article.text) < SAME_SUBJECT:
            return ""
        ended = before.ended.isoformat() if before.ended else ""
        return (
            f"《{regulation.title}》旧文（{ended}前）{was.no}：“{_short(was.text)}”；"
            f"现行{article.no}：“{_short(article.text)}”。旧文仅供对照。"
        )


def is_older_than_its_text(library: Library, regulation: Regulation, day: date) -> bool:
    """Whether there was such a law before the wording at hand.

    It had begun, or the record says it was revised, or another law spoke of it by that day and before its adoption:
    a law revised as a whole bears the dates of its new text alone.
    """
    begun_before = regulation.text_since is not None and day >= (regulation.effective_from or day)
    if begun_before or REVISED.search(f"{regulation.version} {regulation.doc_no}"):
        return True
    return is_named_before(library, regulation, day)


def is_named_before(library: Library, regulation: Regulation, day: date) -> bool:
    """Whether another law spoke of it by `day` and before this text was adopted."""
    named = library.named_since.get(regulation.title)
    return named is not None and named <= day and named < (_issued_on(regulation) or date.min)


def begins_of(regulation: Regulation) -> date | None:
    """Since when all its words apply: an amendment applied to single articles made the text what it is."""
    days = [regulation.text_since or regulation.effective_from, *(article.since for article in regulation.articles)]
    return max((day for day in days if day is not None), default=None)


def is_former_text(library: Library, regulation: Regulation) -> bool:
    """Whether it is an older text of a national law that lives on under the same title."""
    later = (item for item in library.titled(regulation.title) if item.id != regulation.id)
    return regulation.bundled and regulation.ended is not None and any(item.ended is None for item in later)


def is_renumbered(library: Library, regulation: Regulation) -> bool:
    """Whether the articles of a text may bear other numbers than before: it was revised or took another's place.

    A text that inserts articles as 之一 keeps its numbers.
    """
    if any("条之" in (article.no or "") for article in regulation.articles):
        return False
    others = library.regulations.values()
    amended = regulation.text_since and regulation.effective_from and regulation.effective_from < regulation.text_since
    succeeds = len(library.titled(regulation.title)) > 1 or any(
        re.split(r"[（(]", entry)[0] == regulation.id for item in others for entry in item.superseded_by
    )
    named = REVISED.search(f"{regulation.version} {regulation.doc_no}") or regulation.amended_by
    return bool(amended or succeeds or named)


def begun(regulation: Regulation) -> str:
    """Since when a wording applies, or that only its adoption is known."""
    if regulation.adopted:
        return f"{regulation.adopted.isoformat()}通过（施行日见修改决定或附则）"
    begins = regulation.text_since or regulation.effective_from
    return f"{begins.isoformat()}起施行" if begins else regulation.effective


def _likeness(one: str, other: str) -> float:
    """The share of letter pairs that two texts have in common."""
    mine, theirs = _pairs(one), _pairs(other)
    return len(mine & theirs) / max(1, min(len(mine), len(theirs))) if mine and theirs else 0.0


def _pairs(text: str) -> set[str]:
    letters = re.sub(r"\W", "", text)
    return {letters[place : place + 2] for place in range(len(letters) - 1)}


def _short(text: str) -> str:
    flat = "".join(text.split())
    return flat if len(flat) <= LONGEST_WORDING else flat[:LONGEST_WORDING] + "…"


def _issued_on(regulation: Regulation) -> date | None:
    """The day of adoption, where the record has a whole one."""
    match = re.match(r"\d{4}-\d\d-\d\d", regulation.issued)
    return date.fromisoformat(match.group()) if match else None


def _issued(item: Regulation) -> date:
    match = re.search(r"(\d{4})", f"{item.issued} {item.effective} {item.doc_no}")
    return date(int(match.group(1)), 1, 1) if match else date.min


def _with_number(item: Regulation, instead_of: Regulation) -> str:
    return f"《{item.title}》" + (f"（{item.doc_no}）" if item.doc_no and item.title == instead_of.title else "")
