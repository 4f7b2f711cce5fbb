"""The upper layers of the bundled encoder as a training wrote them, with the small heads that read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def load_layers(file: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Floats], dict[str, Floats]]:
    """What `scripts/upper_layers.py` packed: all else in the file, the layers by their BertModel names, the heads."""
    with np.load(file) as opened:
        kept = {name: opened[name] for name in opened.files}
    heads = {name[5:]: kept.pop(name).astype(np.float32) for name in list(kept) if name.startswith("head.")}
    layers = {name[6:]: kept.pop(name).astype(np.float32) for name in list(kept) if name.startswith("plain.")}
    for name in [name for name in kept if name.startswith("layer.")]:
        scale = kept.pop(f"scale.{name[6:]}").astype(np.float32)
        layers[name[6:]] = kept.pop(name).astype(np.float32) * scale[:, None]
    return kept, layers, heads
