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
import math
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import nn
from upper_layers import KEPT_LAYERS, SHARPNESS, WARMING, bundled_model, through

from assistant.assessment.claims import ClaimReader
from assistant.assessment.learned import fate
from assistant.assessment.tuned import FILE, PROMPT, assembled
from assistant.evaluation.practices import LabelledPractice
from assistant.knowledge import Library
from assistant.service import read_phrases
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
    layers = bert.encoder.layer
    states = _states(texts, bert.embeddings, nn.ModuleList(list(layers[:KEPT_LAYERS])))
    reader = Reader(nn.ModuleList(list(layers[KEPT_LAYERS:])), bert.config.hidden_size, len(patterns))
    stages = [f"{options.epochs} epochs on {len(texts)} texts"]
    if options.go_on:
        stages = [*_load(reader, patterns), *stages]
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
    _write(reader, patterns, about, options.out)


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


@torch.inference_mode()
def _states(texts: list[Text], embeddings: nn.Module, layers: nn.ModuleList) -> list[torch.Tensor]:
    """The output of the lower layers for every text, which training does not change."""
    found: dict[int, torch.Tensor] = {}
    order = sorted(range(len(texts)), key=lambda number: len(texts[number].tokens))
    for start in range(0, len(order), 2 * BATCH):
        rows = order[start : start + 2 * BATCH]
        longest = max(len(texts[row].tokens) for row in rows)
        tokens = torch.ones((len(rows), longest), dtype=torch.long)
        mask = torch.zeros((len(rows), longest), dtype=torch.long)
        for place, row in enumerate(rows):
            count = len(texts[row].tokens)
            tokens[place, :count], mask[place, :count] = torch.tensor(texts[row].tokens), 1
        states = through(layers, embeddings(input_ids=tokens), mask)
        for place, row in enumerate(rows):
            found[row] = states[place, : len(texts[row].tokens)].half().clone()
    return [found[number] for number in range(len(texts))]


def _train(reader: Reader, texts: list[Text], states: list[torch.Tensor], epochs: int, pace: float) -> None:
    body = list(reader.layers.parameters())
    heads = [value for name, value in reader.named_parameters() if not name.startswith("layers")]
    rates = [{"params": body, "lr": LAYER_RATE * pace}, {"params": heads, "lr": HEAD_RATE * pace}]
    optimiser = torch.optim.AdamW(rates, weight_decay=0.01)
    steps = epochs * math.ceil(len(texts) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (WARMING * steps)) * max(0.0, 1 - step / steps)
    )
    reader.train()
    started, step, total = time.perf_counter(), 0, 0.0
    for _ in range(epochs):
        for rows in _batches(texts):
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


def _batches(texts: list[Text]) -> list[list[int]]:
    """All texts in random batches of about equal length."""
    order = random.sample(range(len(texts)), len(texts))
    pools = [
        sorted(order[start : start + 20 * BATCH], key=lambda row: len(texts[row].tokens))
        for start in range(0, len(order), 20 * BATCH)
    ]
    batches = [pool[start : start + BATCH] for pool in pools for start in range(0, len(pool), BATCH)]
    return random.sample(batches, len(batches))


def _loss(reader: Reader, texts: list[Text], states: list[torch.Tensor], rows: list[int]) -> torch.Tensor:
    chosen = [texts[row] for row in rows]
    longest = max(len(text.tokens) for text in chosen)
    claims = max(1, *(len(text.claims) for text in chosen))
    inputs = torch.zeros(len(rows), longest, states[0].shape[1])
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    pools = torch.zeros(len(rows), claims, longest)
    fates = torch.full((len(rows), claims), -100)
    shown = torch.zeros(len(rows), reader.also.out_features)
    for place, (row, text) in enumerate(zip(rows, chosen, strict=True)):
        count = len(text.tokens)
        inputs[place, :count], mask[place, :count] = states[row].float(), 1
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


def _load(reader: Reader, patterns: list[str]) -> list[str]:
    """Fill the reader with the shipped layers and heads, and return what they were trained on."""
    with np.load(FILE) as kept:
        if list(kept["patterns"]) != patterns:
            raise SystemExit("the shipped reader knows other patterns: train it from the beginning, without --go-on")
        values = {}
        for name in kept.files:
            kind, _, key = name.partition(".")
            array = kept[name].astype(np.float32) if kind in ("layer", "plain", "head") else None
            if array is None:
                continue
            if kind == "head":
                values[key] = array / (SHARPNESS if key.endswith("weight") else 1.0)
                continue
            number, _, rest = key.removeprefix("encoder.layer.").partition(".")
            scale = kept[f"scale.{key}"][:, None] if kind == "layer" else 1.0
            values[f"layers.{int(number) - KEPT_LAYERS}.{rest}"] = array * scale
        stages: list[str] = json.loads(str(kept["about"]))["stages"]
    reader.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
    return stages


def _write(reader: Reader, patterns: list[str], about: dict[str, Any], out: Path) -> None:
    """Matrices as eight-bit numbers with a scale a row, the rest as half-precision numbers."""
    arrays: dict[str, Any] = {"patterns": np.array(patterns), "about": np.array(json.dumps(about))}
    for name, value in reader.named_parameters():
        array = value.detach().numpy()
        if not name.startswith("layers."):
            sharp = SHARPNESS if name.endswith("weight") else 1.0
            arrays[f"head.{name}"] = (array * sharp).astype(np.float32)
            continue
        number, _, rest = name.removeprefix("layers.").partition(".")
        key = f"encoder.layer.{int(number) + KEPT_LAYERS}.{rest}"
        if array.ndim == 2:
            scale = np.abs(array).max(axis=1) / 127
            arrays[f"layer.{key}"] = np.round(array / scale[:, None]).astype(np.int8)
            arrays[f"scale.{key}"] = scale.astype(np.float32)
        else:
            arrays[f"plain.{key}"] = array.astype(np.float32)
    np.savez_compressed(out, **arrays)
    print(f"{out.name}: {out.stat().st_size / 1e6:.1f} MB, {about}")


if __name__ == "__main__":
    main()
