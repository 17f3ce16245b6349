"""Makes the configured sources: adapter from its plugin, mapping from its file, windows from both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from kaa_bridge.config import JournalTable, SourceTable, UpdatesTable
from kaa_bridge.contract import (
    BlackoutWindow,
    Journal,
    JournalContext,
    Page,
    Proof,
    PullKind,
    PullRequest,
    Source,
    SourceContext,
)
from kaa_bridge.errors import ConfigurationInvalid
from kaa_bridge.host import GuardedJournal, GuardedSource, PluginHost, call_limited
from kaa_bridge.mapping import Completes, MappingFile, load_mapping
from kaa_bridge.sync.asked import Asked
from kaa_bridge.transport.secrets import resolve_settings


class Feed(Struct, frozen=True):
    """Something that yields pages of records: a source, or the events of a journal.

    Attributes:
        blackouts: windows in which it is not updated, from the plugin and from the configuration.
        snapshot: whether a whole pull means that what is missing has gone.
        keeps_place: whether a pull moves on where the source was read to; a question about one person does not.
        asked: tells whether a record is about the person that was asked for; ``None`` in a pull of everybody.
    """

    name: str
    tells: frozenset[str]
    mapping: MappingFile
    parse: Callable[[bytes], Mapping[str, Any]]
    pages: Callable[[PullRequest], Iterator[Page | Proof]]
    close: Callable[[], None]
    trust_days: int
    limit_seconds: float
    total_seconds: float
    blackouts: tuple[BlackoutWindow, ...] = ()
    snapshot: bool = True
    keeps_place: bool = True
    asked: Asked | None = None
    fetches_person: bool = False
    completes: Completes | None = None
    source: Source | None = None

    def frozen(self, as_of: date) -> BlackoutWindow | None:
        """Return the window in which the day lies, ``None`` when the source is updated as usual."""
        return next((window for window in self.blackouts if window.covers(as_of)), None)


def open_source(host: PluginHost, municipality: str, table: SourceTable, base_dir: Path) -> Feed:
    """Make one configured source.

    Raises:
        ConfigurationInvalid: adapter, mapping, secret, settings or profile are wrong.
        PluginFailed: the plugin broke or hung while it was made.
    """
    mapping = load_mapping(table.mapping, base_dir=str(base_dir))
    factory = host.source_factory(table.adapter)
    context = SourceContext(
        name=table.name,
        municipality=municipality,
        settings=resolve_settings(table.connection, base_dir=base_dir),
        profile=mapping.profile,
        base_dir=str(base_dir),
    )
    made = call_limited(lambda: factory(context), seconds=table.limit_seconds, system=table.name)
    source = GuardedSource(made, name=table.name, seconds=table.limit_seconds, most_records=table.max_records)
    described = source.describe()
    if mapping.facts.absences and PullKind.SNAPSHOT not in described.kinds:
        raise _absences_in_part(table.name)
    return Feed(
        name=table.name,
        tells=frozenset(table.tells),
        mapping=mapping,
        parse=source.parse,
        pages=source.pull,
        close=source.close,
        trust_days=table.trust_days,
        limit_seconds=table.limit_seconds,
        total_seconds=table.total_seconds,
        blackouts=(*described.blackouts, *map(_window, table.blackout)),
        snapshot=PullKind.SNAPSHOT in described.kinds,
        fetches_person=described.fetches_person,
        completes=source.plain_json(),
        source=source,
    )


def open_journal(host: PluginHost, municipality: str, table: JournalTable | UpdatesTable, base_dir: Path) -> Journal:
    """Make the configured journal, or what writes to a register.

    Raises:
        ConfigurationInvalid: plugin, mapping, secret, settings or profile are wrong.
        PluginFailed: the plugin broke or hung while it was made.
    """
    _check_request_limit(table)
    profile = load_mapping(table.mapping, base_dir=str(base_dir)).profile if table.mapping else {}
    factory = host.journal_factory(table.plugin)
    context = JournalContext(
        name=table.name,
        municipality=municipality,
        settings=resolve_settings(table.connection, base_dir=base_dir),
        profile=profile,
        base_dir=str(base_dir),
    )
    made = call_limited(lambda: factory(context), seconds=table.limit_seconds, system=table.name)
    most = table.max_events if isinstance(table, JournalTable) else 0
    return GuardedJournal(made, name=table.name, seconds=table.limit_seconds, most_records=most)


def journal_feed(journal: Journal, table: JournalTable, base_dir: Path) -> Feed | None:
    """Return the events that case officers record in the journal as a feed, ``None`` when they are not read back."""
    if not (table.read_events and table.mapping):
        return None

    def pages(request: PullRequest) -> Iterator[Page | Proof]:
        return journal.read_events(request.as_of - timedelta(days=table.events_back_days))

    return Feed(
        name=table.name,
        tells=frozenset({"events"}),
        mapping=load_mapping(table.mapping, base_dir=str(base_dir)),
        parse=journal.parse_event,
        pages=pages,
        close=lambda: None,
        trust_days=7,
        limit_seconds=table.limit_seconds,
        total_seconds=table.limit_seconds * 10,
        snapshot=False,
    )


def _check_request_limit(table: JournalTable | UpdatesTable) -> None:
    """Refuse a connection whose calls may outlast what the send protocol counts with: a doubt would be asked too early.

    Raises:
        ConfigurationInvalid: with both numbers.
    """
    longest = table.connection.get("total_seconds", 60.0)
    if isinstance(longest, int | float) and longest > table.send.request_seconds:
        raise ConfigurationInvalid(
            "request_limit",
            f"A call to '{table.name}' may take {longest:g} s, but the send protocol counts with "
            f"{table.send.request_seconds:g} s. Nothing was sent.",
            remedy="Set connection.total_seconds at most as long as send.request_seconds (60 when left out).",
            system=table.name,
        )


def _absences_in_part(name: str) -> ConfigurationInvalid:
    return ConfigurationInvalid(
        "absences_in_part",
        f"'{name}' reads absences but delivers only what is new. An absence is not kept until it means that the pupil "
        "has left, so one that is told once would never be seen again. The source was not read.",
        remedy="Let the sender list every absence that goes on in each delivery, and take 'partial = true' away.",
        system=name,
    )


def _window(text: str) -> BlackoutWindow:
    first, last = (tuple(int(part) for part in day.split("-")) for day in text.split("/"))
    return BlackoutWindow((first[0], first[1]), (last[0], last[1]), "configured")
