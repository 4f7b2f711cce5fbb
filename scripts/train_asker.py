"""Train the upper layers of the bundled encoder on the question bank and write assistant/answering/tuned.npz.

    .venv/bin/python scripts/train_asker.py [--without AUTHOR …] [--out FILE] [--epochs N]

Learned are the articles that govern a question and what kind of question it is, from every question that votes in
`answering.precedents`. The lower layers stay as they are, so their output is computed once. A few minutes on two cores.
`--without` leaves authors of the bank out: `fit_ranking.py` needs files that did not see the author they judge.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch
from torch import nn
from upper_layers import KEPT_LAYERS, SHARPNESS, WARMING, bundled_model, through

from assistant.answering.precedents import HEADS, Lesson, read_lessons
from assistant.answering.tuned import FILE, PROMPT
from assistant.knowledge import Library
from assistant.settings import REPOSITORY

TODAY = date(2026, 11, 23)  # the day the bank's labels speak of
LONGEST = 96
BATCH = 24
LAYER_RATE, HEAD_RATE = 2e-4, 2e-3
DROPPED = 0.15
SMOOTHED = 0.15  # of the wanted distribution is spread over all articles: most have a handful of questions
BESIDE = 0.15  # what an article that may be cited weighs beside one that must
START = 3.0  # length of the weights that an article starts with: the average of what speaks for it
KINDS = 8.0  # weight of telling the kind of question


@dataclass(frozen=True)
class Lessons:
    """What is learned from: tokens' states after the lower layers, their average vector, the wanted distribution."""

    states: list[torch.Tensor]
    vectors: torch.Tensor
    wanted: torch.Tensor
    kinds: torch.Tensor
    questions: int  # the first so many are questions of the bank, the others recorded ones


class Asker(nn.Module):
    """The upper layers with the heads."""

    def __init__(self, layers: nn.ModuleList, hidden: int, places: int) -> None:
        super().__init__()
        self.layers = layers
        self.drop = nn.Dropout(DROPPED)
        self.place = nn.Linear(hidden, places)
        self.kind = nn.Linear(hidden, len(HEADS))

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores of the places and of the kinds."""
        pooled = self.drop(average(through(self.layers, states, mask), mask)) * SHARPNESS
        return self.place(pooled), self.kind(pooled)


def average(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean over the tokens of each text."""
    weights = mask.unsqueeze(-1).float()
    return (states * weights).sum(1) / weights.sum(1)


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without", nargs="*", default=[])
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    torch.manual_seed(0)
    random.seed(0)
    torch.set_flush_denormal(True)
    torch.autograd.set_multithreading_enabled(False)  # the flag above counts for this thread only
    torch.set_num_threads(os.cpu_count() or 1)
    library = Library.open(REPOSITORY / "corpus")
    bank = library.corpus.questions
    read = read_lessons(library, TODAY)
    gone = {row for row, question in enumerate(bank) if question.author in options.without}
    articles = sum(len(regulation.articles) for regulation in library.corpus.regulations)
    lessons = [lesson for row, lesson in enumerate(read[:-articles]) if row not in gone]
    places = sorted({place for lesson in lessons for place in lesson.speaks_for if place[0]})
    model = bundled_model()
    bert = model[0].auto_model.eval()
    layers = bert.encoder.layer
    learned = _learned(lessons, len(bank) - len(gone), places, model)
    asker = Asker(nn.ModuleList(list(layers[KEPT_LAYERS:])), bert.config.hidden_size, len(places))
    _start(asker, learned)
    print(f"{len(lessons)} texts, {learned.questions} of them questions, for {len(places)} articles", flush=True)
    _train(asker, learned, options.epochs)
    about = {"questions": learned.questions, "epochs": options.epochs, "without": options.without}
    _write(asker, places, about, options.out)


@torch.inference_mode()
def _learned(lessons: list[Lesson], questions: int, places: list[tuple[str, str]], model: nn.Module) -> Lessons:
    bert, tokenizer = model[0].auto_model, model.tokenizer
    layers = bert.encoder.layer
    tokens = [tokenizer(PROMPT + lesson.text, truncation=True, max_length=LONGEST)["input_ids"] for lesson in lessons]
    states: list[torch.Tensor] = [torch.zeros(0)] * len(lessons)
    vectors = torch.zeros(len(lessons), bert.config.hidden_size)
    order = sorted(range(len(lessons)), key=lambda row: len(tokens[row]))
    for first in range(0, len(order), 2 * BATCH):
        rows = order[first : first + 2 * BATCH]
        longest = max(len(tokens[row]) for row in rows)
        ids = torch.ones((len(rows), longest), dtype=torch.long)
        mask = torch.zeros((len(rows), longest), dtype=torch.long)
        for place, row in enumerate(rows):
            ids[place, : len(tokens[row])], mask[place, : len(tokens[row])] = torch.tensor(tokens[row]), 1
        lower = through(nn.ModuleList(list(layers[:KEPT_LAYERS])), bert.embeddings(input_ids=ids), mask)
        whole = average(through(nn.ModuleList(list(layers[KEPT_LAYERS:])), lower, mask), mask)
        for place, row in enumerate(rows):
            states[row], vectors[row] = lower[place, : len(tokens[row])].half().clone(), whole[place]
    columns = {place: number for number, place in enumerate(places)}
    wanted, kinds = torch.zeros(len(lessons), len(places)), torch.zeros(len(lessons), len(HEADS))
    for row, lesson in enumerate(lessons):
        for place, value in lesson.speaks_for.items():
            if place[0]:
                wanted[row, columns[place]] = 1.0 if value == 1.0 else BESIDE
            else:
                kinds[row, HEADS.index(place[1])] = 1.0
    return Lessons(states, vectors, wanted, kinds, questions)


@torch.no_grad()
def _start(asker: Asker, lessons: Lessons) -> None:
    """Begin with each article as the average of the questions that speak for it."""
    centre = lessons.vectors.mean(0)
    centred = nn.functional.normalize(lessons.vectors - centre, dim=1)
    weights = nn.functional.normalize(lessons.wanted.T @ centred, dim=1) * START
    asker.place.weight.copy_(weights)
    asker.place.bias.copy_(-(weights @ (centre * SHARPNESS)))


def _train(asker: Asker, lessons: Lessons, epochs: int) -> None:
    total = lessons.wanted.sum(1, keepdim=True)
    known = total > 0
    wanted = lessons.wanted / total.clamp(min=1e-6)
    wanted = wanted * (1 - SMOOTHED) + SMOOTHED / wanted.shape[1] * known
    body = list(asker.layers.parameters())
    heads = [*asker.place.parameters(), *asker.kind.parameters()]
    groups = [{"params": body, "lr": LAYER_RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * math.ceil(len(lessons.states) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (WARMING * steps)) * max(0.0, 1 - step / steps)
    )
    asker.train()
    started = time.perf_counter()
    for epoch in range(epochs):
        sum_of_losses = 0.0
        batches = _batches(lessons)
        for rows in batches:
            states, mask = _padded([lessons.states[row] for row in rows])
            place, kind = asker(states, mask)
            speaks = known[rows, 0].float()
            loss = -((wanted[rows] * torch.log_softmax(place, 1)).sum(1) * speaks).sum() / speaks.sum().clamp(min=1)
            asked = torch.tensor([row < lessons.questions for row in rows]).float()
            kinds = nn.functional.binary_cross_entropy_with_logits(kind, lessons.kinds[rows], reduction="none").mean(1)
            loss = loss + KINDS * (kinds * asked).sum() / asked.sum().clamp(min=1)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(body, 1.0)
            optimiser.step()
            schedule.step()
            sum_of_losses += float(loss.detach())
        mean = sum_of_losses / len(batches)
        print(f"{epoch + 1}/{epochs}  loss {mean:.3f}  {time.perf_counter() - started:.0f} s", flush=True)
    asker.eval()


def _batches(lessons: Lessons) -> list[list[int]]:
    """All texts in random batches of about equal length."""
    count = len(lessons.states)
    order = random.sample(range(count), count)
    pools = [
        sorted(order[start : start + 20 * BATCH], key=lambda row: len(lessons.states[row]))
        for start in range(0, count, 20 * BATCH)
    ]
    batches = [pool[start : start + BATCH] for pool in pools for start in range(0, len(pool), BATCH)]
    return random.sample(batches, len(batches))


def _padded(states: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(rows) for rows in states)
    padded = torch.zeros(len(states), longest, states[0].shape[1])
    mask = torch.zeros((len(states), longest), dtype=torch.long)
    for place, rows in enumerate(states):
        padded[place, : len(rows)], mask[place, : len(rows)] = rows.float(), 1
    return padded, mask


def _write(asker: Asker, places: list[tuple[str, str]], about: dict[str, object], out: Path) -> None:
    """Matrices as eight-bit numbers with a scale a row, the rest as it is."""
    arrays: dict[str, np.ndarray] = {"places": np.array(places), "about": np.array(json.dumps(about))}
    for name, value in asker.named_parameters():
        array = value.detach().numpy()
        if name.startswith("layers."):
            number, _, rest = name.removeprefix("layers.").partition(".")
            name = f"encoder.layer.{int(number) + KEPT_LAYERS}.{rest}"
        elif name.endswith("weight"):
            array = array * SHARPNESS
        if array.ndim == 2:
            scale = np.abs(array).max(axis=1) / 127
            arrays[f"matrix.{name}"] = np.round(array / scale[:, None]).astype(np.int8)
            arrays[f"scale.{name}"] = scale.astype(np.float32)
        else:
            arrays[f"plain.{name}"] = array.astype(np.float32)
    np.savez_compressed(out, **arrays)
    print(f"{out.name}: {out.stat().st_size / 1e6:.1f} MB, {about}")


if __name__ == "__main__":
    main()
