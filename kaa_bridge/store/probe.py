"""Named crash points: where the fault harness may stop the process.

In use the hook is empty and a point costs one function call. The harness sets its own hook to kill, pause or terminate
the process at the k-th point; SQL statements and commits are points as well (``sql:…``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Hook = Callable[[str], None]

_hook: Hook | None = None


def point(name: str) -> None:
    """Pass a named crash point, for example ``rename:witness:before`` or ``network:create_note:after``."""
    if _hook is not None:
        _hook(name)


def watch(hook: Hook | None) -> None:
    """Set the hook, or take it away with ``None``. Only for tests."""
    global _hook
    _hook = hook


@contextmanager
def around(statement: str) -> Iterator[None]:
    """Pass the points before and after a statement that goes to the driver."""
    if _hook is None:
        yield
        return
    verb = _verb(statement)
    point(f"sql:{verb}:before")
    yield
    point(f"sql:{verb}:after")


def _verb(statement: str) -> str:
    words = statement.split(None, 3)
    return "-".join(word.lower() for word in words[:3] if word.isidentifier())
