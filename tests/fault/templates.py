"""What a trial begins with: a state, the journal's notes and a day, laid out anew for each trial."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psycopg

from kaa_bridge.store.engine import Store, StoreSettings

_COPY = """DO $$ DECLARE t text; s text; BEGIN
 SET LOCAL session_replication_role = replica;
 FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '{schema}' LOOP
  EXECUTE format('DELETE FROM %I.%I', '{schema}', t);
  EXECUTE format('INSERT INTO %I.%I SELECT * FROM %I.%I', '{schema}', t, '{template}', t);
  IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = format('%I.%I', '{schema}', t)::regclass
   AND attname = 'id') THEN
   s := pg_get_serial_sequence(format('%I.%I', '{schema}', t), 'id');
   EXECUTE format('SELECT setval(%L, (SELECT coalesce(max(id), 0) + 1 FROM %I.%I), false)', s, '{schema}', t);
  END IF;
 END LOOP; END $$"""


@dataclass(frozen=True, slots=True)
class End:
    """What an undisturbed run and the night after it lead to: text by reference, and that night's exit code."""

    expected: dict[str, str]
    exit_code: int


@dataclass(slots=True)
class Template:
    """A kept beginning, and what it must lead to.

    Attributes:
        state: a copy of the state's folder.
        notes: a copy of the journal's file, if it had one.
        day: whose population the systems show.
        ends: what it leads to, when the night after it is of the same day (``False``) or of the next (``True``).
    """

    state: Path
    notes: Path
    day: date
    ends: dict[bool, End] = field(default_factory=dict)


def begin_empty(settings: StoreSettings) -> None:
    """Make a new, empty state in place of what is there."""
    shutil.rmtree(settings.directory, ignore_errors=True)
    if settings.url:
        with psycopg.connect(settings.url, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {settings.schema} CASCADE".encode())
    Store.create(settings).close()


def keep(template: Template, settings: StoreSettings, notes: Path) -> None:
    """Keep the present state and notes as a template; a PostgreSQL schema is kept under another name."""
    shutil.copytree(settings.directory, template.state)
    if notes.exists():
        shutil.copy(notes, template.notes)
    if settings.url:
        with psycopg.connect(settings.url, autocommit=True) as connection:
            connection.execute(f"ALTER SCHEMA {settings.schema} RENAME TO {_kept(template, settings)}".encode())
        shutil.rmtree(settings.directory)
        Store.create(settings).close()


def lay_out(template: Template, settings: StoreSettings, notes: Path) -> None:
    """Put a template's state and notes where a trial uses them."""
    shutil.rmtree(settings.directory, ignore_errors=True)
    shutil.copytree(template.state, settings.directory)
    if settings.url:
        with psycopg.connect(settings.url) as connection:
            copy = _COPY.format(schema=settings.schema, template=_kept(template, settings))
            connection.execute(copy.encode())
    if template.notes.exists():
        shutil.copy(template.notes, notes)


def _kept(template: Template, settings: StoreSettings) -> str:
    return f"{settings.schema}_{template.state.name.replace('-', '_')}"
