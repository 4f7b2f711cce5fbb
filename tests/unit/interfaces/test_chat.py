"""A turn on the page, and how it is stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event

import pytest

from assistant.casework import Reply
from assistant.interfaces.web.chat import Progress, until_stopped

STOPPED = Progress([], failure="已停止")
FIRST, DONE = Progress([]), Progress([], reply=Reply(mode="explain", text="答复"))


def test_a_turn_that_is_not_stopped_is_handed_on_as_it_is() -> None:
    assert list(until_stopped(iter([FIRST, DONE]), Event(), STOPPED)) == [FIRST, DONE]


def test_a_stop_does_not_wait_for_the_step_under_way_and_nothing_of_it_is_heard() -> None:
    free, stopped = Event(), Event()

    def moments() -> Iterator[Progress]:
        yield FIRST
        free.wait(timeout=30)
        yield DONE

    heard = until_stopped(moments(), stopped, STOPPED)
    assert next(heard) is FIRST
    stopped.set()
    began = time.monotonic()
    assert list(heard) == [STOPPED]
    assert time.monotonic() - began < 5
    free.set()


def test_a_stop_after_the_reply_comes_too_late() -> None:
    stopped = Event()
    heard = until_stopped(iter([FIRST, DONE]), stopped, STOPPED)
    assert [next(heard), next(heard)] == [FIRST, DONE]
    stopped.set()
    assert list(heard) == []


def test_no_further_step_is_begun_once_the_page_is_closed() -> None:
    begun: list[int] = []
    resumed = Event()

    def moments() -> Iterator[Progress]:
        for number in range(100):
            begun.append(number)
            yield FIRST
            resumed.wait(timeout=30)

    heard = until_stopped(moments(), Event(), STOPPED)
    next(heard)
    heard.close()
    resumed.set()
    time.sleep(0.2)
    assert len(begun) <= 2


def test_a_fault_in_a_turn_is_raised_where_it_is_read() -> None:
    def moments() -> Iterator[Progress]:
        yield FIRST
        raise RuntimeError("broken")

    heard = until_stopped(moments(), Event(), STOPPED)
    assert next(heard) is FIRST
    with pytest.raises(RuntimeError, match="broken"):
        next(heard)
