"""How much a pair of characters tells: rare pairs much, common ones little.

Pairs of characters need no word list and forgive colloquial segmentation. The weights come from a sample of the texts,
because the rank of a pair hardly changes with more and start-up should not wait for all.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import islice

SAMPLE = 4000
NOISE = re.compile(
    r"什么|怎么|怎样|如何|哪些|哪个|哪条|是不是|能不能|可不可以|可以|我们|咱们|咱|他们|它们|自己|有没有|现在|这个|那个|这种|这块|"
    r"多少|请问|一下|的话|就是|没有|不是|应该|觉得|听说|规定|按照|根据|办法|问题|情况|要求|对吧|是吧|行吗|行不行|合规吗|合规不"
)


@lru_cache(maxsize=8192)
def pairs(text: str) -> frozenset[str]:
    """Every pair of neighbouring Chinese characters, without the words that any question has."""
    return frozenset(_pairs(text))


def _pairs(text: str) -> set[str]:
    found: set[str] = set()
    for run in re.findall(r"[\u4e00-\u9fff]+", NOISE.sub(" ", text)):
        found.update(run[index : index + 2] for index in range(len(run) - 1))
    return found


class Weights:
    """Inverse document frequency of character pairs."""

    def __init__(self, texts: Sequence[str]) -> None:
        step = max(1, len(texts) // SAMPLE)
        counts: Counter[str] = Counter()
        self._size = 0
        for text in islice(texts, 0, None, step):
            counts.update(_pairs(text))
            self._size += 1
        self._unseen = math.log(2 * (self._size + 1)) / 2
        self._weights = {pair: math.log((self._size + 1) / (count + 0.5)) for pair, count in counts.items()}

    def of(self, found: Iterable[str]) -> float:
        """The weight of some pairs together; one never seen in the texts, mostly cut across two words, weighs half."""
        return sum(self._weights.get(pair, self._unseen) for pair in found)

    def coverage(self, question: AbstractSet[str], text: str | AbstractSet[str]) -> float:
        """The share of a question's weight that a text, or the pairs of one, holds, 0 to 1."""
        whole = self.of(question)
        held = pairs(text) if isinstance(text, str) else text
        return self.of(question & held) / whole if whole else 0.0
