"""A stream becomes sentences, however it is cut."""

from __future__ import annotations

import pytest

from assistant.writing.sentences import LONGEST, sentences

WHOLE = [
    ("结论是不可以。请核实！", ["结论是不可以。", "请核实！"]),
    ("他说“包过。内部有人。”所以可疑。", ["他说“包过。内部有人。”", "所以可疑。"]),
    ("他说“包过！”，所以可疑。", ["他说“包过！”，所以可疑。"]),
    ("第一段。\n第二段。", ["第一段。", "\n第二段。"]),
    ("- **要点**：不得收费。\n2. 应当报告。", ["要点：不得收费。", "\n应当报告。"]),
    (
        "The fee is 3.5% of it. See Art. 5 of the act. Done",
        ["The fee is 3.5% of it.", "See Art. 5 of the act.", "Done"],
    ),
    ("<think>先想想。再想。</think>不得收费。", ["不得收费。"]),
    ("没有写完", ["没有写完"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), WHOLE)
def test_sentences_are_the_same_whether_the_text_comes_at_once_or_letter_by_letter(
    text: str, expected: list[str]
) -> None:
    assert list(sentences([text])) == expected
    assert list(sentences(text)) == expected


def test_a_sentence_is_handed_out_before_the_stream_ends() -> None:
    def stream() -> list[str]:
        yield "不得收费。"
        yield "应"
        raise AssertionError("read too far")

    assert next(sentences(stream())) == "不得收费。"


def test_what_never_ends_is_cut() -> None:
    first = next(sentences(iter(lambda: "啊", None)))
    assert len(first) == LONGEST


def test_thoughts_that_never_end_are_no_answer() -> None:
    assert list(sentences(["<think>", "想", "想。"])) == []
