"""What stands around the chat: header, list of conversations, first visit, notices."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.interfaces.web.labels import Labels
from assistant.interfaces.web.markup import Html, join, tag
from assistant.service import Readiness
from assistant.types import ConversationSummary

EXAMPLES_ASSESS = (
    "某助贷平台说征信差也能办，只要带一位社保满一年的亲友来做“见证人”，全程由业务员拿着亲友手机刷脸签约，"
    "放款到亲友卡上，当天转给客户，平台按放款额收两成服务费。",
    "这家公司帮客户停息挂账，自称法务团队，先收欠款额8%的服务费，教客户开具贫困证明，再向监管集中投诉，"
    "直到银行同意减免为止。",
)
EXAMPLES_POLICY = (
    "银行可以把授信审批和风险控制交给助贷平台来做吗？",
    "催收外包人员一天之内最晚可以几点给欠款人打电话？",
)


def brand_html(version: str, t: Labels) -> Html:
    """The name of the product and the day its knowledge was closed."""
    menu = tag("button", "☰", type="button", class_="pl-icon", data_toggle="history", aria_label=t.open_history)
    as_of = t.knowledge_as_of.format(date=version.partition("+")[0])
    return join(
        menu,
        tag("div", tag("strong", t.product), tag("span", t.tagline, class_="pl-muted pl-tagline"), class_="pl-brand"),
        tag("span", as_of, class_="pl-muted pl-as-of"),
    )


def status_html(readiness: Readiness, t: Labels) -> Html:
    """How far the index is, in a few words."""
    phase = readiness.phase
    if phase == "ready" and readiness.rest_total > readiness.rest_done:
        words = t.index_background.format(percent=percent(readiness.rest_done, readiness.rest_total))
    elif phase == "indexing":
        words = t.index_building.format(percent=percent(readiness.done, readiness.total))
    else:
        words = {"ready": t.index_ready, "loading": t.index_loading, "failed": t.index_failed}[phase]
    dot = tag("span", class_=f"pl-dot pl-dot-{phase}", aria_hidden="true")
    return tag(
        "span", dot, tag("span", words, class_="pl-words"), class_="pl-state", title=readiness.message, role="status"
    )


def building_html(readiness: Readiness, t: Labels) -> Html:
    """A bar with the true progress while the index of our own knowledge is built, and what works meanwhile."""
    if readiness.phase == "failed":
        return notice_html(readiness.message)
    if readiness.phase != "indexing":
        return Html()
    share = percent(readiness.done, readiness.total)
    words = t.index_building.format(percent=share)
    return tag(
        "div",
        tag("div", tag("strong", words), tag("span", f"{readiness.done:,} / {readiness.total:,}", class_="pl-muted")),
        tag("progress", value=share, max="100", aria_label=words),
        tag("p", t.while_building, class_="pl-muted"),
        class_="pl-building",
    )


def percent(done: int, total: int) -> int:
    """Whole percent, never 100 before everything is done."""
    return 100 * done // total if total else 0


def language_html(t: Labels) -> Html:
    """The switch to the other language of the interface."""
    other = "zh" if t.language == "en" else "en"
    return tag("button", t.other_language, type="button", class_="pl-quiet", data_language=other, lang=other)


def history_html(
    conversations: Sequence[ConversationSummary], current: str, t: Labels, deleted: ConversationSummary | None = None
) -> Html:
    """The list of conversations; a deletion just made can be taken back."""
    rows = [_conversation(item, item.id == current, t) for item in conversations]
    undo = (
        tag(
            "div",
            tag("span", t.deleted.format(title=deleted.title)),
            tag("button", t.undo, type="button", data_manage="undo", data_id=deleted.id),
            class_="pl-undo",
            role="status",
        )
        if deleted
        else None
    )
    return tag(
        "nav",
        tag("button", t.new, type="button", class_="pl-new", data_open=""),
        tag("h2", t.history),
        undo,
        tag("ul", *rows) if rows else tag("p", t.history_empty, class_="pl-muted"),
        aria_label=t.history,
        class_="pl-history",
        data_current=current,
    )


def _conversation(item: ConversationSummary, is_current: bool, t: Labels) -> Html:
    name = {"data_id": item.id, "data_title": item.title, "type": "button"}
    return tag(
        "li",
        tag(
            "button",
            tag("span", item.title),
            tag("time", f"{item.updated_at.astimezone():%m-%d %H:%M}", datetime=item.updated_at.isoformat()),
            type="button",
            class_="pl-open",
            data_open=item.id,
            aria_current="page" if is_current else None,
        ),
        tag("button", "✎", class_="pl-icon", data_rename=True, aria_label=f"{t.rename} {item.title}", **name),
        tag("button", "×", class_="pl-icon", data_manage="delete", aria_label=f"{t.delete} {item.title}", **name),
        class_="pl-current" if is_current else None,
    )


def welcome_html(t: Labels) -> Html:
    """The first visit: what this is for, and four requests to try."""
    examples = [
        tag(
            "button",
            tag("span", kind, class_="pl-tag"),
            tag("span", text),
            type="button",
            class_="pl-example",
            data_ask=text,
        )
        for kind, texts in ((t.example_assess, EXAMPLES_ASSESS), (t.example_policy, EXAMPLES_POLICY))
        for text in texts
    ]
    return tag(
        "section",
        tag("h1", t.welcome),
        tag("p", t.welcome_how, class_="pl-muted"),
        tag("div", *examples, class_="pl-examples"),
        class_="pl-welcome",
    )


def notice_html(message: str) -> Html:
    """A line that something could not be done, and what to do next."""
    return tag("div", message, class_="pl-notice", role="alert") if message else Html()


def wait_html(t: Labels) -> Html:
    """A line that what was sent in the middle of an answer comes next; the page shows it while that is so."""
    return tag("div", t.wait, class_="pl-wait", role="status")


def hint_html(limit: int, t: Labels) -> Html:
    """What stands below the box: keys, files, and how much room is left."""
    return tag(
        "div",
        tag("span", t.hint, class_="pl-keys"),
        tag("span", t.attach_hint),
        tag("span", class_="pl-count", data_limit=limit, aria_live="polite"),
        class_="pl-hint",
    )
