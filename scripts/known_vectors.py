"""Write assistant/retrieval/known.npz again: the vectors of everything the shipped library holds.

Run after editing the corpus or changing the statutes package. Only texts without a known vector are encoded.
"""

from __future__ import annotations

from datetime import date

from assistant.answering.precedents import read_lessons
from assistant.assessment import ClaimReader
from assistant.casework.acts import lessons, read_part
from assistant.casework.revision import texts_of
from assistant.knowledge.library import Library
from assistant.knowledge.phrases import read_phrases
from assistant.retrieval.encoder import BUNDLED, load_encoder
from assistant.retrieval.known import FILE, save_known
from assistant.settings import REPOSITORY, load_settings


def main() -> None:
    """Encode, write, and say how much there is."""
    library = Library.open(REPOSITORY / "corpus")
    documents = [*library.documents(date.today()), *library.practices()]
    asked = read_lessons(library, date.today())
    said = {read_part(turn.text) for turn in lessons(library)}
    said |= set(
        texts_of(library.corpus.corrections, ClaimReader(read_phrases(REPOSITORY / "corpus" / "language.yaml")))
    )
    texts = sorted({document.page_content for document in documents} | {lesson.text for lesson in asked} | said)
    encoder = load_encoder(BUNDLED, load_settings().data)
    save_known(encoder.fingerprint, texts, encoder.encode_passage(texts))
    print(f"{FILE.relative_to(REPOSITORY)}: {len(texts)} vectors of {encoder.fingerprint}")


if __name__ == "__main__":
    main()
