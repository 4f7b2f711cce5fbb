"""What the two training scripts share: the bundled encoder, of which the lower layers stay as they are."""

from __future__ import annotations

import torch
from sentence_transformers import SentenceTransformer
from torch import nn

from assistant.retrieval import unpacked
from assistant.settings import load_settings

KEPT_LAYERS = 8  # stay as bundled; those above are trained
SHARPNESS = 4.0  # pooled e5 vectors are short: this keeps the heads' rate usable
WARMING = 0.06  # share of the steps


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
