"""Finding passages.

Two searches over the same chunks, by meaning (an encoder and Chroma) and by words (BM25), because each finds what the
other misses: lay language against terms of art, article numbers and names against paraphrase. Their scores are blended
rather than their ranks fused. Rank fusion forgets how near a passage is, which the answer must know to abstain, and on
the statute benchmark it found less (`assistant/evaluation/statutes.py` compares them). Blending needs comparable
scores, so cosines are put on a scale read from the index itself and keyword scores are shares of the best possible.

The statutes are too many to embed before the first question on a laptop. Until one is embedded it goes by its keywords.
"""

from assistant.retrieval.encoder import Encoder, SentenceEncoder, load_encoder, unpacked
from assistant.retrieval.index import Index, IndexProgress, open_store
from assistant.retrieval.lay import load_lay_questions
from assistant.retrieval.retriever import HybridRetriever
from assistant.retrieval.store import ChromaStore, VectorStore

__all__ = [
    "ChromaStore",
    "Encoder",
    "HybridRetriever",
    "Index",
    "IndexProgress",
    "SentenceEncoder",
    "VectorStore",
    "load_encoder",
    "load_lay_questions",
    "open_store",
    "unpacked",
]
