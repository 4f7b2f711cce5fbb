"""Train the upper layers of the bundled encoder on the practice bank and write assistant/assessment/reader.npz.

    .venv/bin/python scripts/train_reader.py [--without AUTHOR …] [--out FILE] [--epochs N] [--go-on]
        [--framed SHARE] [--beside N --fresh AUTHOR …]

Takes about half an hour on two cores. `--without` leaves authors of the bank out: that is how its worth was measured.
The lower layers stay as they are, so their output is computed once. `--go-on` starts from the shipped file, gently: one
epoch of it takes in what the bank gained since. `--framed` is the share of texts that are learned a second time as they
come up in talk: with a vague remark before them, and a turn that asks something after. `--fresh` names authors learned
whole beside `--beside` texts of the others: enough to go on from what is known.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import nn
from upper_layers import (
    LAYERS,
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

from assistant.assessment.claims import ClaimReader
from assistant.assessment.learned import fate
from assistant.assessment.tuned import FILE, PROMPT, assembled
from assistant.evaluation.practices import LabelledPractice
from assistant.knowledge import Library
from assistant.knowledge.phrases import read_phrases
from assistant.retrieval.layers import load_layers
from assistant.settings import REPOSITORY
from assistant.types import Practice

LONGEST = 320
BATCH = 16
LAYER_RATE, HEAD_RATE = 1.5e-4, 1e-3
GENTLY = 0.5  # of the rates when training goes on
OPENING, CLOSING = 60, 30  # characters of what may stand before and after a text
LEVELS = ("none", "low", "medium", "high")


T = TypeVar("T", Practice, LabelledPractice)


@dataclass
class Text:
    """A labelled text as numbers; `claims` are (first token, last token, fate)."""

    tokens: list[int]
    claims: list[tuple[int, int, int]]
    main: int
    shown: list[int]
    level: int


class Reader(nn.Module):
    """The upper layers with the heads."""

    def __init__(self, layers: nn.ModuleList, hidden: int, patterns: int) -> None:
        super().__init__()
        self.layers = layers
        self.drop = nn.Dropout(0.1)
        self.main = nn.Linear(hidden, patterns + 1)
        self.also = nn.Linear(hidden, patterns)
        self.level = nn.Linear(hidden, len(LEVELS) - 1)
        self.claim = nn.Linear(hidden, 3)

    def forward(self, states: torch.Tensor, mask: torch.Tensor, pools: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """`pools` has shape (texts, claims, tokens) and averages the tokens of each claim."""
        states = through(self.layers, states, mask)
        weights = mask.unsqueeze(-1).float()
        pooled = self.drop((states * weights).sum(1) / weights.sum(1)) * SHARPNESS
        inside = self.drop(torch.bmm(pools, states)) * SHARPNESS
        return self.main(pooled), self.also(pooled), self.level(pooled), self.claim(inside)


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--go-on", action="store_true")
    parser.add_argument("--framed", type=float, default=0.4)
    parser.add_argument("--fresh", nargs="*", default=[])
    parser.add_argument("--beside", type=int, default=0)
    parser.add_argument("--layers", type=int, default=TRAINED)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    torch.manual_seed(0)
    random.seed(0)
    torch.set_flush_denormal(True)
    torch.set_num_threads(options.threads)
    library = Library.open(REPOSITORY / "corpus")
    bank = [practice for practice in library.corpus.practices if practice.author not in options.without]
    if options.fresh:
        others = [practice for practice in bank if practice.author not in options.fresh]
        bank = [practice for practice in bank if practice.author in options.fresh]
        bank += random.sample(others, min(options.beside, len(others)))
    patterns = sorted(library.patterns)
    model = bundled_model()
    bert, tokenizer = model[0].auto_model.eval(), model.tokenizer
    read = ClaimReader(read_phrases(REPOSITORY / "corpus" / "language.yaml"))
    learned = bank + framed(bank, library, options.framed)
    texts = [_text(practice, read, tokenizer, patterns) for practice in learned]
    states = lower_states([text.tokens for text in texts], bert, 2 * BATCH, options.layers)
    reader = Reader(upper_layers(bert, options.layers), bert.config.hidden_size, len(patterns))
    stages = [f"{options.epochs} epochs on {len(texts)} texts"]
    if options.go_on:
        stages = [*_load(reader, patterns, options.layers), *stages]
    print(f"{len(texts)} texts of {len({practice.author for practice in bank})} authors", flush=True)
    _train(reader, texts, states, options.epochs, GENTLY if options.go_on else 1.0)
    words = hashlib.sha256("".join(sorted(practice.model_dump_json() for practice in bank)).encode()).hexdigest()[:16]
    about = {
        "texts": len(texts),
        "authors": len({practice.author for practice in bank}),
        "bank": words,
        "stages": stages,
        "licence": "MIT weights of multilingual-e5-small, trained further on corpus/practices",
    }
    arrays: dict[str, Any] = {"patterns": np.array(patterns), "about": np.array(json.dumps(about))}
    np.savez_compressed(options.out, **arrays, **packed(reader.named_parameters(), options.layers))
    print(f"{options.out.name}: {options.out.stat().st_size / 1e6:.1f} MB, {about}")


def framed(bank: list[T], library: Library, share: float) -> list[T]:
    """A share of labelled texts again, each between words that change nothing about it."""
    vague = [item.text for item in library.corpus.practices if item.kind == "vague" and item.level == "none"]
    openings = [text for text in vague if len(text) < OPENING]
    closings = [
        turn.text
        for turn in library.corpus.turns
        if turn.act in ("verdict", "next", "explain", "greet") and len(turn.text) < CLOSING
    ]
    found = []
    for practice in random.sample(bank, int(share * len(bank))) if openings and closings else []:
        before = random.choice(openings) if random.random() < 0.6 else ""
        after = random.choice(closings) if not before or random.random() < 0.4 else ""
        words = "\n".join(part for part in (before, practice.text, after) if part)
        found.append(practice.model_copy(update={"text": words}))
    return found


def _text(practice: Practice, read: ClaimReader, tokenizer: Any, patterns: list[str]) -> Text:
    claims = read.read(practice.text)
    folded, spans = assembled(practice.text, claims)
    row = tokenizer(PROMPT + folded, truncation=True, max_length=LONGEST, return_offsets_mapping=True)
    found = []
    for claim, (start, end) in zip(claims, spans, strict=True):
        inside = [
            place
            for place, (left, right) in enumerate(row["offset_mapping"])
            if right > left and left < end + len(PROMPT) and right > start + len(PROMPT)
        ]
        if inside:
            found.append((inside[0], inside[-1], fate(claim, practice)))
    return Text(
        tokens=row["input_ids"],
        claims=found,
        main=patterns.index(practice.main) if practice.main else len(patterns),
        shown=[patterns.index(id) for id in practice.shown],
        level=LEVELS.index(practice.level),
    )


def _train(reader: Reader, texts: list[Text], states: list[torch.Tensor], epochs: int, pace: float) -> None:
    body = list(reader.layers.parameters())
    heads = [value for name, value in reader.named_parameters() if not name.startswith("layers")]
    steps = steps_in(len(texts), BATCH, epochs)
    optimiser, schedule = schedule_of(body, heads, (LAYER_RATE * pace, HEAD_RATE * pace), steps)
    reader.train()
    started, step, total = time.perf_counter(), 0, 0.0
    for _ in range(epochs):
        for rows in batches([len(text.tokens) for text in texts], BATCH):
            loss = _loss(reader, texts, states, rows)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(body, 1.0)
            optimiser.step()
            schedule.step()
            step, total = step + 1, 0.98 * total + 0.02 * float(loss.detach())
            if step % 50 == 0:
                print(f"{step}/{steps}  loss {total:.3f}  {time.perf_counter() - started:.0f} s", flush=True)
    reader.eval()


def _loss(reader: Reader, texts: list[Text], states: list[torch.Tensor], rows: list[int]) -> torch.Tensor:
    chosen = [texts[row] for row in rows]
    inputs, mask = padded([states[row] for row in rows])
    claims = max(1, *(len(text.claims) for text in chosen))
    pools = torch.zeros(len(rows), claims, inputs.shape[1])
    fates = torch.full((len(rows), claims), -100)
    shown = torch.zeros(len(rows), reader.also.out_features)
    for place, text in enumerate(chosen):
        shown[place, text.shown] = 1.0
        for number, (first, last, kind) in enumerate(text.claims):
            pools[place, number, first : last + 1] = 1.0 / (last + 1 - first)
            fates[place, number] = kind
    main, also, level, claim = reader(inputs, mask, pools)
    levels = torch.tensor([text.level for text in chosen])
    above = (levels[:, None] > torch.arange(len(LEVELS) - 1)[None]).float()
    return (
        nn.functional.cross_entropy(main, torch.tensor([text.main for text in chosen]), label_smoothing=0.05)
        + 10.0 * nn.functional.binary_cross_entropy_with_logits(also, shown)
        + 1.5 * nn.functional.binary_cross_entropy_with_logits(level, above)
        + 1.5 * nn.functional.cross_entropy(claim.reshape(-1, 3), fates.reshape(-1), ignore_index=-100)
    )


def _load(reader: Reader, patterns: list[str], trained: int) -> list[str]:
    """Fill the reader with the shipped layers and heads, and return what they were trained on."""
    kept, layers, heads = load_layers(FILE)
    if list(kept["patterns"]) != patterns:
        raise SystemExit("the shipped reader knows other patterns: train it from the beginning, without --go-on")
    values = {name: value / (SHARPNESS if name.endswith("weight") else 1.0) for name, value in heads.items()}
    for name, value in layers.items():
        number, _, rest = name.removeprefix("encoder.layer.").partition(".")
        values[f"layers.{int(number) - (LAYERS - trained)}.{rest}"] = value
    stages: list[str] = json.loads(str(kept["about"]))["stages"]
    reader.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
    return stages


if __name__ == "__main__":
    main()
