"""Policy questions -> Answer.

Retrieval finds what is alike; an answer needs what governs, so the two are separate steps with a decision between
them. Hand-written rules for that decision fitted the one asker they were written for and no other. So it is learned
from the question bank: which articles answered questions like this one (`precedents`), what that is worth beside the
other signs (`ranking`), whether anything at hand governs the question (`support`) and whether it takes something false
for granted (`premise`). Only facts decide alone: a law or an article that does not exist, a text not in force.
The writer is passed in, because an answer must be the same kind of thing with and without a chat model; the check of
its citations is not, because nothing may be shown unchecked.
"""

from assistant.answering.answer import Answer, Sentence
from assistant.answering.answerer import Answerer, Event, Writer
from assistant.answering.extractive import ExtractiveWriter
from assistant.answering.hearing import Listener
from assistant.answering.precedents import Precedents
from assistant.answering.tuned import TunedQuestions

__all__ = [
    "Answer",
    "Answerer",
    "Event",
    "ExtractiveWriter",
    "Listener",
    "Precedents",
    "Sentence",
    "TunedQuestions",
    "Writer",
]
