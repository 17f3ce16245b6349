"""One municipality's bridge: its settings, its systems and its state, put together for a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from kaa_bridge.config import MunicipalityTable, SendTable, Settings
from kaa_bridge.contract import Journal, NoteKind
from kaa_bridge.errors import KaaError
from kaa_bridge.host import PluginHost
from kaa_bridge.law.settings import LawSettings, TermEnd
from kaa_bridge.routine import BUILT_IN, Routine, load_routine
from kaa_bridge.store.clock import Clock, SystemClock
from kaa_bridge.store.settings import StoreKind, StoreSettings
from kaa_bridge.sync.sources import Feed, journal_feed, open_journal, open_source
from kaa_bridge.sync.stop import StopRequest

if TYPE_CHECKING:
    from kaa_bridge.journal.settings import SendSettings


class Systems(Struct, kw_only=True):
    """The systems of one municipality. One that cannot be made is kept as its error, not raised."""

    feeds: list[Feed] = field(default_factory=list)
    broken: dict[str, KaaError] = field(default_factory=dict)
    journal: Journal | None = None
    updates: Journal | None = None

    def open(self, host: PluginHost, table: MunicipalityTable, base_dir: Path) -> None:
        """Make every system that the configuration names, or keep why it cannot be made; nothing is called yet."""
        for source in table.source:
            try:
                self.feeds.append(open_source(host, table.code, source, base_dir))
            except KaaError as error:
                self.broken[source.name] = _named(error, source.name)
        if table.journal is not None:
            try:
                self.journal = open_journal(host, table.code, table.journal, base_dir)
                if feed := journal_feed(self.journal, table.journal, base_dir):
                    self.feeds.append(feed)
            except KaaError as error:
                self.broken[table.journal.name] = _named(error, table.journal.name)
        if table.updates is not None:
            try:
                self.updates = open_journal(host, table.code, table.updates, base_dir)
            except KaaError as error:
                self.broken[table.updates.name] = _named(error, table.updates.name)

    def close(self) -> None:
        """Close every system; what a plugin does meanwhile is kept from the others."""
        writers = [one.close for one in (self.journal, self.updates) if one is not None]
        for close in [feed.close for feed in self.feeds] + writers:
            close()


class Bridge(Systems):
    """Everything a run of one municipality needs."""

    settings: Settings
    table: MunicipalityTable
    host: PluginHost
    routine: Routine
    law: LawSettings
    wordings: Mapping[NoteKind, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)
    stop: StopRequest = field(default_factory=StopRequest)

    @property
    def code(self) -> str:
        """The municipality's code."""
        return self.table.code


def make_bridge(settings: Settings, table: MunicipalityTable, host: PluginHost) -> Bridge:
    """Put a municipality's bridge together.

    Raises:
        ConfigurationInvalid: routine, law settings or note templates are wrong. A wrong source or journal is kept in
            ``broken`` so that the rest of the night goes on without it.
    """
    routine = routine_of(settings, table, host)
    bridge = Bridge(settings, table, host, routine, law_settings(table), wordings=wordings_of(table, host))
    bridge.open(host, table, settings.base_dir)
    return bridge


def routine_of(settings: Settings, table: MunicipalityTable, host: PluginHost) -> Routine:
    """Return the municipality's routine, with what plugins add to its language.

    Raises:
        ConfigurationInvalid: there is no such routine, or it is not usable.
    """
    predicates = {**BUILT_IN, **host.added("kaa_predicates")}
    return load_routine(table.routine, base_dir=str(settings.base_dir), predicates=predicates)


def wordings_of(table: MunicipalityTable, host: PluginHost) -> Mapping[NoteKind, str]:
    """Return the note templates that the configuration chooses instead of the bundled ones.

    Raises:
        ConfigurationInvalid: no plugin brings a template of that name, or it is not usable.
    """
    if not table.note_templates:
        return {}
    from kaa_bridge.journal.wording import wordings  # brings the templates' library in

    return wordings(table.note_templates, host.added("kaa_note_templates"))


def _named(error: KaaError, system: str) -> KaaError:
    """Say which system an error is about, where the room that raised it could not know."""
    error.system = error.system or system
    return error


def store_settings(settings: Settings, code: str) -> StoreSettings:
    """Return where a municipality's state is, from the configuration."""
    store = settings.configuration.store
    return StoreSettings(
        municipality=code,
        directory=settings.state_dir / code,
        key=key_reference(store.key, settings.base_dir),
        kind=StoreKind(store.kind),
        url=store.url,
    )


def key_reference(key: dict[str, str], base_dir: Path) -> str:
    """Return the state key's reference, such as ``{file = "kaa-bridge.key"}``, in the form the store reads."""
    ((scheme, name),) = key.items()
    return f"{scheme}:{base_dir / name if scheme == 'file' else name}"


def law_settings(table: MunicipalityTable) -> LawSettings:
    """Return a municipality's choices where the law is silent."""
    law = table.law
    return LawSettings(
        still_in_compulsory_school=law.still_in_compulsory_school,
        awaiting_start=law.awaiting_start,
        equivalent_school_forms=frozenset(law.equivalent_school_forms),
        term_ends=tuple(TermEnd(table.code, day) for day in law.term_ends),
        registration_proves_life=law.registration_proves_life,
        no_show_days=law.no_show_days,
        no_show_count=law.no_show_count,
    )


def send_settings(send: SendTable, *, alone: bool = True) -> SendSettings:
    """Return the times of the send protocol as configured; ``alone``: nothing else of the municipality is written."""
    from kaa_bridge.journal.settings import SendSettings  # a night without a journal needs none of it

    return SendSettings(
        deadline_seconds=send.deadline_seconds,
        request_seconds=send.request_seconds,
        settle_seconds=send.settle_seconds,
        parallel=send.parallel,
        alone=alone,
    )
