"""What the interface says, in Chinese and in English.

Only the interface: what the assistant found, the law and the cases stay in the language they were written in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.knowledge.pairing import Basis
from assistant.types import Kind, Level, Standing, Status

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Labels:
    """Every word of the page in one language."""

    language: Language
    product: str
    tagline: str
    knowledge_as_of: str
    index_ready: str
    index_loading: str
    index_building: str
    index_failed: str
    index_background: str
    while_building: str
    other_language: str
    new: str
    history: str
    history_empty: str
    open_history: str
    close: str
    rename: str
    delete: str
    deleted: str
    undo: str
    welcome: str
    welcome_how: str
    example_assess: str
    example_policy: str
    placeholder: str
    message: str
    send: str
    stop: str
    attach: str
    attach_hint: str
    hint: str
    waiting: str
    working: str
    worked: str
    stopped: str
    wait: str
    edit: str
    edited: str
    turn_gone: str
    whole: str
    removed: str
    chat: str
    resembles: str
    your_words: str
    full_text: str
    matched: str
    countered: str
    missing: str
    missing_more: str
    neighbours: str
    would_change: str
    arithmetic: str
    lawful: str
    cases: str
    articles: str
    actions: str
    ask_more: str
    ask_partner: str
    partner_says: str
    set_aside: str
    conclusion: str
    basis: str
    abstained: str
    premise: str
    nearest: str
    notices: str
    copy: str
    copied: str
    disclaimer: str
    details: str
    panel: str
    panel_empty: str
    panel_gone: str
    sources: str
    earlier: str
    since: str
    until: str
    reimported: str
    same_words: str
    not_compared: str
    bases: dict[Basis, str]
    precis: str
    official: str
    unverified: str
    unnumbered: str
    medium: str
    verified_means: str
    standings: dict[Standing, str]
    old_reply: str
    levels: dict[Level, str]
    statuses: dict[Status, str]
    kinds: dict[Kind, str]


ZH = Labels(
    language="zh",
    product="合作机构识别助手",
    tagline="Partner Lens",
    knowledge_as_of="知识截至 {date}",
    index_ready="索引就绪",
    index_loading="正在载入模型",
    index_building="正在建立索引 {percent}%",
    index_failed="索引不可用",
    index_background="其余法律后台建立 {percent}%",
    while_building="首次启动需要一两分钟。现在就可以发送：建好后会自动作答；历史对话与依据已可查看。",
    other_language="English",
    new="新对话",
    history="历史对话",
    history_empty="还没有对话。发出的每一轮都会保存在这里。",
    open_history="打开历史对话",
    close="关闭",
    rename="重命名",
    delete="删除",
    deleted="已删除“{title}”",
    undo="撤销",
    welcome="描述一家合作机构，或问一条规定",
    welcome_how="每个结论都附依据，点开即可核对原文。它提示相似之处，判断由您作出。",
    example_assess="评估做法",
    example_policy="查问规定",
    placeholder="描述合作方怎么获客、怎么收费、怎么放款，或直接提问…",
    message="您的描述或问题",
    send="发送",
    stop="停止",
    attach="上传文件",
    attach_hint="支持 docx、pdf、txt",
    hint="Enter 发送，Shift+Enter 换行",
    waiting="索引还在准备，好了就自动回答",
    working="正在分析",
    worked="分析过程",
    stopped="已停止，您的文字还在输入框里。",
    wait="上一轮还在作答，答完就接着处理这一步。不想等可先点“停止”，文字都会留在输入框里。",
    edit="回到这一轮重新说（原对话保留）",
    edited="已回到这一轮之前，原来的对话仍在左侧列表里。改好后发送即可。",
    turn_gone="这一轮已经不在这段对话里，可能已在别处删除。请从左侧列表重新打开。",
    whole="展开完整判断",
    removed="对话模型写出但未通过核对、已删去的句子",
    chat="对话",
    resembles="与已知手法的相似程度",
    your_words="您的描述",
    full_text="全文共 {count} 字",
    matched="对上的迹象",
    countered="不支持的迹象",
    missing="还需核实",
    missing_more="另有 {count} 项可核实",
    neighbours="为什么不是相近的手法",
    would_change="什么会改变结论",
    arithmetic="怎么算出来的",
    lawful="合规情形下的解释",
    cases="相似案例",
    articles="适用条文",
    actions="建议措施",
    ask_more="可以接着问",
    ask_partner="可以接着问对方（点一下，补上答复后重新评估）",
    partner_says="对方答：",
    set_aside="已排除的字句",
    conclusion="条文解答",
    basis="依据",
    abstained="依据不足，暂不作答",
    premise="问题的前提与规定不符",
    nearest="最接近的资料，供您判断",
    notices="请留意",
    copy="复制",
    copied="已复制",
    disclaimer="提示相似，不作定性，由人决定。",
    details="知识版本 {version} · 用时 {seconds} 秒",
    panel="依据",
    panel_empty="点开回答里的编号、条文或案例，原文会显示在这里。",
    panel_gone="知识库里已经没有这份资料。",
    sources="来源",
    earlier="旧文对照",
    since="{date}起",
    until="至{date}",
    reimported="第{number}次导入，已由后一次导入代替",
    same_words="文字没有变化。",
    not_compared="这是旧文的要点（转述），不逐字比较。",
    bases={
        "number": "与现条号相同，划去的是旧文，下划线的是新文",
        "wording": "条号有变，按文字相近对上，请核对；划去的是旧文，下划线的是新文",
        "number_only": "条号和位置相同，文字差别大，未必是同一条规则；划去的是旧文，下划线的是新文",
        "stated": "知识库写明的接替关系",
    },
    precis="要点",
    official="官方原文",
    unverified="未通过核验",
    unnumbered="引文已核，条号未核",
    medium="把握中等：据解读或报道整理",
    verified_means="“已核”指所引文字与收录的文本逐字一致且当日适用；条号未核的只引到文件，引用前请回查原文。",
    standings={
        "法律": "法律",
        "行政法规": "行政法规",
        "部门规章": "部门规章",
        "规范性文件": "规范性文件",
        "司法解释": "司法解释",
        "自律规范": "自律规范",
    },
    old_reply="这一轮由其他版本保存，无法完整显示。",
    levels={"high": "高度相似", "medium": "较为相似", "low": "弱迹象", "none": "未见相似"},
    statuses={"in_force": "现行有效", "amended": "已被修改", "repealed": "已废止", "not_yet_in_force": "尚未施行"},
    kinds={"statute": "法律", "rule": "监管规定", "case": "案例", "pattern": "手法"},
)

EN = Labels(
    language="en",
    product="Partner Lens",
    tagline="合作机构识别助手",
    knowledge_as_of="Knowledge as of {date}",
    index_ready="Index ready",
    index_loading="Loading the model",
    index_building="Building the index {percent}%",
    index_failed="Index unavailable",
    index_background="Other statutes in the background {percent}%",
    while_building="The first start takes a minute or two. Send now, the answer will follow; past chats work.",
    other_language="中文",
    new="New chat",
    history="Conversations",
    history_empty="No conversations yet. Every exchange is kept here.",
    open_history="Open conversations",
    close="Close",
    rename="Rename",
    delete="Delete",
    deleted="Deleted “{title}”",
    undo="Undo",
    welcome="Describe a partner, or ask about a rule",
    welcome_how="Every conclusion carries its sources, one click away. It points out resemblance; you decide.",
    example_assess="Assess a practice",
    example_policy="Ask about a rule",
    placeholder="How does the partner win customers, charge, lend? Or ask a question…",
    message="Your description or question",
    send="Send",
    stop="Stop",
    attach="Upload a file",
    attach_hint="docx, pdf or txt",
    hint="Enter sends, Shift+Enter starts a new line",
    waiting="The index is getting ready; the answer follows by itself",
    working="Working",
    worked="How this was found",
    stopped="Stopped. Your text is still in the box.",
    wait="Still answering; this comes next. Press Stop not to wait: all your text stays in the box.",
    edit="Go back to this turn (the conversation is kept)",
    edited="Back to before this turn; the conversation as it was is still in the list. Edit and send.",
    turn_gone="This turn is no longer in the conversation; it may have been deleted elsewhere. Open it again.",
    whole="Open the whole assessment",
    removed="Sentences of the chat model that did not pass the check and were removed",
    chat="Conversation",
    resembles="Resemblance to known practices",
    your_words="Your description",
    full_text="{count} characters",
    matched="Indicators seen",
    countered="What speaks against",
    missing="Still to be verified",
    missing_more="{count} more to verify",
    neighbours="Why not a neighbouring pattern",
    would_change="What would change this reading",
    arithmetic="How this was worked out",
    lawful="The lawful reading",
    cases="Similar cases",
    articles="Governing articles",
    actions="Recommended actions",
    ask_more="Ask next",
    ask_partner="Ask the partner next (click, add the reply, assess again)",
    partner_says="对方答：",
    set_aside="Words set aside",
    conclusion="From the rules",
    basis="Sources",
    abstained="Not enough support to answer",
    premise="The question's premise does not match the rule",
    nearest="The nearest passages, for you to judge",
    notices="Please note",
    copy="Copy",
    copied="Copied",
    disclaimer="It points out resemblance and judges nobody. A person decides.",
    details="Knowledge {version} · {seconds} s",
    panel="Source",
    panel_empty="Open a number, article or case of an answer to read its text here.",
    panel_gone="The knowledge no longer holds this source.",
    sources="Read at",
    earlier="Earlier wording",
    since="from {date}",
    until="to {date}",
    reimported="Import {number}, replaced by a later import",
    same_words="The words did not change.",
    not_compared="This is our précis of the old text; words are not compared.",
    bases={
        "number": "Same number. Struck out: old; underlined: new",
        "wording": "Renumbered; matched by near wording, please check. Struck out: old; underlined: new",
        "number_only": "Same number and place, very different words, perhaps another rule. "
        "Struck out: old; underlined: new",
        "stated": "The knowledge names this as the article it replaced",
    },
    precis="Précis",
    official="Official text",
    unverified="Not verified",
    unnumbered="Quote checked, article number not",
    medium="Medium confidence: from commentary or press",
    verified_means="Checked means: the quote stands to the letter in the text we hold, which applied on the day. "
    "Where the article number is not checked only the instrument is cited; see the original before quoting.",
    standings={
        "法律": "Law",
        "行政法规": "Administrative regulation",
        "部门规章": "Departmental rule",
        "规范性文件": "Normative document",
        "司法解释": "Judicial interpretation",
        "自律规范": "Self-regulatory rule",
    },
    old_reply="This exchange was kept by another version and cannot be shown in full.",
    levels={"high": "High", "medium": "Medium", "low": "Weak signs", "none": "None"},
    statuses={
        "in_force": "In force",
        "amended": "Amended",
        "repealed": "Repealed",
        "not_yet_in_force": "Not yet in force",
    },
    kinds={"statute": "Statute", "rule": "Rule", "case": "Case", "pattern": "Practice"},
)


def labels(language: str | None) -> Labels:
    """The words of a language by its code; Chinese unless English is asked for."""
    return EN if language == "en" else ZH
