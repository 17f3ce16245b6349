"""Keeps Python's cycle collector from going through everything again and again while records stream by."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_YOUNG = 100_000
"""New containers before a collection; a page of records makes about 20 000, nearly all freed without the collector."""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Collect rarely inside the block, and leave out what was alive at its start; cycles are still freed."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_YOUNG, before[1], before[2])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
