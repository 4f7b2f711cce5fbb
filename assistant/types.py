"""The nouns that more than one room needs.

All are frozen pydantic models: made once, never patched, and able to explain themselves without a database or a
model at hand. Dates are ISO; scores run from 0 to 1 with higher closer.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["statute", "rule", "case", "pattern"]
Level = Literal["high", "medium", "low", "none"]
Status = Literal["in_force", "amended", "repealed", "not_yet_in_force"]
Standing = Literal["法律", "行政法规", "部门规章", "规范性文件", "司法解释", "自律规范"]


class Frozen(BaseModel):
    """A value: unknown fields are refused and nothing changes after it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Indicator(Frozen):
    """One observable red flag of a pattern.

    `weight` is 1 weak, 2 telling, 3 decisive. `examples` must match the indicator and `counter` texts must not;
    both are run as tests. `ask` is the question to put to the partner when the flag was not seen.
    """

    id: str
    says: str
    weight: Literal[1, 2, 3]
    ask: str = ""
    examples: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()


class Lookalike(Frozen):
    """A lawful practice that sounds like a pattern, and the fact that separates the two."""

    practice: str
    why: str


class ChainLink(Frozen):
    """One link of the industry chain (advertise, tutorial, script, forge, negotiate, recruit, launder, collude)."""

    link: str
    detail: str


class Pattern(Frozen):
    """A documented practice. `name`, `domain` and `gist` come from the taxonomy, everything else from its own file."""

    id: str
    name: str
    domain: str
    gist: str
    english: str = ""
    aliases: tuple[str, ...] = ()
    summary: str
    chain: tuple[ChainLink, ...] = ()
    indicators: tuple[Indicator, ...]
    lookalikes: tuple[Lookalike, ...] = ()
    questions: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    reviewed: date
    status: Literal["active", "retired"] = "active"
    why: str = ""


class Boundary(Frozen):
    """What separates two neighbouring patterns: by id the fact that speaks for each, and the deciding question."""

    between: dict[str, str]
    ask: str


class Practice(Frozen):
    """A labelled text of the practice bank: how people really describe, deny, forbid or advertise a practice.

    `main` is the pattern that comes first, None where nothing resembles; `shown` all that resemble. `telling` and
    `countered` are parts of `text` to the letter: the evidence, and what denies, forbids or makes it lawful. Where
    `indicators` is given, it says for each telling part which indicator of `main` it shows, None for none of them.
    """

    id: str
    author: str
    kind: str
    text: str
    level: Level
    main: str | None
    shown: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    countered: tuple[str, ...] = ()
    indicators: tuple[str | None, ...] = ()


class BankLabel(Frozen):
    """A citation that a question of the bank calls for; `topic` finds an article whose number is not reliable."""

    law: str
    article: str | None = None
    topic: str = ""


class BankQuestion(Frozen):
    """A labelled question of the question bank: how people really ask what the rules say.

    `must_cite` are the governing articles, `may_cite` others that a careful reviewer would accept. `abstain`: nothing
    at hand governs it. `stale`: it rests on law that was replaced, renumbered or is not yet in force.
    `premise_corrected`: it takes something for granted that its governing article contradicts.
    """

    id: str
    author: str
    kind: str
    question: str
    as_of: date | None = None
    must_cite: tuple[BankLabel, ...] = ()
    may_cite: tuple[BankLabel, ...] = ()
    abstain: bool = False
    stale: bool = False
    premise_corrected: bool = False


Act = Literal[
    "describe",
    "answer",
    "unknown",
    "correct",
    "suppose",
    "policy",
    "dispute",
    "explain",
    "scheme",
    "next",
    "verdict",
    "report",
    "illicit",
    "language",
    "partner",
    "greet",
    "off_topic",
]
"""What somebody does with a turn: states facts, answers or cannot answer what was asked, takes something back,
supposes, asks about rules, disagrees, asks why, asks how a scheme works, what to do next, how it stands, for a memo,
for help with wrongdoing, for another language, turns to another partner, greets, or speaks of something else."""

Before = Literal["nothing", "assessed", "answered"]
"""What stood before a turn: nothing, the assessment of a partner, or the answer to a policy question."""


Language = Literal["simplified", "traditional", "english"]
"""What a turn is written in and answered in: simplified or traditional Chinese, or English."""


class BankTurn(Frozen):
    """A labelled turn of the turn bank: how people really speak in a conversation about partners."""

    id: str
    author: str
    before: Before
    text: str
    act: Act


class BankCorrection(Frozen):
    """A labelled turn that may replace what was said before, from the bank of corrections.

    `facts` are earlier turns. `withdrawn` are parts of them that no longer stand after `turn`. Of `turn` itself,
    `added` are the parts that state something about the partner, `other` those that do not.
    """

    id: str
    author: str
    act: Act
    facts: tuple[str, ...]
    turn: str
    withdrawn: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


class WebSource(Frozen):
    """Where a fact was read."""

    title: str
    publisher: str
    url: str


class Role(Frozen):
    """Who did what in a case."""

    role: str
    did: str


class Case(Frozen):
    """A real precedent, retold in our own words; the sources prevail over the retelling."""

    id: str
    title: str
    date: str
    authority: str
    place: str | None = None
    patterns: tuple[str, ...]
    amount: str | None = None
    charges: str | None = None
    outcome: str | None = None
    sources: tuple[WebSource, ...]
    facts: str
    roles: tuple[Role, ...] = ()
    red_flags: tuple[str, ...] = ()
    lessons: str = ""

    status: Literal["active", "retired"] = "active"
    why: str = ""

    @property
    def year(self) -> str:
        """The first year its date names, empty when the source is undated."""
        match = re.search(r"\d{4}", self.date)
        return match.group() if match else ""


class Article(Frozen):
    """The citable unit of a regulation.

    `no` is the number as people cite it (`第五十一条`, `三、`) or None when it could not be verified: then only the
    instrument may be cited. `label` is the heading as the officer wrote it. `since` is the first day of this wording
    where a later amendment gave it; `changed_by` names an amendment that changed the article and is not applied here.
    """

    no: str | None
    label: str
    topic: str = ""
    text: str
    kind: Literal["official", "precis"]
    confidence: Literal["high", "medium"] = "high"
    patterns: tuple[str, ...] = ()
    chapter: str = ""
    since: date | None = None
    changed_by: str = ""


class Regulation(Frozen):
    """A legal text. `title` is without 《》 and without 中华人民共和国.

    `effective_from` is None where the date is not known to the day; `effective` then says what is known in words.
    `ended` is the day a replaced text stopped applying, where known from its successor. `text_since` is the
    earliest day the wording at hand can have applied: for an amended law it is later than `effective_from`, and
    before it the law was in force with other words. `adopted` is the day the wording was adopted, given only where
    the day it began is not known: then `text_since` is that day. `status` is the status on record;
    `Library.status_on` says it for a day.
    """

    id: str
    title: str
    short: str = ""
    doc_no: str = ""
    issuer: str
    level: Standing
    version: str | None = None
    issued: str = ""
    effective: str
    effective_from: date | None = None
    ended: date | None = None
    text_since: date | None = None
    adopted: date | None = None
    status: Status
    superseded_by: tuple[str, ...] = ()
    amended_by: tuple[str, ...] = ()
    scope: str = ""
    official_url: str | None = None
    official_ref: str | None = None
    note: str = ""
    patterns: tuple[str, ...] = ()
    sources: tuple[WebSource, ...] = ()
    articles: tuple[Article, ...] = ()
    last_article: int | None = Field(default=None, description="number of its last article, where the count is known")
    bundled: bool = Field(default=False, description="read from the installed statutes package, not from corpus/")


class Passage(Frozen):
    """A chunk that a query found. `dense_rank` and `keyword_rank` are 1-based, None where that search missed it."""

    source_id: str
    kind: Kind
    law: str | None
    article: str | None
    title: str
    text: str
    score: float
    dense_rank: int | None = None
    keyword_rank: int | None = None


class Citation(Frozen):
    """A source, an article and the words quoted. `verified` is set by `knowledge.citations` and by nobody else.

    `verified` says that the quote stands in the text at hand and that this text applied. Whether the number of the
    article was checked is another matter: where it was not, `article` is None. `confidence` is that of the entry:
    `medium` where it was made from commentary or press. `standing` is None in replies kept by an older version.
    """

    law: str
    article: str | None
    quote: str
    kind: Literal["official", "precis"]
    status: Status
    effective: str
    issuer: str
    doc_no: str
    source_id: str
    verified: bool = False
    standing: Standing | None = None
    confidence: Literal["high", "medium"] = "high"


class ConversationSummary(Frozen):
    """One line of the list of kept conversations."""

    id: str
    title: str
    updated_at: datetime
    turns: int


class Turn(Frozen):
    """One exchange as it was kept: the user's words to the letter, and the reply as the JSON it was given as."""

    position: int
    text: str
    reply: str
    created_at: datetime
