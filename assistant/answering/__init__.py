"""Policy questions -> Answer.

Retrieval finds what is alike; an answer needs what governs, so the two are separate steps with a decision between
them: the articles found are ranked by signs of governing, and whether they support an answer at all is decided from
facts that can be shown (a name that does not exist, a subject whose instrument we do not hold) before any threshold.
The writer is passed in, because an answer must be the same kind of thing with and without a chat model; the check of
its citations is not, because nothing may be shown unchecked.
"""

from assistant.answering.answer import Answer, Sentence
from assistant.answering.answerer import Answerer, Event, Writer
from assistant.answering.extractive import ExtractiveWriter

__all__ = ["Answer", "Answerer", "Event", "ExtractiveWriter", "Sentence", "Writer"]
