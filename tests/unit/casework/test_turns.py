"""What is made of a turn by the linear models and by the trained encoder together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.assessment import Claim, ClaimReader
from assistant.casework import TurnReader
from assistant.casework.revision import Said
from assistant.casework.talker import TOGETHER, Changes, Talker, beside, opened
from assistant.casework.turns import READ
from assistant.service import Assistant

EARLIER = ("坐席晚上轮着打他单位前台", "录音保存两年", "每单收费五百")


@pytest.fixture
def turns(assistant: Assistant) -> TurnReader:
    """The reader of the running assistant."""
    assistant.reply("你好")
    conversation = assistant._conversation
    assert conversation is not None
    return conversation._turns


@pytest.fixture
def claims() -> ClaimReader:
    """A reader of statements without phrases."""
    return ClaimReader({})


def test_clauses_stand_where_they_are_said_to(claims: ClaimReader) -> None:
    turn = claims.read("假如其实只打给本人，白天打")
    text, own, earlier = beside("假如其实只打给本人，白天打", turn, EARLIER)
    assert [text[start:end] for start, end in own] == [clause.folded for clause in turn]
    assert [text[start:end] for start, end in earlier] == list(EARLIER)


def test_a_long_turn_is_read_by_its_beginning_and_its_end() -> None:
    read = opened("起" + "中" * 5000 + "末", "assessed")
    assert len(read) < 300
    assert "起" in read
    assert read.endswith("末")


def test_what_is_supposed_otherwise_is_set_aside_whatever_its_words(turns: TurnReader, claims: ClaimReader) -> None:
    said = [Said(text, 1) for text in EARLIER]
    words = "假如其实只打给本人，白天打"
    withdrawn = turns.revision("suppose", said, words, claims.read(words)).withdrawn
    assert withdrawn.argmax() == 0
    assert withdrawn[1] < 0.2


def test_however_much_was_said_only_some_of_it_is_read_closely(
    turns: TurnReader, claims: ClaimReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    changes = Talker.changes

    def counted(self: Talker, turn: str, clauses: Sequence[Claim], said: Sequence[str]) -> Changes:
        read.append(len(said))
        return changes(self, turn, clauses, said)

    monkeypatch.setattr(Talker, "changes", counted)
    said = [Said(f"第{number}个门店收费{number}元", number + 1) for number in range(200)]
    words = "第3个门店那句说错了，收回"
    found = turns.revision("correct", said, words, claims.read(words))
    assert read == [READ]
    assert len(found.withdrawn) == len(said)


def test_many_earlier_statements_are_read_in_parts(turns: TurnReader, claims: ClaimReader) -> None:
    talker = turns._talker
    assert talker is not None
    said = ["这家公司做贷后管理" * 5] * 12
    assert sum(map(len, said)) > TOGETHER
    found = talker.changes("说错了", claims.read("说错了"), said)
    assert len(found.gone) == len(said)
