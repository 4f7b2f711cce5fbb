"""What the institution knows: patterns, cases and regulations from `corpus/`, official laws from the statutes package.

Knowledge is plain files that compliance staff edit, not a database, because every change must be readable,
reviewable and reversible with the tools an institution already has. Reading is forgiving (a broken file is reported
and left out) and citing is strict (a quote that is not in the source to the letter is never shown).
"""

from assistant.knowledge.library import Library
from assistant.knowledge.loader import Corpus, load_corpus
from assistant.knowledge.problems import Problem

__all__ = ["Corpus", "Library", "Problem", "load_corpus"]
