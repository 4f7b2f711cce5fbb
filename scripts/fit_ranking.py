"""Write assistant/answering/ranking.npz again: what each sign is worth.

Every bank question is scored as if neither it nor, where its kind is concerned, its author were in the bank; some as if
half of the statutes had never been asked about, because people also ask about articles that no bank question met. The
labelled sets under tests/ are never read. Run after changing the signs, the encoder or much of the bank (minutes).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from assistant.answering.extractive import ExtractiveWriter
from assistant.answering.grounds import Ground, Grounds
from assistant.answering.precedents import HEADS, Precedents, Scores, Study
from assistant.answering.premise import signs as premise_signs
from assistant.answering.question import Question, read
from assistant.answering.ranking import FILE, Asking, Matrix, Network, features
from assistant.answering.support import Support
from assistant.answering.weights import Weights
from assistant.knowledge import Library
from assistant.knowledge.bank import Places
from assistant.knowledge.citations import Citations, Resolution
from assistant.retrieval import HybridRetriever, Index, load_encoder, open_store
from assistant.retrieval.encoder import BUNDLED
from assistant.settings import REPOSITORY, load_settings
from assistant.types import BankQuestion

TODAY = date(2026, 11, 23)  # the day the bank's labels speak of
ORPHANED = 0.15  # of the questions are also shown as if their statutes were unknown to the bank
SEED = 0


@dataclass(frozen=True)
class Shown:
    """A question with what was proposed for it; `must` and `fits` say which proposals govern and which belong."""

    row: BankQuestion
    asked: Question
    resolutions: list[Resolution]
    asking: Asking
    candidates: list[Ground]
    must: NDArray[np.bool_]
    fits: NDArray[np.bool_]

    @property
    def features(self) -> Matrix:
        """What the network sees."""
        return features([ground.signs for ground in self.candidates], self.asking)


def main() -> None:
    """Fit the three networks one on the other, write them, and say how well the last questions were judged."""
    settings, library = load_settings(), Library.open(REPOSITORY / "corpus")
    encoder = load_encoder(BUNDLED, settings.data)
    index = Index("passages", open_store("passages", settings.data), encoder, settings.data)
    index.build(library.documents(date.today()))
    citations = Citations(library)
    weights = Weights([article.text for item in library.regulations.values() for article in item.articles])
    precedents, study = Precedents.studied(library, TODAY, encoder.encode_passage)
    grounds = Grounds(library, citations, HybridRetriever(index=index, encoder=encoder), weights, precedents)
    shown = show(library, citations, grounds, left_out(library, study))
    kept = [item for item in [*shown, *orphans(shown)] if item.candidates and item.row.must_cite]
    rows = np.vstack([item.features for item in kept])
    labels = np.stack([np.hstack([item.must for item in kept]), np.hstack([item.fits for item in kept])], axis=1)
    found = fit("article", rows, labels, 32)
    ranked = [(item, order(item, Network(_bare(found)))) for item in shown if item.candidates]
    support, writer = Support(library.corpus.gaps), ExtractiveWriter(citations, weights, None)
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


def left_out(library: Library, study: Study) -> Scores:
    """What the bank says of each of its questions without it; of its kind, without its author."""
    questions, heads = library.corpus.questions, len(HEADS)
    count = len(questions)
    scores = study.wanted[:count] - study.duals[:count] / np.diag(study.inverse)[:count, None]
    authors = np.array([question.author for question in questions])
    for author in sorted(set(authors)):
        rows = np.flatnonzero(authors == author)
        scores[rows, -heads:] = study.without(rows)[:, -heads:]
    return np.asarray(scores, np.float32)


def show(library: Library, citations: Citations, grounds: Grounds, scores: Scores) -> list[Shown]:
    """Every question of the bank with what is proposed for it."""
    places, shown = Places(library, TODAY), []
    for row, taught in zip(library.corpus.questions, scores, strict=True):
        asked = read(row.question, row.as_of, TODAY, library.corpus.speech.wordings)
        resolutions = [citations.resolve(item, asked.as_of) for item in citations.parse(asked.text)]
        passages = grounds.passages(asked, resolutions, grounds.encode(asked))
        candidates = grounds.candidates(asked, passages, resolutions, taught)
        must = {place for label in row.must_cite for place in places.of(label, row.as_of)}
        may = {place for label in row.may_cite for place in places.of(label, row.as_of)}
        loose = {ground.regulation.id for ground in candidates if ground.key in must | may and not ground.article.no}
        fits = [ground.key in must | may or (ground.regulation.id in loose) for ground in candidates]
        governs = np.array([ground.key in must for ground in candidates], bool)
        asking = grounds.asking(asked, taught)
        shown.append(Shown(row, asked, resolutions, asking, candidates, governs, np.array(fits, bool)))
    return shown


def orphans(shown: list[Shown]) -> list[Shown]:
    """Some questions again, as if the bank had never met the statutes that govern them, nor half of the others."""
    generator, found = np.random.default_rng(SEED), []
    for item in shown:
        statutes = np.array([ground.regulation.bundled for ground in item.candidates], bool)
        if not (statutes & item.must).any() or generator.random() > 4 * ORPHANED:
            continue
        hidden = statutes & (item.must | (generator.random(len(statutes)) < 0.5))
        candidates = [
            replace(ground, taught=None) if hide else ground
            for ground, hide in zip(item.candidates, hidden, strict=True)
        ]
        found.append(replace(item, candidates=candidates))
    return found


def order(item: Shown, network: Network) -> list[Ground]:
    """What was proposed, the likeliest to govern first."""
    ranked = [
        replace(ground, score=float(governs), belongs=float(belongs))
        for ground, (governs, belongs) in zip(item.candidates, network(item.features), strict=True)
    ]
    return sorted(ranked, key=lambda ground: ground.score, reverse=True)


def fit(name: str, rows: Matrix, labels: NDArray[np.bool_], width: int) -> dict[str, Matrix]:
    """The weights of a network of one hidden layer."""
    scaler = StandardScaler().fit(rows)
    rounds = 12 if len(rows) > 10_000 else 60
    model = MLPClassifier((width,), alpha=0.03, max_iter=rounds, batch_size=256, random_state=SEED)
    model.fit(scaler.transform(rows), labels.astype(int) if labels.shape[1] > 1 else labels[:, 0].astype(int))
    weights = {
        "mean": scaler.mean_,
        "spread": scaler.scale_,
        "inner": model.coefs_[0],
        "inner_bias": model.intercepts_[0],
        "outer": model.coefs_[1],
        "outer_bias": model.intercepts_[1],
    }
    return {f"{name}.{key}": np.asarray(value, np.float32) for key, value in weights.items()}


def _bare(weights: dict[str, Matrix]) -> dict[str, Matrix]:
    return {key.split(".", 1)[1]: value for key, value in weights.items()}


if __name__ == "__main__":
    main()
