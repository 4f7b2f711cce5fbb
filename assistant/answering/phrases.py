"""What an answer says of itself, in the three tongues it is asked in; quotes and titles are never translated."""

from __future__ import annotations

import re

from assistant.answering.question import Script, traditional

KEPT = re.compile(r"(《[^《》]*(?:《[^《》]*》[^《》]*)*》|“[^”]*”)")
CHINESE = {
    "superseded": "所引规定不是当日有效的规定，以下依据当日有效的规定作答。",
    "corrected": "您的前提与规定不符：{wrong}，请以下面的规定为准。",
    "number": "您说的是{asked}，规定的是{said}",
    "not so: forbids": "规定对此有禁止性要求",
    "not so: requires": "规定对此有必须做到的要求",
    "not so: limits": "规定对此有限制或例外",
    "not so: permits": "规定允许这样做，只是附有条件",
    "not so: states": "规定写的不是这样",
    "forbids": "结论：不可以，规定有禁止性要求。",
    "requires": "结论：仅在满足下列要求时可以，不能当然为之。",
    "permits": "结论：可以，但须符合下列规定。",
    "must": "结论：不可以，规定要求做到。",
    "needed": "结论：需要，规定有此要求。",
    "broken": "结论：不合规定，规定有禁止性或必须做到的要求。",
    "allowed": "结论：规定允许，但须符合下列规定。",
    "depends": "结论：有条件，不能一概而论；请对照下列规定里的{on}判断所问的情形。",
    "judge": "结论：请把所问的情形与下列规定的要求逐项对照，不能只凭一句下结论。",
    "on: time": "时间",
    "on: number": "数额或比例",
    "on: condition": "条件",
    "on: exception": "例外",
    "on: manner": "方式或范围",
    "hour: inside": "结论：不可以，所问的{asked}在规定禁止的{said}之内。",
    "hour: outside": "结论：时间上没有禁止，所问的{asked}不在规定禁止的{said}之内；其他要求和例外见下列规定。",
    "percent: least, kept": "结论：就比例而言，所问的{asked}不低于规定的下限{said}；其他要求见下列规定。",
    "percent: least, broken": "结论：不合规定，所问的{asked}低于规定的下限{said}。",
    "percent: most, kept": "结论：就比例而言，所问的{asked}没有超过规定的上限{said}；其他要求见下列规定。",
    "percent: most, broken": "结论：不合规定，所问的{asked}超过规定的上限{said}。",
    "states": "结论：以下列规定为准。",
    "rule": "结论：按下列规定办理。",
    "about": "关于「{clause}」：",
    "exception": "（例外）",
    "bound": "适用对象：{scope}。",
    "rank": "效力：{ranks}；不一致的，以效力高的《{first}》为准，下位规定不得与之抵触。",
    "newer": "效力：以上几部同为{standing}，同一机关制定且不一致的，以后施行的《{first}》为准。",
    "equal": "效力：{ranks}同为部门规章，效力相同，在各自权限范围内施行；对同一事项规定不一致的，由国务院裁决，依据：",
    "case": "相关案例：{title}（{date}，{authority}）。",
    "open": "没有覆盖：关于「{clause}」，手头没有找到单独规定的条文。",
    "partner": "问题里有对合作方做法的描述；它像不像记录在案的手法，另由评估判断，请把经过原样发来评估。",
    "partner first": "您说的是合作方的做法，没有问规定；它像不像记录在案的手法由评估判断，请把经过原样发来评估。",
    "related": "以下规定可能与所说的做法有关，仅供查阅。",
    "precis": "（要点，转述）",
    "official": "",
    "unnumbered": "（条号未核，引用前请回查原文）",
    "closing": "知识截至{day}；要点为转述，正式引用前请回查原文。",
    "closing: official": "知识截至{day}。",
    "current": "以下依据现行《{title}》（{effective}）作答；此前的文本、名称、条号或标准可能不同，请以现行规定为准。",
    "as of": "以{day}当日有效的规定作答。",
    "as of, said": "按问题所说的时间，以{day}当日有效的规定作答。",
    "unverified": "找到的条文没有通过引用核验，不作答。请换一种问法，或直接查看下列最接近的条文。",
    "nothing": "没有找到当日有效且与问题有关的条文。请换一种问法，或说出文件名称。",
    "no support": "没有条文能支持对这个问题的回答。请换一种问法、说出文件名称，或查看下列最接近的条文。",
}
ENGLISH = {
    "superseded": "The rule you cite does not apply on that day; what follows rests on the rule that does.",
    "corrected": "The premise does not match the rules: {wrong}; what follows prevails.",
    "number": "you say {asked}, the rule says {said}",
    "not so: forbids": "they prohibit it",
    "not so: requires": "they set a requirement",
    "not so: limits": "they set limits or exceptions",
    "not so: permits": "they permit it on conditions",
    "not so: states": "they say something else",
    "forbids": "Conclusion: not permitted; the rules below prohibit it.",
    "requires": "Conclusion: only when the requirements below are met.",
    "permits": "Conclusion: permitted, subject to the rules below.",
    "must": "Conclusion: not permitted; the rules below require it to be done.",
    "needed": "Conclusion: yes, the rules below require it.",
    "broken": "Conclusion: not in line with the rules below, which prohibit it or require otherwise.",
    "allowed": "Conclusion: in line with the rules, subject to what is below.",
    "depends": "Conclusion: it depends; compare the facts with the {on} in the rules below.",
    "judge": "Conclusion: compare the facts with the rules below point by point; no single sentence decides it.",
    "on: time": "time",
    "on: number": "amount or ratio",
    "on: condition": "conditions",
    "on: exception": "exceptions",
    "on: manner": "manner or scope",
    "hour: inside": "Conclusion: not permitted; {asked} lies within the hours forbidden, {said}.",
    "hour: outside": "Conclusion: {asked} lies outside the hours forbidden, {said}; other requirements are below.",
    "percent: least, kept": "Conclusion: as to the ratio, {asked} is not below the least of {said}; see also below.",
    "percent: least, broken": "Conclusion: not in line with the rules; {asked} is below the least of {said}.",
    "percent: most, kept": "Conclusion: as to the ratio, {asked} does not exceed the limit of {said}; see also below.",
    "percent: most, broken": "Conclusion: not in line with the rules; {asked} exceeds the limit of {said}.",
    "states": "Conclusion: the rules below govern.",
    "rule": "Conclusion: the rules below govern.",
    "about": "On 「{clause}」:",
    "exception": " (exception)",
    "bound": "Who is bound (in Chinese): {scope}.",
    "rank": "Rank: {ranks}; where they differ, the higher-ranking 《{first}》 prevails.",
    "newer": "Rank: all are {standing}; where the same issuer's rules differ, the later 《{first}》 prevails.",
    "equal": "Rank: {ranks} are departmental rules of equal rank; where they differ the State Council decides:",
    "case": "Related case: {title} ({date}, {authority}).",
    "open": "Not covered: no provision at hand deals with 「{clause}」 by itself.",
    "partner": "The question describes a partner's conduct; send the facts for assessment to see what they resemble.",
    "partner first": "This tells what a partner does and asks nothing; send it for assessment of what it resembles.",
    "related": "The rules below may bear on it and are for reference only.",
    "precis": " (précis)",
    "official": "",
    "unnumbered": " (article number not verified; check the original)",
    "closing": "Knowledge as of {day}; a précis is in our words, check the original before formal use.",
    "closing: official": "Knowledge as of {day}.",
    "current": "Answered from the 《{title}》 now in force ({effective}); earlier texts or numbers may differ.",
    "as of": "Answered from the rules in force on {day}.",
    "as of, said": "Answered as of the time named in the question, from the rules in force on {day}.",
    "unverified": "The provisions found did not pass the citation check; no answer is given.",
    "nothing": "No provision in force on that day speaks of this. Rephrase, or name the instrument.",
    "no support": "No provision at hand supports an answer. Rephrase, or name the instrument.",
    "in_force": "《{title}》 {article}: see the text in force; its wording or numbering has changed.",
    "repealed": "《{title}》 no longer applies on {day}; {instead}.",
    "not_yet_in_force": "《{title}》 is not yet in force on {day}; {instead}.",
    "instead": "《{heirs}》 applies instead",
    "no heir": "no text that applies instead is at hand",
    "article_not_held": "《{title}》 {article} is not at hand, or its number is unverified; check the original.",
    "outside": "《{title}》 exists but its text is not held here; see the issuer's website.",
    "no_such": "《{title}》 {article} was not found and may not exist; check the name and the number.",
    "caution": "《{title}》: this entry was made from commentary or a summary and its article number is unverified; "
    "check the original before formal use.",
    "moved": "Article {old} of the current 《{title}》 deals with something else; see {new}.",
    "since": "《{title}》 has since ceased to apply.",
    "not held": "The text that governs this is not held here, so no answer is given; see the issuer's website.",
}


def say(word: str, script: Script, **parts: str) -> str:
    """One of the phrases, filled in."""
    if script == "english":
        return ENGLISH[word].format(**parts)
    return in_script(CHINESE[word].format(**parts), script)


def in_script(text: str, script: Script) -> str:
    """A Chinese sentence in the script asked in; titles and quotes stay as they are."""
    if script != "traditional":
        return text
    return "".join(part if KEPT.fullmatch(part) else traditional(part) for part in KEPT.split(text))
