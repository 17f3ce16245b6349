"""When a read is tried again. A send never comes near this module."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING

from kaa_bridge.errors import KaaError
from kaa_bridge.transport.problems import RETRIED
from kaa_bridge.transport.response import HttpResponse

if TYPE_CHECKING:
    from tenacity import RetryCallState

AGAIN = frozenset({429, 502, 503, 504})
"""Answers after which a read is tried again."""
_FIRST_WAIT = 0.2
_LONGEST_WAIT = 10.0
_NUMBER = re.compile(r"[0-9]{1,15}")


def read_with_retries(
    once: Callable[[], HttpResponse], attempts: int, deadline: float, sleep: Callable[[float], None] = time.sleep
) -> HttpResponse:
    """Call ``once`` until it gives a final answer, at most ``attempts`` times and before the deadline (monotonic).

    Returns:
        The last answer, whatever its status.

    Raises:
        KaaError: what the last attempt raised.
    """
    outcome: HttpResponse | KaaError
    try:
        outcome = once()
    except KaaError as error:
        if not _is_passing(error):
            raise
        outcome = error
    if isinstance(outcome, HttpResponse) and outcome.status not in AGAIN:
        return outcome
    return _go_on(outcome, once, attempts, deadline, sleep)


def _go_on(
    outcome: HttpResponse | KaaError,
    once: Callable[[], HttpResponse],
    attempts: int,
    deadline: float,
    sleep: Callable[[float], None],
) -> HttpResponse:
    """Go on after a first attempt whose outcome calls for another.

    Nearly every read is answered at once, and a night that never waits does not load the library.
    """
    from tenacity import Retrying, retry_if_exception, retry_if_result, stop_after_attempt

    tries: Iterator[Callable[[], HttpResponse]] = chain((partial(_told, outcome),), repeat(once))
    policy = Retrying(
        stop=lambda state: stop_after_attempt(attempts)(state) or time.monotonic() + _wait(state) >= deadline,
        wait=_wait,
        retry=retry_if_exception(_is_passing) | retry_if_result(lambda answer: answer.status in AGAIN),
        retry_error_callback=_last,
        reraise=True,
        sleep=sleep,
    )
    return policy(lambda: next(tries)())


def _told(outcome: HttpResponse | KaaError) -> HttpResponse:
    """Return or raise the outcome of an attempt once more."""
    if isinstance(outcome, KaaError):
        raise outcome
    return outcome


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, KaaError) and error.code in RETRIED


def _last(state: RetryCallState) -> HttpResponse:
    assert state.outcome is not None
    answer: HttpResponse = state.outcome.result()
    return answer


def _wait(state: RetryCallState) -> float:
    """Return the seconds to wait: what the answer asks for, else doubled each time."""
    backoff = min(_FIRST_WAIT * 2.0 ** (state.attempt_number - 1), _LONGEST_WAIT)
    if state.outcome is None or state.outcome.failed:
        return backoff
    asked = retry_after(state.outcome.result())
    return backoff if asked is None else max(asked, backoff)


def retry_after(response: HttpResponse) -> float | None:
    """Return the seconds that ``Retry-After`` asks for (RFC 9110 10.2.3); ``None`` when absent or nonsense."""
    text = response.headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        said = parsedate_to_datetime(response.headers["date"]) if "date" in response.headers else datetime.now(UTC)
        return max((until - said).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
