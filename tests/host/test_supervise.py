"""A plugin that raises, hangs or exits is turned into a coded error, and nothing of what it said is repeated."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from kaa_bridge.errors import PluginFailed, Unreachable
from kaa_bridge.host import call_limited, iterate_limited


def test_a_result_comes_through() -> None:
    assert call_limited(lambda: 7, seconds=5, system="x") == 7


def test_pages_come_in_order_and_ahead() -> None:
    pages = iterate_limited(lambda: iter(range(50)), seconds=5, total_seconds=5, system="x")
    assert list(pages) == list(range(50))


def test_an_expected_error_comes_through_as_it_is() -> None:
    def fails() -> int:
        raise Unreachable("down", "The system did not answer.")

    with pytest.raises(Unreachable) as caught:
        call_limited(fails, seconds=5, system="x")
    assert caught.value.code == "down"


@pytest.mark.parametrize("error", [ValueError("20080101-2382"), SystemExit(3), KeyboardInterrupt(), RecursionError()])
def test_anything_else_is_the_plugins_failure_without_its_words(error: BaseException) -> None:
    def fails() -> int:
        raise error

    with pytest.raises(PluginFailed) as caught:
        call_limited(fails, seconds=5, system="qore")
    assert caught.value.code == "plugin_raised"
    assert "2008" not in str(caught.value) + caught.value.remedy
    assert caught.value.__cause__ is None


def test_a_hung_plugin_is_left_behind() -> None:
    never = threading.Event()
    with pytest.raises(PluginFailed) as caught:
        call_limited(lambda: never.wait(30), seconds=0.05, system="qore")
    never.set()
    assert caught.value.code == "plugin_hung"
    assert "limit_seconds" in caught.value.remedy


def test_the_time_of_the_caller_does_not_count() -> None:
    release = threading.Event()

    def pages() -> Iterator[int]:
        yield from range(3)

    for _ in iterate_limited(pages, seconds=1, total_seconds=0.2, system="x"):
        release.wait(0.1)


def test_a_pull_that_drips_for_ever_is_stopped() -> None:
    stop = threading.Event()

    def pages() -> Iterator[int]:
        while not stop.wait(0.03):
            yield 1

    with pytest.raises(PluginFailed):
        for _ in iterate_limited(pages, seconds=1, total_seconds=0.15, system="x"):
            pass
    stop.set()
