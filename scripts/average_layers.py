"""Average the layers and heads of several trainings of one kind, of which each went on from another, into one file.

    python scripts/average_layers.py --out FILE TRAINED.npz TRAINED.npz …

What a training forgot of the stage before, the mean remembers, at no cost when reading: Wortsman et al., Model soups,
2022. Everything else in the file is taken from the first one. The shipped `assessment/reader.npz` and
`casework/talker.npz` are means of the last stages; earlier ones are in the history of the files.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from upper_layers import in_a_file

from assistant.retrieval.layers import load_layers


def main() -> None:
    """Read, average and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    kept, layers, heads = load_layers(options.files[0])
    for file in options.files[1:]:
        _, more_layers, more_heads = load_layers(file)
        layers = {name: value + more_layers[name] for name, value in layers.items()}
        heads = {name: value + more_heads[name] for name, value in heads.items()}
    count = len(options.files)
    arrays = dict(kept)
    for name, value in layers.items():
        arrays |= in_a_file(name, value / count)
    arrays |= {f"head.{name}": (value / count).astype(np.float16) for name, value in heads.items()}
    np.savez_compressed(options.out, **arrays)
    print(f"{options.out}: mean of {count}, {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
