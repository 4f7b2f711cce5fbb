"""Write assistant/answering/ranking.npz again: what each sign is worth.

    .venv/bin/python scripts/fit_ranking.py FILE…

Every bank question is scored as if its author were not in the bank: by the kernel, which can leave rows out, and by the
trained encoder of the FILE of `train_asker.py --without` that did not see the author. Some are scored as if half of the
statutes had never been asked about, because people also ask about articles that no bank question met, and some as if
there were no trained encoder. The labelled sets under tests/ are never read. Run after changing the signs, the encoder
or much of the bank (minutes).
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from assistant.answering.extractive import ExtractiveWriter
from assistant.answering.grounds import Candidate, Ground, Grounds, asking
from assistant.answering.hearing import FLOOR, Listener
from assistant.answering.notices import Notices
from assistant.answering.precedents import HEADS, Precedents, Scores, Study
from assistant.answering.premise import signs as premise_signs
from assistant.answering.question import Question, read
from assistant.answering.ranking import FILE, Asking, Matrix, Network, features
from assistant.answering.support import Support
from assistant.answering.tuned import TunedQuestions
from assistant.answering.weights import Weights
from assistant.knowledge import Library
from assistant.knowledge.bank import Places
from assistant.knowledge.citations import Citations, Resolution
from assistant.retrieval import HybridRetriever, Index, load_encoder, open_store, unpacked
from assistant.retrieval.encoder import BUNDLED
from assistant.settings import REPOSITORY, load_settings
from assistant.types import BankQuestion

TODAY = date(2026, 11, 23)  # the day the bank's labels speak of
ORPHANED = 0.4  # of the questions about statutes are also shown as if their statutes were unknown to the bank
UNREAD = 0.1  # of all questions are also shown as if there were no trained encoder
SEED = 0
BEGUN = 3  # networks of each kind, from different beginnings: one alone has odd corners where examples are few


@dataclass(frozen=True)
class Shown:
    """A question with what was proposed for it; `must` and `fits` say which proposals govern and which belong."""

    row: BankQuestion
    asked: Question
    resolutions: list[Resolution]
    asking: Asking
    candidates: list[Candidate]
    must: NDArray[np.bool_]
    fits: NDArray[np.bool_]

    @property
    def features(self) -> Matrix:
        """What the network sees."""
        return features([candidate.signs for candidate in self.candidates], self.asking)


def main() -> None:
    """Fit the three networks one on the other, write them, and say how well the last questions were judged."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--every", type=int, default=1, help="judge every so many questions only, to be done sooner")
    options = parser.parse_args()
    settings, library = load_settings(), Library.open(REPOSITORY / "corpus")
    readers = _readers(options.files, unpacked(settings.data))
    encoder = load_encoder(BUNDLED, settings.data)
    index = Index("passages", open_store("passages", settings.data), encoder, settings.data)
    index.build(library.documents(date.today()))
    citations = Citations(library)
    weights = Weights([article.text for item in library.regulations.values() for article in item.articles])
    precedents, study = Precedents.studied(library, TODAY, encoder.encode_passage)
    retriever = HybridRetriever(index=index, encoder=encoder)
    grounds = [Grounds(library, citations, retriever, weights, Listener(precedents, reader)) for _, reader in readers]
    places, shown = Places(library, TODAY), list[Shown]()
    scored = list(zip(library.corpus.questions, left_out(library, study), strict=True))
    for question, scores in scored[:: options.every]:
        fold = next(number for number, (without, _) in enumerate(readers) if question.author in without)
        shown.append(show(library, citations, grounds[fold], readers[fold][1], places, question, scores))
    seen = [*shown, *orphans(shown), *unread(shown)]
    kept = [item for item in seen if item.candidates and item.row.must_cite]
    rows = np.vstack([item.features for item in kept])
    labels = np.stack([np.hstack([item.must for item in kept]), np.hstack([item.fits for item in kept])], axis=1)
    found = fit("article", rows, labels, 32)
    ranked = [(item, order(item, Network(_bare(found)))) for item in [*shown, *unread(shown)] if item.candidates]
    support, writer = Support(library.corpus.gaps, Notices(citations)), ExtractiveWriter(library, citations, weights)
    rows = np.vstack([support.signs(item.asked, item.resolutions, best, item.asking) for item, best in ranked])
    found |= fit("question", rows, np.array([[item.row.abstain] for item, _ in ranked]), 12)
    covered = [(item, best) for item, best in ranked if not item.row.abstain]
    rows = np.vstack(
        [
            premise_signs(item.asked.text, writer.key_sentence(item.asked, best[0]), best[0].score, item.asking)
            for item, best in covered
        ]
    )
    found |= fit("premise", rows, np.array([[item.row.premise_corrected] for item, _ in covered]), 12)
    np.savez(FILE, **found)
    print(f"{FILE.relative_to(REPOSITORY)}: fitted on {len(shown)} questions, {len(labels)} proposals")


def _readers(files: list[Path], folder: Path) -> list[tuple[list[str], TunedQuestions]]:
    """Each file's reader with the authors it did not see."""
    found = []
    for file in files:
        with np.load(file) as kept:
            found.append((json.loads(str(kept["about"]))["without"], TunedQuestions(folder, file)))
    return found


def left_out(library: Library, study: Study) -> Scores:
    """What the bank says of each of its questions without those of the same author."""
    authors = np.array([question.author for question in library.corpus.questions])
    scores = np.zeros((len(authors), study.wanted.shape[1]), np.float32)
    for author in sorted(set(authors)):
        rows = np.flatnonzero(authors == author)
        scores[rows] = study.without(rows)
    return scores


def show(
    library: Library,
    citations: Citations,
    grounds: Grounds,
    reader: TunedQuestions,
    places: Places,
    row: BankQuestion,
    scores: Scores,
) -> Shown:
    """A question of the bank with what is proposed for it; `scores` are those of the kernel."""
    asked = read(row.question, row.as_of, TODAY, library.corpus.speech.wordings)
    resolutions = [citations.resolve(item, asked.as_of) for item in citations.parse(asked.text)]
    reading = reader.read(asked.text)
    heard = grounds.listener.joined(reading.vector, scores, reading)
    candidates = grounds.candidates(asked, grounds.passages(asked, resolutions, heard), resolutions, heard)
    must = {place for label in row.must_cite for place in places.of(label, row.as_of)}
    may = {place for label in row.may_cite for place in places.of(label, row.as_of)}
    loose = {found.regulation.id for found in candidates if found.key in must | may and not found.article.no}
    fits = [found.key in must | may or (found.regulation.id in loose) for found in candidates]
    governs = np.array([found.key in must for found in candidates], bool)
    return Shown(row, asked, resolutions, asking(asked, heard), candidates, governs, np.array(fits, bool))


def orphans(shown: list[Shown]) -> list[Shown]:
    """Some questions again, as if the bank had never met the statutes that govern them, nor half of the others."""
    generator, found = np.random.default_rng(SEED), []
    for item in shown:
        statutes = np.array([candidate.regulation.bundled for candidate in item.candidates], bool)
        if not (statutes & item.must).any() or generator.random() > ORPHANED:
            continue
        hidden = statutes & (item.must | (generator.random(len(statutes)) < 0.5))
        found.append(_hidden(item, hidden, unknown=True))
    return found


def unread(shown: list[Shown]) -> list[Shown]:
    """Some questions again, as if there were no trained encoder."""
    generator, found = np.random.default_rng(SEED + 1), []
    for item in shown:
        if generator.random() < UNREAD:
            kinds = (*item.asking.kinds[: len(HEADS)], *([0.0] * len(HEADS)))
            every = np.ones(len(item.candidates), bool)
            bare = replace(item.asking, kinds=kinds, read=False)
            found.append(replace(_hidden(item, every, unknown=False), asking=bare))
    return found


def _hidden(item: Shown, hidden: NDArray[np.bool_], unknown: bool) -> Shown:
    """The same question where the trained encoder, and if `unknown` the bank too, says nothing of some candidates."""
    candidates = []
    for candidate, hide in zip(item.candidates, hidden, strict=True):
        signs = replace(candidate.signs, likely=FLOOR, taught=None if unknown else candidate.signs.taught)
        candidates.append(replace(candidate, signs=signs) if hide else candidate)
    return replace(item, candidates=candidates)


def order(item: Shown, network: Network) -> list[Ground]:
    """What was proposed, the likeliest to govern first."""
    ranked = [
        Ground(candidate, float(governs), float(belongs))
        for candidate, (governs, belongs) in zip(item.candidates, network(item.features), strict=True)
    ]
    return sorted(ranked, key=lambda ground: ground.score, reverse=True)


def fit(name: str, rows: Matrix, labels: NDArray[np.bool_], width: int) -> dict[str, Matrix]:
    """The weights of a network of one hidden layer: several side by side, so that it gives the mean of all."""
    scaler = StandardScaler().fit(rows)
    rounds = 12 if len(rows) > 10_000 else 60
    wanted = labels.astype(int) if labels.shape[1] > 1 else labels[:, 0].astype(int)
    models = [
        MLPClassifier((width,), alpha=0.03, max_iter=rounds, batch_size=256, random_state=SEED + number).fit(
            scaler.transform(rows), wanted
        )
        for number in range(BEGUN)
    ]
    weights = {
        "mean": scaler.mean_,
        "spread": scaler.scale_,
        "inner": np.hstack([model.coefs_[0] for model in models]),
        "inner_bias": np.hstack([model.intercepts_[0] for model in models]),
        "outer": np.vstack([model.coefs_[1] for model in models]) / BEGUN,
        "outer_bias": np.mean([model.intercepts_[1] for model in models], axis=0),
    }
    return {f"{name}.{key}": np.asarray(value, np.float32) for key, value in weights.items()}


def _bare(weights: dict[str, Matrix]) -> dict[str, Matrix]:
    return {key.split(".", 1)[1]: value for key, value in weights.items()}


if __name__ == "__main__":
    main()
