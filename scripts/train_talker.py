"""Train the upper layers of the bundled encoder on the banks of turns and corrections: assistant/casework/talker.npz.

    .venv/bin/python scripts/train_talker.py [--without AUTHOR …] [--out FILE] [--epochs N] [--threads N]

Learned are what a turn does (`corpus/turns/`), which earlier statements it replaces and which of its own clauses tell
something (`corpus/corrections/`). The lower layers stay as they are, so their output is computed once. `--without`
leaves authors out, so that what the linear models and this one are worth together can be measured on them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from torch import nn
from upper_layers import (
    SHARPNESS,
    TRAINED,
    batches,
    bundled_model,
    lower_states,
    packed,
    padded,
    schedule_of,
    steps_in,
    through,
    upper_layers,
)

from assistant.assessment import ClaimReader
from assistant.casework.acts import lessons
from assistant.casework.revision import adds, said_of
from assistant.casework.talker import FILE, LONGEST, PROMPT, beside, opened
from assistant.knowledge import Library
from assistant.knowledge.phrases import read_phrases
from assistant.settings import REPOSITORY
from assistant.types import Act

BATCH = 24
LAYER_RATE, HEAD_RATE = 2e-4, 2e-3
DROPPED = 0.15
SMOOTHED = 0.05
ACTS: tuple[Act, ...] = get_args(Act)
BORROWED = 0.3  # weight of a text of another bank beside a turn
GONE, ADDED = 3.0, 1.5  # weights of the two kinds of clauses
NONE = -100.0


@dataclass(frozen=True)
class Text:
    """One input: its tokens, what the turn does, and the clauses as (first token, last token, is it so)."""

    tokens: list[int]
    act: int
    weight: float
    gone: list[tuple[int, int, bool]] = field(default_factory=list)
    added: list[tuple[int, int, bool]] = field(default_factory=list)


class Talker(nn.Module):
    """The upper layers with the heads."""

    def __init__(self, layers: nn.ModuleList, hidden: int) -> None:
        super().__init__()
        self.layers = layers
        self.drop = nn.Dropout(DROPPED)
        self.act = nn.Linear(hidden, len(ACTS))
        self.gone = nn.Linear(hidden, 1)
        self.added = nn.Linear(hidden, 1)

    def forward(self, states: torch.Tensor, mask: torch.Tensor, pools: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """`pools` has shape (texts, clauses, tokens) and averages the tokens of each clause."""
        states = through(self.layers, states, mask)
        weights = mask.unsqueeze(-1).float()
        pooled = self.drop((states * weights).sum(1) / weights.sum(1)) * SHARPNESS
        inside = self.drop(torch.bmm(pools, states)) * SHARPNESS
        return self.act(pooled), self.gone(inside)[..., 0], self.added(inside)[..., 0]


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--layers", type=int, default=TRAINED)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    torch.manual_seed(0)
    random.seed(0)
    torch.set_flush_denormal(True)
    torch.set_num_threads(options.threads)
    library = Library.open(REPOSITORY / "corpus")
    model = bundled_model()
    bert, tokenizer = model[0].auto_model.eval(), model.tokenizer
    claims = ClaimReader(read_phrases(REPOSITORY / "corpus" / "language.yaml"))
    texts = _texts(library, claims, tokenizer, options.without)
    states = lower_states([text.tokens for text in texts], bert, 2 * BATCH, options.layers)
    talker = Talker(upper_layers(bert, options.layers), bert.config.hidden_size)
    print(f"{len(texts)} texts, {sum(bool(text.gone) for text in texts)} of them with earlier ones", flush=True)
    _train(talker, texts, states, options.epochs)
    banks = [*library.corpus.turns, *library.corpus.corrections]
    words = hashlib.sha256("".join(sorted(item.model_dump_json() for item in banks)).encode()).hexdigest()[:16]
    about = {
        "texts": len(texts),
        "bank": words,
        "epochs": options.epochs,
        "without": options.without,
        "licence": "MIT weights of multilingual-e5-small, trained further on corpus/turns and corpus/corrections",
    }
    arrays: dict[str, Any] = {"acts": np.array(ACTS), "about": np.array(json.dumps(about))}
    np.savez_compressed(options.out, **arrays, **packed(talker.named_parameters(), options.layers))
    print(f"{options.out.name}: {options.out.stat().st_size / 1e6:.1f} MB, {about}")


def _texts(library: Library, claims: ClaimReader, tokenizer: Any, without: list[str]) -> list[Text]:
    turns = lessons(library)
    own = len(library.corpus.turns)
    often = Counter(turn.act for turn in turns[:own])
    found = []
    for number, turn in enumerate(turns):
        if turn.author in without:
            continue
        weight = (own / len(often) / often[turn.act]) ** 0.5 * (1.0 if number < own else BORROWED)
        tokens = tokenizer(PROMPT + opened(turn.text, turn.before), truncation=True, max_length=LONGEST)["input_ids"]
        found.append(Text(tokens, ACTS.index(turn.act), weight))
    for item in library.corpus.corrections:
        if item.author in without:
            continue
        said, labels = said_of(item, claims)
        own_clauses = claims.read(item.turn)
        text, turn_spans, fact_spans = beside(item.turn, own_clauses, [one.text for one in said])
        row = tokenizer(PROMPT + text, truncation=True, max_length=LONGEST, return_offsets_mapping=True)
        marks = row["offset_mapping"]
        gone = _marked(marks, fact_spans, labels)
        added = _marked(marks, turn_spans, [adds(item, clause) for clause in own_clauses])
        found.append(Text(row["input_ids"], ACTS.index(item.act), BORROWED, gone, added))
    return found


def _marked(
    marks: list[tuple[int, int]], spans: list[tuple[int, int]], labels: list[bool]
) -> list[tuple[int, int, bool]]:
    found = []
    for (start, end), label in zip(spans, labels, strict=True):
        inside = [
            place
            for place, (left, right) in enumerate(marks)
            if right > left and left < end + len(PROMPT) and right > start + len(PROMPT)
        ]
        if inside:
            found.append((inside[0], inside[-1], label))
    return found


def _train(talker: Talker, texts: list[Text], states: list[torch.Tensor], epochs: int) -> None:
    heads = [value for name, value in talker.named_parameters() if not name.startswith("layers")]
    steps = steps_in(len(texts), BATCH, epochs)
    optimiser, schedule = schedule_of(talker.layers.parameters(), heads, (LAYER_RATE, HEAD_RATE), steps)
    talker.train()
    started = time.perf_counter()
    for epoch in range(epochs):
        total = 0.0
        rows_of = batches([len(text.tokens) for text in texts], BATCH)
        for rows in rows_of:
            loss = _loss(talker, [texts[row] for row in rows], [states[row] for row in rows])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(talker.layers.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        mean = total / len(rows_of)
        print(f"{epoch + 1}/{epochs}  loss {mean:.3f}  {time.perf_counter() - started:.0f} s", flush=True)
    talker.eval()


def _loss(talker: Talker, texts: list[Text], states: list[torch.Tensor]) -> torch.Tensor:
    inputs, mask = padded(states)
    clauses = max(1, *(len(text.gone) + len(text.added) for text in texts))
    pools = torch.zeros(len(texts), clauses, inputs.shape[1])
    gone, added = torch.full((len(texts), clauses), NONE), torch.full((len(texts), clauses), NONE)
    for place, text in enumerate(texts):
        for number, (first, last, label) in enumerate([*text.gone, *text.added]):
            pools[place, number, first : last + 1] = 1.0 / (last + 1 - first)
            (gone if number < len(text.gone) else added)[place, number] = float(label)
    act, is_gone, is_added = talker(inputs, mask, pools)
    wanted = torch.tensor([text.act for text in texts])
    weights = torch.tensor([text.weight for text in texts])
    each = nn.functional.cross_entropy(act, wanted, label_smoothing=SMOOTHED, reduction="none")
    return (each * weights).mean() + GONE * _binary(is_gone, gone) + ADDED * _binary(is_added, added)


def _binary(found: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    known = wanted != NONE
    if not known.any():
        return torch.zeros(())
    return nn.functional.binary_cross_entropy_with_logits(found[known], wanted[known]) * known.any(1).float().mean()


if __name__ == "__main__":
    main()
