"""The chat page.

Gradio gives the frame, the chat and the streaming; what an answer looks like is our own HTML, made by `markup` alone,
so that one small module decides what text may become. The conversation lives in the database and in the page's address
and never only in the browser: a reload, a restart or a kept address shows the same answer with the same citations.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without_source_files() -> Iterator[None]:
    """Let every class look as if it had no source file.

    At import Gradio parses the source of each of its components to rewrite the stub files that editors read: two of its
    five seconds, on every start, and written into the installation. It leaves classes without a source file alone.
    """
    original = inspect.getfile

    def getfile(object: object) -> str:
        raise OSError(f"no source file for {object}")

    inspect.getfile = getfile
    try:
        yield
    finally:
        inspect.getfile = original


with _without_source_files():
    import gradio  # noqa: F401
