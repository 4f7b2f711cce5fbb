"""Whether a sentence rests on its article: single sentences, and official text changed in every way we fear.

The measurement is deterministic; `pytest -s` prints its numbers by kind.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from assistant.answering.extractive import ExtractiveWriter
from assistant.answering.grounds import Candidate, Ground
from assistant.answering.question import read
from assistant.answering.ranking import Signs
from assistant.answering.supported import is_supported
from assistant.answering.weights import Weights
from assistant.knowledge import Library
from assistant.knowledge.citations import CURRENT, Citations
from assistant.types import Article, Regulation

TODAY = date(2026, 11, 23)
PLAIN = Signs("a", 0.1, -10.0, 0.4, True, 0.3, named=False, asked=False, numbered=True, statute=False)
EACH = 300
RULE = (
    "商业银行应当对合作机构实行名单制管理，不得将授信审查委托合作机构办理。合作机构的年化费率不超过百分之二十四。"
    "逾期三十日以上的，应当在十五日内报告；但是，监管机构另有规定的除外。"
)

HOLDS = [
    "商业银行应当对合作机构实行名单制管理。",
    "商业银行必须对合作机构实行名单制管理，禁止将授信审查委托合作机构办理。",
    "商业银行不能将授信审查委托合作机构办理。",
    "合作机构的年化费率不得超过24%。",
    "不得将授信审查委托合作机构办理，商业银行应当对合作机构实行名单制管理。",
    "《某办法》（某规〔2025〕1号）第三条（要点，转述）：“商业银行应当对合作机构实行名单制管理”",
    "商業銀行應當對合作機構實行名單制管理。",
    "结论：不可以，规定有禁止性要求。",
    "依据如下：",
    "The rules say:",
]
FAILS = [
    ("商业银行可以将授信审查委托合作机构办理。", "可以"),
    ("商业银行不得对合作机构实行名单制管理。", "不得"),
    ("商业银行无须对合作机构实行名单制管理。", "无须"),
    ("合作机构应当对商业银行实行名单制管理。", "条文"),
    ("保险公司应当对合作机构实行名单制管理。", "主体不同"),
    ("合作机构的年化费率不超过36%。", "36%"),
    ("合作机构的年化费率不低于百分之二十四。", "不低于"),
    ("逾期三十日以上的，应当在十五日内报告。", "例外"),
    ("逾期三十日以上的，应当在五日内报告；但是，监管机构另有规定的除外。", "5日"),
    ("商业银行应当按季向借款人寄送纸质对账单并留存回执。", "没有讲"),
    ("《某办法》第四条：“商业银行应当对合作机构实行名单制管理”", "第四条"),
]


@pytest.mark.parametrize("sentence", HOLDS)
def test_a_sentence_that_says_what_its_article_says_is_supported(sentence: str) -> None:
    found = is_supported(sentence, RULE, "第三条")
    assert found
    assert found.why == ""


@pytest.mark.parametrize(("sentence", "why"), FAILS)
def test_a_sentence_that_says_something_else_is_not(sentence: str, why: str) -> None:
    found = is_supported(sentence, RULE, "第三条")
    assert not found
    assert why in found.why


def test_a_conclusion_of_a_ban_needs_an_article_that_bans() -> None:
    assert not is_supported("结论：不可以，规定有禁止性要求。", "经营者可以采用分期付款的方式销售商品。")


# --- official text, changed -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A sentence of an official article, and where it stands."""

    law: Regulation
    article: Article
    text: str


@pytest.fixture(scope="module")
def said(library: Library) -> list[Said]:
    found = [
        Said(law, article, sentence.strip())
        for law in library.regulations.values()
        if law.bundled and law.status != "repealed"
        for article in law.articles
        if article.kind == "official" and 30 <= len(article.text) <= 900
        for sentence, follows in _sentences(article.text)
        if len(sentence.strip()) >= 16 and not follows.startswith("但")
    ]
    random.Random(7).shuffle(found)
    return found


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence with what stands after it: a sentence that an exception follows is not whole without it."""
    start = 0
    for match in re.finditer(r"[。\n]", text):
        yield text[start : match.end()], text[match.end() :].strip()
        start = match.end()


ALIKE = [("应当", "必须"), ("不得", "不能"), ("或者", "或"), ("以及", "和"), ("并且", "并"), ("百分之三十", "30%")]
ALIKE += [("十五日", "15日"), ("三十日", "30天"), ("处三年", "处3年"), ("十万元", "10万元")]
OWED = [
    ("应当", "不得"),
    ("不得", "可以"),
    ("不得", "应当"),
    ("可以", "不得"),
    ("应当", "可以"),
    ("应当", "无须"),
    ("禁止", "允许"),
]
COMPARED = [("以上", "以下"), ("以下", "以上"), ("不超过", "不低于"), ("不得超过", "不得低于"), ("不低于", "不超过")]
COMPARED += [("不少于", "不超过"), ("超过", "不足")]
NUMBER = re.compile(
    r"(?<![第一二三四五六七八九十百千])[一二三四五六七八九十百千]+(?=个?工作日|个?月|年|日|万元|元|倍|小时|人)"
    r"|(?<=百分之)[一二三四五六七八九十百]+"
)
PARTIES = re.split(
    "、",
    "用人单位、劳动者、商业银行、保险人、投保人、经营者、消费者、个人信息处理者、国务院、人民法院、人民检察院、公安机关、"
    "债务人、债权人、出租人、承租人、当事人、金融机构、行政机关、上市公司、证券公司、董事会、股东会、保险公司、税务机关",
)
EXCEPTION = re.compile(r"[，；]但(?:是)?[^书。]*|[，；][^，；。]*除外|^除[^，。]{2,60}外，")


def paraphrased(text: str, dice: random.Random) -> str:
    for one, other in ALIKE:
        if dice.random() < 0.6:
            text = text.replace(one, other)
    return text.replace("的", "") if dice.random() < 0.3 else text


def reordered(text: str, dice: random.Random) -> str:
    first, *others = text.rstrip("。").split("，")
    return "，".join([*others, first]) + "。" if len(others) > 1 and "；" not in text else text


def swapped(pairs: list[tuple[str, str]]) -> Callable[[str, random.Random], str]:
    def change(text: str, dice: random.Random) -> str:
        fitting = [pair for pair in pairs if re.search(rf"{pair[0]}(?!诉|级)", text)]
        return re.sub(rf"{(pair := dice.choice(fitting))[0]}(?!诉|级)", pair[1], text, count=1) if fitting else text

    return change


def other_number(text: str, dice: random.Random) -> str:
    places = list(NUMBER.finditer(text))
    if not places:
        return text
    place = dice.choice(places)
    number = dice.choice([item for item in ("三", "五", "七", "十五", "二十", "六十") if item != place.group()])
    return text[: place.start()] + number + text[place.end() :]


def other_party(text: str, dice: random.Random) -> str:
    named = [party for party in PARTIES if party in text[:40]]
    return text.replace(dice.choice(named), dice.choice(sorted(set(PARTIES) - set(named))), 1) if named else text


def parties_exchanged(text: str, dice: random.Random) -> str:
    named = [party for party in PARTIES if party in text]
    if len(named) < 2:
        return text
    one, other = dice.sample(named, 2)
    return text.replace(one, "\0").replace(other, one).replace("\0", other)


def without_exception(text: str, dice: random.Random) -> str:
    found = EXCEPTION.search(text)
    left = text[: found.start()] + text[found.end() :] if found else text
    return left if len(left) >= 16 else text


MUTATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "flipped duty": swapped(OWED),
    "flipped comparison": swapped(COMPARED),
    "changed number": other_number,
    "other party": other_party,
    "parties exchanged": parties_exchanged,
    "dropped exception": without_exception,
}


@pytest.mark.parametrize("kind", MUTATIONS)
def test_a_changed_sentence_is_caught(said: list[Said], kind: str) -> None:
    dice = random.Random(11)
    changed = []
    for row in said:
        base = paraphrased(row.text, dice) if len(changed) % 2 and kind != "dropped exception" else row.text
        if (text := MUTATIONS[kind](base, dice)) != base:
            changed.append((text, row))
        if len(changed) == EACH:
            break
    caught = sum(not is_supported(text, row.article.text, row.article.no) for text, row in changed)
    print(f"\n{kind}: {caught} of {len(changed)} caught")
    assert len(changed) >= 150
    assert caught >= 0.95 * len(changed)


def test_a_sentence_of_another_article_is_caught(said: list[Said]) -> None:
    dice = random.Random(11)
    pairs = [(row, dice.choice(row.law.articles)) for row in said[:EACH]]
    pairs = [(row, other) for row, other in pairs if other.no != row.article.no]
    caught = sum(not is_supported(row.text, other.text, other.no) for row, other in pairs)
    print(f"\nother article: {caught} of {len(pairs)} caught")
    assert caught >= 0.95 * len(pairs)


def test_a_wrong_article_number_is_caught(said: list[Said]) -> None:
    dice = random.Random(11)
    rows = [row for row in said if len(row.law.articles) > 20][:EACH]
    others = [dice.choice([item for item in row.law.articles if item.no != row.article.no]) for row in rows]
    caught = sum(
        not is_supported(f"《{row.law.title}》{other.no}：“{row.text}”", row.article.text, row.article.no)
        for row, other in zip(rows, others, strict=True)
    )
    print(f"\nwrong article number: {caught} of {len(rows)} caught")
    assert caught >= 0.95 * len(rows)


@pytest.mark.parametrize(
    "change", [lambda text, dice: text, paraphrased, reordered], ids=["same", "other words", "other order"]
)
def test_an_unchanged_sentence_raises_no_alarm(said: list[Said], change: Callable[[str, random.Random], str]) -> None:
    dice = random.Random(11)
    rows = said[:800]
    alarms = sum(not is_supported(change(row.text, dice), row.article.text, row.article.no) for row in rows)
    print(f"\nfalse alarms: {alarms} of {len(rows)}")
    assert alarms <= 0.03 * len(rows)


def test_no_sentence_of_an_extractive_answer_is_dropped(library: Library) -> None:
    citations = Citations(library)
    weights = Weights([article.text for item in library.regulations.values() for article in item.articles])
    writer = ExtractiveWriter(library, citations, weights)
    checked = 0
    for title, articles in library.corpus.speech.asked.items():
        for regulation in library.titled(title):
            if citations.status_on(regulation, TODAY) not in CURRENT:
                continue
            for article in regulation.articles:
                for words in articles.get(article.no or article.label, ())[:1]:
                    precis = library.precis.get((regulation.id, article.no or ""))
                    ground = Ground(Candidate(regulation, article, precis, PLAIN), 1.0)
                    for sentence in writer.write(read(words, None, TODAY), [ground]):
                        for citation in sentence.citations:
                            checked += 1
                            assert is_supported(sentence.text, citations.wording(citation), citation.article)
    assert checked > 300
