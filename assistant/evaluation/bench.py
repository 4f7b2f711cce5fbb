"""How fast and how big: every part of an answer timed in one run.

Machines differ and a busy one differs from itself, so each time is also given as a multiple of encoding one query in
the same run: that ratio may be compared between machines and from one version to the next.
"""

from __future__ import annotations

import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

from assistant.casework import Reply
from assistant.errors import IndexUnavailable
from assistant.knowledge import Library
from assistant.service import Assistant
from assistant.types import Frozen

TEXTS = 30
LENGTH = 500  # characters of a long description
BATCH = 200  # texts of the bank assessed one after the other
TURNS = 100
TOP = 100
PASSAGES = 64
LONGEST_START_S = 300
QUESTIONS = (
    "助贷平台可以向借款人收费吗",
    "银行可以把授信审批外包给合作机构吗",
    "催收人员晚上几点以后不能打电话",
    "商业银行互联网贷款的出资比例有什么要求",
    "消费贷的资金能用来炒股吗",
    "经营贷被挪用去买房怎么处理",
    "小额贷款公司可以跨省放贷吗",
    "民间借贷利率超过多少不受保护",
    "给贷款中介返佣合规吗",
    "代理投诉收费违法吗",
    "保险中介可以给投保人回扣吗",
    "非法放贷多少次算非法经营罪",
    "伪造银行流水骗取贷款怎么判",
    "刑法第一百七十五条之一说的是什么",
    "合同法第五十二条还有效吗",
    "个人信息保护法对敏感个人信息有什么要求",
    "催收能联系借款人的家人吗",
    "金融机构选择合作机构要做哪些尽职调查",
    "融资担保公司的放大倍数上限是多少",
    "催债时威胁恐吓构成什么罪",
    "出借银行卡给别人走账有什么后果",
    "帮信罪的入罪标准",
    "银行怎么管理第三方催收公司",
    "贷款广告里不能写哪些内容",
    "金融消费者有哪些权利",
    "信用卡分期手续费要怎么披露",
    "贷款逾期罚息最高能收多少",
    "银行员工参与资金掮客活动怎么处罚",
    "怎样认定套路贷",
    "理财产品可以承诺保本吗",
)


class Timing(Frozen):
    """One part of the work; `ratio` is its p50 over that of encoding one query."""

    name: str
    p50_ms: float
    p95_ms: float
    per_second: float
    ratio: float


def bench_all(assistant: Assistant) -> dict[str, Any]:
    """Time a ready assistant, then a second start of the web app in a process of its own."""
    questions, texts = QUESTIONS, _texts(assistant)
    vectors, passages = _core_vectors(assistant), _passages(assistant)
    query = assistant.encoder.encode_query(questions[:1])[0]
    parts: tuple[tuple[str, Sequence[str], Callable[[str], object]], ...] = (
        ("encode one query", questions, lambda text: assistant.encoder.encode_query([text])),
        ("exact dot-product search", questions, lambda _: np.argpartition(-(vectors @ query), TOP)[:TOP]),
        ("search", questions, assistant.search),
        ("ask", questions, assistant.ask),
        ("assess", texts, assistant.assess),
        ("assess 500 characters", _long(texts), assistant.assess),
        ("assess in a batch", ("",), lambda _: [assistant.assess(text) for text in batch]),
        ("encode one passage in a batch", ("",), lambda _: assistant.encoder.encode_passage(passages)),
    )
    batch = _batch(assistant.library) or texts
    timings: list[Timing] = []
    for name, inputs, work in parts:
        share = {"assess in a batch": len(batch), "encode one passage in a batch": len(passages)}.get(name, 1)
        unit = timings[0].p50_ms if timings else None
        timings.append(_timing(name, [seconds / share for seconds in _measure(inputs, work)], unit))
    for name, seconds in _talk(assistant, texts).items():
        timings.append(_timing(name, seconds, timings[0].p50_ms))
    return {
        "timings": [timing.model_dump() for timing in timings],
        "exact_search_vectors": len(vectors),
        "assess_characters": round(sum(map(len, texts)) / len(texts)),
        "peak_memory_mb": _own_peak_mb(),
        "second_start": _second_start(),
        "cores": os.cpu_count(),
        "corpus_version": assistant.library.version,
    }


def bench_table(report: dict[str, Any]) -> str:
    """The report as a text table."""
    table = Table("项目", "p50 毫秒", "p95 毫秒", "每秒", "为编码一句话的几倍", title="同一次运行、已预热")
    names = {
        "encode one query": "编码一句话",
        "exact dot-product search": f"精确点积检索（{report['exact_search_vectors']} 个向量）",
        "search": "混合检索",
        "ask": f"提问（{len(QUESTIONS)} 个问题）",
        "assess": f"评估（平均 {report['assess_characters']} 字）",
        "assess 500 characters": f"评估（{LENGTH} 字）",
        "assess in a batch": f"评估（成批，{BATCH} 段）",
        "encode one passage in a batch": "编码一段条文（成批）",
        "turns 1 to 10 of a talk": "对话第1至10轮",
        f"turns {TURNS - 9} to {TURNS} of a talk": f"同一对话第{TURNS - 9}至{TURNS}轮",
    }
    for row in report["timings"]:
        times = f"{row['p50_ms']:.1f}", f"{row['p95_ms']:.1f}", f"{row['per_second']:.1f}", f"{row['ratio']:.2f}"
        table.add_row(names[row["name"]], *times)
    start = report["second_start"]
    console = Console(width=110, record=True, file=StringIO())
    console.print(table)
    console.print(f"再次启动：{start['page_seconds']:.1f} 秒打开页面，{start['ready_seconds']:.1f} 秒可以回答。")
    served = f"，网页服务 {start['peak_memory_mb']} MB" if start["peak_memory_mb"] else ""
    console.print(f"内存峰值：本次运行 {report['peak_memory_mb']} MB{served}。")
    console.print(f"处理器核数 {report['cores']}，知识库版本 {report['corpus_version']}。")
    return console.export_text()


def _texts(assistant: Assistant) -> list[str]:
    """Descriptions of 100 to 500 characters from the practice bank, spread evenly over it."""
    fitting = [row.text for row in assistant.library.corpus.practices if 100 <= len(row.text) <= 500]
    if not fitting:  # a corpus without a bank: what the patterns say of themselves
        fitting = [pattern.summary for pattern in assistant.library.patterns.values()]
    return fitting[:: max(1, len(fitting) // TEXTS)][:TEXTS]


def _batch(library: Library) -> list[str]:
    """Texts of all kinds, spread evenly over the practice bank; it has a few without a word, which are refused."""
    bank = [row.text for row in library.corpus.practices if any(letter.isalpha() for letter in row.text)]
    return bank[:: max(1, len(bank) // BATCH)][:BATCH]


def _long(texts: Sequence[str]) -> list[str]:
    """Descriptions of `LENGTH` characters, put together from shorter ones."""
    joined = ["\n".join([*texts[number:], *texts[:number]])[:LENGTH] for number in range(len(texts))]
    return [text for text in joined if len(text) == LENGTH] or list(texts)


def _talk(assistant: Assistant, texts: Sequence[str]) -> dict[str, list[float]]:
    """Seconds of the first ten and of the last ten turns of one long conversation, every turn a new fact."""
    replies: list[Reply] = []
    seconds = []
    for number in range(TURNS):
        text = f"第{number + 1}次核查：{texts[number % len(texts)][:60]}"
        started = time.perf_counter()
        replies.append(assistant.reply(text, replies))
        seconds.append(time.perf_counter() - started)
    return {"turns 1 to 10 of a talk": seconds[:10], f"turns {TURNS - 9} to {TURNS} of a talk": seconds[-10:]}


def _core_vectors(assistant: Assistant) -> np.ndarray[Any, np.dtype[np.float32]]:
    index = assistant.passages
    return index.vectors([document.metadata["id"] for document in index.documents if document.metadata["core"]])


def _passages(assistant: Assistant) -> list[str]:
    """Chunks spread over all, each made new by a mark, so that no vector of it is known yet."""
    documents = assistant.passages.documents
    spread = documents[:: max(1, len(documents) // PASSAGES)][:PASSAGES]
    return [f"{document.page_content}※" for document in spread]


def _measure(inputs: Sequence[str], work: Callable[[str], object]) -> list[float]:
    """Seconds of each call, after one that warms up."""
    work(inputs[0])
    seconds = []
    for text in inputs:
        started = time.perf_counter()
        work(text)
        seconds.append(time.perf_counter() - started)
    return seconds


def _timing(name: str, seconds: Sequence[float], unit_ms: float | None) -> Timing:
    p50, p95 = (float(np.percentile(seconds, share)) * 1000 for share in (50, 95))
    rate = len(seconds) / sum(seconds)
    return Timing(
        name=name,
        p50_ms=round(p50, 2),
        p95_ms=round(p95, 2),
        per_second=round(rate, 2),
        ratio=round(p50 / (unit_ms or p50), 3),
    )


def _second_start() -> dict[str, float | None]:
    """Seconds until a fresh process with the same settings shows its page and until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "assistant.interfaces.cli", "serve", "--host", "127.0.0.1", "--port", str(port)]
    started = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        page = _until(server, started, lambda: httpx.get(address, trust_env=False, timeout=60).is_success)
        ready = _until(server, started, lambda: _phase(address) == "ready")
        peak = _peak_mb(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=60)
    return {"page_seconds": round(page, 2), "ready_seconds": round(ready, 2), "peak_memory_mb": peak}


def _phase(address: str) -> str:
    return str(httpx.get(f"{address}/api/health", trust_env=False, timeout=60).json()["status"])


def _until(server: subprocess.Popen[bytes], started: float, is_so: Callable[[], bool]) -> float:
    while (seconds := time.perf_counter() - started) < LONGEST_START_S and server.poll() is None:
        try:
            if is_so():
                return time.perf_counter() - started
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise IndexUnavailable(f"网页服务 {seconds:.0f} 秒内没有就绪。请运行 partner-lens serve 看它说什么，再量一次。")


def _own_peak_mb() -> int:
    """Largest resident size so far; macOS counts in bytes, others in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1_000_000 if sys.platform == "darwin" else 1000)


def _peak_mb(process: int) -> int | None:
    """The same of another process, where the system tells; its own `getrusage` would begin with our size."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found.group(1)) // 1000 if found else None
