"""A partner is remembered from one conversation to the next."""

from __future__ import annotations

from assistant.service import Assistant

NAME = "青禾记账"


def held(assistant: Assistant, *texts: str) -> str:
    """A kept conversation of these turns; returns its id."""
    id = assistant.new_conversation()
    for text in texts:
        assistant.add_turn(id, text, assistant.reply(text, assistant.replies(id)))
    return id


def test_a_new_conversation_starts_from_what_is_known_and_says_from_when(assistant: Assistant) -> None:
    held(assistant, f"有家叫{NAME}的公司想合作，业务员收了客户三千块包装费，帮他做了半年的工资流水。")
    reply = assistant.reply(f"有家叫{NAME}的公司又来谈了，办公室搬到了开发区。")
    assert f"以往对话里记过“{NAME}”" in reply.text
    assert reply.assessment is not None
    assert "半年的工资流水" in reply.assessment.text
    assert reply.assessment.patterns[0].id == "loan-forged-packaging"


def test_what_was_taken_back_is_not_remembered(assistant: Assistant) -> None:
    name = "白杨汇算"
    first = f"有家叫{name}的公司想合作，规模不大。"
    held(assistant, first, "业务员帮客户做了半年的工资流水。", "做工资流水那句说错了，是另一家的，收回。")
    reply = assistant.reply(f"有家叫{name}的公司又来谈了，办公室搬到了开发区。")
    assert reply.assessment is not None
    assert "工资流水" not in reply.assessment.text


def test_an_unnamed_partner_is_not_mixed_with_another(assistant: Assistant) -> None:
    held(assistant, "有家催收公司，坐席冒充法院书记员，一天打二十通电话。")
    reply = assistant.reply("有家催收公司想进来，录音我们随时能调，只联系本人。")
    assert reply.assessment is not None
    assert "书记员" not in reply.assessment.text


def test_what_is_gone_back_on_or_put_away_is_not_remembered_until_it_is_brought_back(assistant: Assistant) -> None:
    name = "岭南拓客"
    again = f"有家叫{name}的公司又来谈了，办公室搬到了开发区。"

    def known() -> str:
        assessment = assistant.reply(again).assessment
        assert assessment is not None
        return assessment.text

    id = held(assistant, f"有家叫{name}的公司想合作，规模不大。", "业务员帮客户做了半年的工资流水。")
    assert "工资流水" in known()
    assistant.branch_conversation(id, 2)
    assert "工资流水" not in known()
    assert "规模不大" in known()
    assistant.delete_conversation(id)
    assert "规模不大" not in known()
    assistant.undo_delete(id)
    assert "工资流水" in known()


def test_a_partner_called_by_name_at_the_beginning_is_remembered_by_it(assistant: Assistant) -> None:
    held(assistant, "瑞盈金服想跟我行合作，业务员收了客户三千块包装费，帮他做了半年的工资流水。")
    reply = assistant.reply("瑞盈金服的材料到了，办公室搬到了开发区。")
    assert "以往对话里记过“瑞盈金服”" in reply.text
    other = assistant.reply("衡镜数科的材料到了，办公室搬到了开发区。")
    assert "以往对话里记过" not in other.text
