"""What the training scripts share: the bundled encoder, of which the lower layers stay as they are."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from torch import nn

from assistant.retrieval import unpacked
from assistant.settings import load_settings

TRAINED = 4  # of the upper layers are trained, unless told otherwise; the lower ones stay as bundled
LAYERS = 12  # of the bundled encoder
SHARPNESS = 4.0  # pooled e5 vectors are short: this keeps the heads' rate usable
WARMING = 0.06  # share of the steps
POOL = 20  # batches among which texts of about equal length are put together


def bundled_model() -> SentenceTransformer:
    """The bundled encoder on PyTorch."""
    return SentenceTransformer(str(unpacked(load_settings().data)))


def through(layers: nn.ModuleList, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The output of some layers; padding is not attended to."""
    hidden = (1.0 - mask[:, None, None, :].float()) * -1e9
    for layer in layers:
        found = layer(states, attention_mask=hidden)
        states = found[0] if isinstance(found, tuple) else found
    return states


def upper_layers(bert: Any, trained: int = TRAINED) -> nn.ModuleList:
    """The layers that are trained."""
    return nn.ModuleList(list(bert.encoder.layer[-trained:]))


@torch.inference_mode()
def lower_states(texts: Sequence[Sequence[int]], bert: Any, batch: int, trained: int = TRAINED) -> list[torch.Tensor]:
    """The output of the lower layers for every text, given as tokens; training does not change it."""
    layers = nn.ModuleList(list(bert.encoder.layer[:-trained]))
    found: dict[int, torch.Tensor] = {}
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        longest = max(len(texts[row]) for row in rows)
        tokens = torch.ones((len(rows), longest), dtype=torch.long)
        mask = torch.zeros((len(rows), longest), dtype=torch.long)
        for place, row in enumerate(rows):
            tokens[place, : len(texts[row])], mask[place, : len(texts[row])] = torch.tensor(texts[row]), 1
        states = through(layers, bert.embeddings(input_ids=tokens), mask)
        for place, row in enumerate(rows):
            found[row] = states[place, : len(texts[row])].half().clone()
    return [found[row] for row in range(len(texts))]


def padded(states: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Texts of unequal length as one tensor (texts, tokens, dimensions), and where there are tokens."""
    longest = max(len(rows) for rows in states)
    found = torch.zeros(len(states), longest, states[0].shape[1])
    mask = torch.zeros((len(states), longest), dtype=torch.long)
    for place, rows in enumerate(states):
        found[place, : len(rows)], mask[place, : len(rows)] = rows.float(), 1
    return found, mask


def batches(lengths: Sequence[int], batch: int) -> list[list[int]]:
    """All texts in random batches of about equal length."""
    order = random.sample(range(len(lengths)), len(lengths))
    pools = [
        sorted(order[start : start + POOL * batch], key=lambda row: lengths[row])
        for start in range(0, len(order), POOL * batch)
    ]
    found = [pool[start : start + batch] for pool in pools for start in range(0, len(pool), batch)]
    return random.sample(found, len(found))


def schedule_of(
    body: Iterable[nn.Parameter], heads: Iterable[nn.Parameter], rates: tuple[float, float], steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LambdaLR]:
    """An optimiser whose rates (layers, heads) rise during `WARMING` and then fall to nothing."""
    groups = [{"params": list(body), "lr": rates[0]}, {"params": list(heads), "lr": rates[1]}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (WARMING * steps)) * max(0.0, 1 - step / steps)
    )
    return optimiser, schedule


def steps_in(count: int, batch: int, epochs: int) -> int:
    """How many steps a training takes."""
    return epochs * math.ceil(count / batch)


def packed(parameters: Iterable[tuple[str, nn.Parameter]], trained: int = TRAINED) -> dict[str, np.ndarray]:
    """Layers with their matrices as eight-bit numbers with a scale a row, and heads as they are used."""
    arrays: dict[str, np.ndarray] = {}
    for name, value in parameters:
        array = value.detach().numpy()
        if not name.startswith("layers."):
            arrays[f"head.{name}"] = (array * (SHARPNESS if name.endswith("weight") else 1.0)).astype(np.float16)
            continue
        number, _, rest = name.removeprefix("layers.").partition(".")
        key = f"encoder.layer.{int(number) + LAYERS - trained}.{rest}"
        arrays |= in_a_file(key, array)
    return arrays


def in_a_file(key: str, array: np.ndarray) -> dict[str, np.ndarray]:
    """A tensor of a layer as it is shipped: a matrix as eight-bit numbers with a scale a row."""
    if array.ndim != 2:
        return {f"plain.{key}": array.astype(np.float32)}
    scale = np.abs(array).max(axis=1) / 127
    return {
        f"layer.{key}": np.round(array / scale[:, None]).astype(np.int8),
        f"scale.{key}": scale.astype(np.float32),
    }
