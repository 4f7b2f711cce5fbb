"""Train the upper layers of the bundled encoder on the question bank and write assistant/answering/tuned.npz.

    .venv/bin/python scripts/train_asker.py [--without AUTHOR …] [--out FILE] [--epochs N]

Learned are the articles that govern a question and what kind of question it is, from every question that votes in
`answering.precedents`. The lower layers stay as they are, so their output is computed once. A few minutes on two cores.
`--without` leaves authors of the bank out: `fit_ranking.py` needs files that did not see the author they judge.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import torch
from torch import nn
from upper_layers import (
    SHARPNESS,
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
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    torch.manual_seed(0)
    random.seed(0)
    torch.set_flush_denormal(True)
    torch.autograd.set_multithreading_enabled(False)  # the flag above counts for this thread only
    torch.set_num_threads(options.threads)
    library = Library.open(REPOSITORY / "corpus")
    bank = library.corpus.questions
    read = read_lessons(library, TODAY)
    gone = {row for row, question in enumerate(bank) if question.author in options.without}
    articles = sum(len(regulation.articles) for regulation in library.corpus.regulations)
    lessons = [lesson for row, lesson in enumerate(read[:-articles]) if row not in gone]
    places = sorted({place for lesson in lessons for place in lesson.speaks_for if place[0]})
    model = bundled_model()
    bert = model[0].auto_model.eval()
    learned = _learned(lessons, len(bank) - len(gone), places, model)
    asker = Asker(upper_layers(bert), bert.config.hidden_size, len(places))
    _start(asker, learned)
    print(f"{len(lessons)} texts, {learned.questions} of them questions, for {len(places)} articles", flush=True)
    _train(asker, learned, options.epochs)
    about = {"questions": learned.questions, "epochs": options.epochs, "without": options.without}
    arrays: dict[str, np.ndarray] = {"places": np.array(places), "about": np.array(json.dumps(about))}
    np.savez_compressed(options.out, **arrays, **packed(asker.named_parameters()))
    print(f"{options.out.name}: {options.out.stat().st_size / 1e6:.1f} MB, {about}")


@torch.inference_mode()
def _learned(lessons: list[Lesson], questions: int, places: list[tuple[str, str]], model: nn.Module) -> Lessons:
    bert, tokenizer = model[0].auto_model, model.tokenizer
    tokens = [tokenizer(PROMPT + lesson.text, truncation=True, max_length=LONGEST)["input_ids"] for lesson in lessons]
    states = lower_states(tokens, bert, 2 * BATCH)
    vectors = torch.zeros(len(lessons), bert.config.hidden_size)
    for first in range(0, len(lessons), 2 * BATCH):
        part, mask = padded(states[first : first + 2 * BATCH])
        vectors[first : first + 2 * BATCH] = average(through(upper_layers(bert), part, mask), mask)
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
    steps = steps_in(len(lessons.states), BATCH, epochs)
    optimiser, schedule = schedule_of(body, heads, (LAYER_RATE, HEAD_RATE), steps)
    asker.train()
    started = time.perf_counter()
    for epoch in range(epochs):
        sum_of_losses = 0.0
        rows_of = batches([len(states) for states in lessons.states], BATCH)
        for rows in rows_of:
            states, mask = padded([lessons.states[row] for row in rows])
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
        mean = sum_of_losses / len(rows_of)
        print(f"{epoch + 1}/{epochs}  loss {mean:.3f}  {time.perf_counter() - started:.0f} s", flush=True)
    asker.eval()


if __name__ == "__main__":
    main()
