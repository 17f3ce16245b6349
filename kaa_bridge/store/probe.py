"""Named crash points: where the fault harness may stop the process.

In use the hook is empty and a point costs one function call. The harness sets its own hook to kill, pause or terminate
the process at the k-th point; SQL statements and commits are points as well (``SQL_POINTS``), reported by the engine's
own events only while a hook is set, so that the hot path pays nothing for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

Hook = Callable[[str], None]

_hook: Hook | None = None


def point(name: str) -> None:
    """Pass a named crash point, for example ``rename:witness:before`` or ``network:create_note:after``."""
    if _hook is not None:
        _hook(name)


def watch(hook: Hook | None) -> None:
    """Set the hook, or take it away with ``None``. Only for tests; call it before the store is opened."""
    global _hook
    _hook = hook


@contextmanager
def around(statement: str) -> Iterator[None]:
    """Pass the points before and after a statement that goes to the driver itself."""
    point_of(statement, "before")
    yield
    point_of(statement, "after")


def point_of(statement: str, when: str) -> None:
    """Pass the point before or after a statement."""
    if _hook is not None:
        _hook(f"sql:{_verb(statement)}:{when}")


def attach(engine: Engine) -> None:
    """Make each SQL statement and each commit of the engine a crash point, before and after it."""
    if _hook is None:
        return

    @event.listens_for(engine, "before_cursor_execute")
    def before(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        point_of(statement, "before")

    @event.listens_for(engine, "after_cursor_execute")
    def after(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        point_of(statement, "after")

    dialect = engine.dialect
    commit = dialect.do_commit

    def commit_between_points(connection: Any) -> None:
        point("sql:commit:before")
        commit(connection)
        point("sql:commit:after")

    dialect.do_commit = commit_between_points  # type: ignore[method-assign, assignment]


def _verb(statement: str) -> str:
    words = statement.split(None, 3)
    return "-".join(word.lower() for word in words[:3] if word.isidentifier())
