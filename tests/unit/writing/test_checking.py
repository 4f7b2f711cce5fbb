"""What the check lets through and what it removes: labelled sentences with floors, and each rule by itself.

`pytest -s` prints the table by sort. The first set was written before the check and at hand while it was made. Each
later one was written when the check stood, measured once (faithful refused / wrong let through: second 14 of 28 and 7
of 36, third 7 of 24 and 4 of 32, fourth 6 of 18 and 3 of 30, fifth 2 of 14 and 8 of 41), and only then worked with.
"""

from __future__ import annotations

from collections import Counter

import pytest

from assistant.writing import Facts, Sign, Source, WritingTask
from assistant.writing.checking import Checker
from tests.unit.writing.conftest import Phrases, labelled, task_of

LAW = Source(law="保险法", article="第一百三十一条", text="保险代理人不得给予投保人保险合同约定以外的利益。")
TASK = WritingTask(
    text="中介说内部有人，不向客户收费，收贷款额的12%",
    reply=(
        "这段描述与“非法贷款中介”较为相似，依据是原文中的“中介说内部有人”。",
        "《保险法》第一百三十一条：“保险代理人不得给予投保人保险合同约定以外的利益。”",
        "建议先核实合作协议，再决定是否继续合作。",
    ),
    sources=(LAW,),
    facts=Facts(
        level="medium",
        patterns=("非法贷款中介",),
        signs=(Sign(words="中介说内部有人", says="承诺内部渠道"),),
        against=("不向客户收费",),
    ),
)


SETS = ("sentences", "second", "third", "fourth", "fifth")


def test_wrong_sentences_are_removed_and_faithful_ones_mostly_kept(phrases: Phrases, names: list[str]) -> None:
    faithful, wrong = Counter[bool](), Counter[tuple[str, bool]]()
    for entry in labelled(*SETS):
        checker = Checker(task_of(entry), phrases, names)
        faithful.update(checker.check(sentence).passed for sentence in entry["faithful"])
        wrong.update((item["sort"], checker.check(item["text"]).passed) for item in entry["wrong"])
    through = sum(count for (_, passed), count in wrong.items() if passed)
    print(f"\nfaithful kept {faithful[True]} of {faithful.total()}")
    print(f"wrong let through {through} of {wrong.total()}")
    for sort in sorted({sort for sort, _ in wrong}):
        print(f"  {sort:12} removed {wrong[sort, False]:2}  let through {wrong[sort, True]}")
    assert faithful[False] <= 0.20 * faithful.total()
    assert through <= 0.01 * wrong.total()


def test_the_built_in_reply_itself_passes_and_is_enough(phrases: Phrases, names: list[str]) -> None:
    for entry in labelled(*SETS):
        checker = Checker(task_of(entry), phrases, names)
        verdicts = [checker.check(sentence.rstrip("。.")) for sentence in entry["reply"]]
        assert [verdict.reason for verdict in verdicts if not verdict.passed] == []
        restated = frozenset().union(*(verdict.rests_on for verdict in verdicts))
        assert checker.lacks(" ".join(entry["reply"]), restated, 1.0) == ""


REMOVED = [
    ("详见https://example.com。", "链接"),
    ("![图](x.png)这段描述与“非法贷款中介”较为相似。", "标记"),
    ("<b>较为相似</b>。", "标记"),
    ("가짜 문장입니다.", "辨认"),
    ("……", "没有内容"),
    ("This description is fairly similar to the one of an illegal broker.", "语言"),
    ("这段描述与“非法贷款中介”高度相似。", "相似程度"),
    ("这段描述与AB贷较为相似。", "AB贷"),
    ("依据是原文中的“不成功不收费”。", "这句话"),
    ("对方“向客户收费”。", "否定"),
    ("“内部有人”。", "没有可以核对"),
    ("《反洗钱法》也这样规定。", "反洗钱法"),
    ("《保险法》第一百三十二条也这样规定。", "第一百三十二条"),
    ("依据是金规〔2025〕9号。", "文号"),
    ("保险代理人可以给予投保人保险合同约定以外的利益。", ""),
    ("中介是诈骗犯。", "犯罪"),
    ("内部有人，可以放心。", "放心"),
    ("建议先核实合作协议并报警。", "报警"),
    ("建议您尽快转账。", ""),
    ("对方注册资本雄厚、经营多年。", "没有讲"),
    ("是的，内部有人。", "没有这样回答"),
    ("可以。", "没有"),
    ("您为什么要找他们？", "没有提问"),
    ("综上所述。", "没有可以核对"),
    ("中介说内部没有人。", "相反"),
]


@pytest.mark.parametrize(("sentence", "why"), REMOVED)
def test_what_the_material_does_not_say_is_removed_with_its_reason(
    sentence: str, why: str, phrases: Phrases, names: list[str]
) -> None:
    verdict = Checker(TASK, phrases, names).check(sentence)
    assert not verdict.passed
    assert why in verdict.reason


KEPT = [
    "结合您的描述，这与“非法贷款中介”较为相似。",
    "您提到“内部有人”，这对应“承诺内部渠道”。",
    "《保险法》第131条规定，保险代理人不得给予投保人保险合同约定以外的利益。",
    "您也写明“不向客户收费”。",
    "建议先核实合作协议，再决定是否继续合作。",
    "結合您的描述，這與“非法贷款中介”較為相似。",
]


@pytest.mark.parametrize("sentence", KEPT)
def test_what_the_material_says_is_kept_in_other_words(sentence: str, phrases: Phrases, names: list[str]) -> None:
    assert Checker(TASK, phrases, names).check(sentence).reason == ""


def test_a_policy_question_is_no_evidence_for_its_own_answer(phrases: Phrases) -> None:
    task = WritingTask(text="助贷平台可以向借款人收费", reply=("结论：不可以，规定有禁止性要求。",))
    assert not Checker(task, phrases).check("助贷平台可以向借款人收费。").passed


def test_what_passed_is_not_enough_without_the_conclusion(phrases: Phrases) -> None:
    checker = Checker(TASK, phrases)
    assert "结论" in checker.lacks("您提到“内部有人”。", frozenset({0, 1}), 0.5)
    assert "太少" in checker.lacks("与“非法贷款中介”较为相似。", frozenset({0}), 0.5)
    assert checker.lacks("与“非法贷款中介”较为相似。", frozenset({0, 2}), 0.5) == ""
