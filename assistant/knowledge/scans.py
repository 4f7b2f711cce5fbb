"""Reading pictures of pages (OCR), offline, with the models that come inside the `rapidocr` package.

It is loaded only when a scanned page turns up: its start costs a second and most files never need it.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np

from assistant.knowledge.layout import Placed

DOTS_PER_POINT = 2.0  # 144 dpi: small print stays legible and a page takes a few seconds
SAME_LINE = 0.6  # share of a line's height by which two boxes may differ and stand on one line

_one_at_a_time = Lock()


@lru_cache(maxsize=1)
def _reader() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical"})


def read_picture(picture: Any, page: int) -> tuple[list[Placed], float]:
    """The printed lines of one page given as an array of pixels, and how sure the reading is (0 to 1)."""
    with _one_at_a_time:
        found = _reader()(picture)
    if found.txts is None or found.boxes is None or not found.txts:
        return [], 1.0
    boxes = [
        (float(box[:, 1].mean()), float(box[:, 0].min()), float(box[:, 0].max()), float(np.ptp(box[:, 1])), text)
        for box, text in zip(found.boxes, found.txts, strict=True)
    ]
    return _lines(boxes, page), min(found.scores)


def _lines(boxes: list[tuple[float, float, float, float, str]], page: int) -> list[Placed]:
    """Boxes of (middle, left, right, height, text) put together to lines, top down and left to right."""
    rows: list[list[tuple[float, float, float, float, str]]] = []
    for box in sorted(boxes):
        if rows and box[0] - rows[-1][-1][0] < SAME_LINE * min(box[3], rows[-1][-1][3]):
            rows[-1].append(box)
        else:
            rows.append([box])
    placed = []
    for row in rows:
        row.sort(key=lambda box: box[1])
        text = "\u3000".join(box[4] for box in row)
        width = sum(box[2] - box[1] for box in row)
        em = width / max(1, sum(1 if character.isascii() else 2 for box in row for character in box[4])) * 2
        placed.append(Placed(text, row[0][1], row[-1][2], em, page))
    return placed
