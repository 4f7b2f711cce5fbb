"""What to do with a resemblance: follow-up questions, the lawful reading, similar cases, governing articles, actions.

Everything said here comes from the corpus; nothing is composed but the frame sentences. The wording never calls
anybody a criminal: a text resembles a pattern, indicators are present, questions are to be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.assessment.assessment import Figure, MissingIndicator, NeighbourReading, Resemblance
from assistant.assessment.scoring import HIGH
from assistant.knowledge import Library
from assistant.knowledge.citations import Citations
from assistant.types import Citation, Level, Pattern

OPENING = (
    "这是哪一类合作方，替我行做什么？",
    "它向谁收费，怎么收，收多少？",
    "客户的钱和资料经过谁的手？",
)
LEVEL_WORDS: dict[Level, str] = {"high": "高度相似", "medium": "较为相似", "low": "有弱迹象", "none": "未见相似"}
RESEMBLES: dict[Level, str] = {"high": "与“{}”高度相似", "medium": "与“{}”较为相似", "low": "只有与“{}”相关的弱迹象"}
QUOTE_LENGTH = 120
NEIGHBOURS = 2  # shown with a pattern
QUOTED = 3  # of the reader's words in the short reply
DECISIVE = 3  # weight of an indicator that settles the matter
INNER = str.maketrans("“”", "‘’")


def missing(pattern: Pattern, seen: set[str]) -> tuple[MissingIndicator, ...]:
    """Indicators not seen, most telling first, each with its question."""
    rest = sorted((item for item in pattern.indicators if item.id not in seen), key=lambda item: -item.weight)
    return tuple(MissingIndicator(indicator=item.id, ask=item.ask or f"请核实：{item.says}") for item in rest)


def neighbours(pattern: Pattern, order: Sequence[str], library: Library) -> tuple[NeighbourReading, ...]:
    """Why the text is read as `pattern` and not as the next ones of `order` (ids, most resembling first)."""
    found = []
    for other in (library.patterns[id] for id in order if id != pattern.id):
        boundary = library.boundary(pattern.id, other.id)
        if boundary is not None:
            ours, theirs = boundary.between[pattern.id], boundary.between[other.id]
            why = f"若{ours}，是“{pattern.name}”；若{theirs}，更像“{other.name}”。"
            found.append(NeighbourReading(id=other.id, name=other.name, why=why, ask=boundary.ask))
    return tuple(found[:NEIGHBOURS])


def would_change(pattern: Pattern, level: Level, seen: set[str]) -> tuple[str, ...]:
    """The facts that would raise the level (the heaviest sign not seen) and lower it (the lawful look-alikes)."""
    unseen = [item for item in pattern.indicators if item.id not in seen and item.weight == DECISIVE]
    rise = [f"若查实“{inner(unseen[0].says)}”，相似程度会升高。"] if unseen and level != "high" else []
    fall = [f"若能证明{twin.why}，则更可能是合规做法“{inner(twin.practice)}”。" for twin in pattern.lookalikes[:2]]
    return (*rise, *fall)


def governing(pattern: Pattern, citations: Citations, day: date) -> tuple[Citation, ...]:
    """The verified citations of the articles a pattern names; what we do not hold in full is not quoted."""
    found: list[Citation] = []
    for reference in (item for text in pattern.articles for item in citations.parse(text)):
        resolution = citations.resolve(reference, day)
        if resolution.regulation is None or resolution.article is None:
            continue
        quote = first_sentence(resolution.article.text)
        citation = citations.cite(resolution.regulation, resolution.article, quote, day)
        if citation.verified:
            found.append(citation)
    return tuple(dict.fromkeys(found))


def first_sentence(text: str) -> str:
    """The first sentence of an article, cut at `QUOTE_LENGTH` characters so that a citation stays readable."""
    end = text.find("。") + 1
    sentence = text[:end] if end else text
    return sentence if len(sentence) <= QUOTE_LENGTH else sentence[:QUOTE_LENGTH]


def lawful_reading(pattern: Pattern, position: int) -> str:
    """The strongest lawful look-alike of a pattern with the fact that separates the two."""
    twin = pattern.lookalikes[position]
    return f"也可能是合规做法“{twin.practice}”，区别在于：{twin.why}。"


def questions(resembling: Sequence[Resemblance], library: Library, limit: int = 5) -> tuple[str, ...]:
    """The questions that would settle most: first what separates the leading reading from its nearest neighbour, then
    what is missing, heaviest first, taken in turn from each resembling pattern, without repeats."""
    decisive = [item.ask for item in resembling[0].neighbours[:1]]
    queues = [[item.ask for item in found.missing] + list(library.patterns[found.id].questions) for found in resembling]
    mixed = [queue[turn] for turn in range(limit) for queue in queues if turn < len(queue)]
    return tuple(dict.fromkeys([*mixed[:1], *decisive, *mixed[1:]]))[:limit]


def actions(resembling: Sequence[Resemblance], library: Library) -> tuple[str, ...]:
    """What the corpus recommends for the patterns seen at medium or high."""
    serious = [found for found in resembling if found.level in ("high", "medium")]
    return tuple(dict.fromkeys(step for found in serious for step in library.patterns[found.id].actions))


def beside(told: int) -> str:
    """Why nothing is compared: a text about something else, or one that only gives the assistant orders."""
    return (
        f"这段文字看不出是在描述一家合作方的做法，所以没有可比对的内容。{addressed(told)}请说说是谁、做什么、怎么收费。"
    )


def say(
    level: Level,
    resembling: Sequence[Resemblance],
    countered: int,
    denied: int,
    lawful: str,
    needs_info: bool,
    told: int = 0,
) -> str:
    """The assessment in two or three Chinese sentences.

    `countered` counts the statements that speak against it, `denied` those of them that deny, forbid or warn in so many
    words, and `told` the sentences addressed to the assistant.
    """
    return _said(level, resembling, countered, denied, lawful, needs_info) + addressed(told)


def _said(
    level: Level, resembling: Sequence[Resemblance], countered: int, denied: int, lawful: str, needs_info: bool
) -> str:
    if needs_info and not resembling:
        return "这段话说得还不够具体，看不出对应哪种手法。请先补充下面几个问题的答案，再做判断。"
    if not resembling:
        reason = "文中没有对得上的可疑说法。"
        if countered:
            reason = f"文中有{countered}处读来是正常做法，已列出，请核对是否如此。"
        if denied:
            reason = f"文中有{denied}处是在否认、禁止或提醒，不算迹象。"
        return f"未见与已记录手法相似的迹象。{reason}{lawful}"
    first = resembling[0]
    words = "、".join(f"“{inner(span)}”" for span in first.strongest(QUOTED))
    lead = f"这段描述{RESEMBLES[level].format(first.name)}，依据是原文中的{words}。"
    others = "、".join(f"“{found.name}”" for found in resembling[1:])
    also = f"也有与{others}相关的说法。" if others else ""
    against = f"另有{countered}处说法与此相反，已一并列出。" if countered else ""
    advice = "建议暂缓合作，按下列步骤核查。" if level == "high" else "建议先核实下列问题，再决定是否继续合作。"
    return "".join((lead, also, against, lawful, advice))


def arithmetic(levels: Sequence[float], order: Sequence[tuple[str, float]]) -> tuple[Figure, ...]:
    """How the level and the first pattern came about: the chances of each step, and of each leading pattern.

    `levels` are the chances of at least low, at least medium, and high; `order` has patterns by name with the chance
    of coming first.
    """
    steps = ("至少有弱迹象", "至少较为相似", "高度相似")
    figures = [Figure(label=f"{step}的可能", value=f"{chance:.0%}") for step, chance in zip(steps, levels, strict=True)]
    scale = f"0 未见、1 弱、2 较为、3 高度；四舍五入，{HIGH}起为高度"
    figures.append(Figure(label=f"三项相加即期望等级（{scale}）", value=f"{sum(levels):.2f}"))
    return (
        *figures,
        *(Figure(label=f"若有相似，首先是“{name}”的可能", value=f"{chance:.0%}") for name, chance in order),
    )


def addressed(told: int) -> str:
    """Says that a text gives orders to the assistant, which change nothing."""
    return f"文中有{told}句是写给本助手的指令，已忽略，不影响判断。" if told else ""


def inner(text: str) -> str:
    """Quotation marks inside a quotation, as Chinese writes them."""
    return text.translate(INNER)
