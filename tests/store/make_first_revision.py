"""Writes revision 0001 anew from ``tables.py``: ``python -m tests.store.make_first_revision``.

Only until the first release. After it a change of the tables is a new revision, and 0001 stays as it was released.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

import kaa_bridge.store.migrations.versions as versions
from kaa_bridge.store.tables import metadata

HEAD = '''# ruff: noqa: E501
"""The first tables of a municipality's state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    for make in (
{calls}    ):
        make()


def downgrade() -> None:
    """Refuse: a state never goes back."""
    raise NotImplementedError("a state never goes back to an earlier table version")
'''


def main() -> None:
    with create_engine("sqlite://").connect() as connection:
        context = MigrationContext.configure(connection)
        operations = produce_migrations(context, metadata).upgrade_ops
    assert operations is not None
    code = "\n".join(line for line in render_python_code(operations).splitlines() if not line.strip().startswith("#"))
    parts: dict[str, str] = {}
    for part in re.split(r"^    (?=op\.)", code, flags=re.MULTILINE):
        if match := re.match(r"op\.create_(?:table|index)\((?:op\.f\()?'(\w+)'\)?(?:, '(\w+)')?", part):
            name = match[2] if part.startswith("op.create_index") else match[1]
            parts[name] = parts.get(name, "") + "    " + part.rstrip() + "\n"
    text = HEAD.format(calls="".join(f"        _make_{name},\n" for name in parts))
    text += "".join(f"\n\ndef _make_{name}() -> None:\n{body}" for name, body in parts.items())
    target = Path(next(iter(versions.__path__))) / "v0001_state.py"
    target.write_text(text)
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(target)], check=True)


if __name__ == "__main__":
    main()
