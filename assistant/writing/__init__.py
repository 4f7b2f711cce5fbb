"""A chat model's words for the built-in reply: its wording is used and its claims are not believed.

The model is given a reply that is already right and asked to say it better, so that every sentence it writes can be
compared with something that was verified. It is never asked what it knows, which level or which pattern. A second
model as judge was not used: it would fail together with the first, and nobody could say why a sentence was removed.
"""

from assistant.writing.models import ChatOptions
from assistant.writing.task import (
    Facts,
    Removed,
    Sign,
    Source,
    WritingEvent,
    WritingTask,
    Written,
    facts_of,
    sources_of,
)
from assistant.writing.writer import Writer, open_writer

__all__ = [
    "ChatOptions",
    "Facts",
    "Removed",
    "Sign",
    "Source",
    "Writer",
    "WritingEvent",
    "WritingTask",
    "Written",
    "facts_of",
    "open_writer",
    "sources_of",
]
