"""The configuration file ``kaa-bridge.toml`` as a strict model: an unknown key is an error that names its place."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kaa_bridge.contract.journal import NoteKind

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""A configured name: lower case, safe in logs, file names and metrics."""
MunicipalityCode = Annotated[str, Field(pattern=r"^\d{4}$")]
Tells = Literal["placements", "qualifications", "residence", "events"]
"""What a source would know: only these count when it is asked whether everything is known."""


class Strict(BaseModel):
    """Base of all tables: unknown keys and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class StoreTable(Strict):
    """``[store]``: where the state is kept. ``sqlcipher`` (encrypted, the default) needs only a key file."""

    kind: Literal["sqlcipher", "sqlite", "postgresql"] = "sqlcipher"
    key: dict[str, str] = Field(default_factory=lambda: {"file": "kaa-bridge.key"})
    url: str | None = None

    @model_validator(mode="after")
    def _url_with_postgresql(self) -> StoreTable:
        if (self.kind == "postgresql") != (self.url is not None):
            raise ValueError("url is given with kind = 'postgresql', and only then")
        return self


class PluginsTable(Strict):
    """``[plugins]``: the entry-point names that may be loaded; left out, everything that is installed."""

    allow: tuple[str, ...] | None = None


class SourceTable(Strict):
    """``[[municipality.source]]``.

    Attributes:
        label: what notes and reports call the source; its name when left out.
        tells: what this source would know; its proven whole is needed before silence counts as *none*.
        trust_days: how many days a proven whole still counts when the source has not answered since.
        limit_seconds: longest wait for one page; ``total_seconds`` for the whole pull.
        blackout: further yearly windows ("MM-DD/MM-DD", inclusive) in which the source is not updated.
    """

    name: Name
    adapter: Name
    mapping: str
    label: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    tells: tuple[Tells, ...] = ()
    trust_days: Annotated[int, Field(ge=0, le=366)] = 7
    limit_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0
    total_seconds: Annotated[float, Field(gt=0, le=86400)] = 3600.0
    blackout: tuple[Annotated[str, Field(pattern=r"^\d\d-\d\d/\d\d-\d\d$")], ...] = ()
    connection: dict[str, Any] = Field(default_factory=dict)


class SendTable(Strict):
    """``[municipality.send]``: times of the send protocol in seconds (docs/explanation/send-protocol.md)."""

    deadline_seconds: Annotated[float, Field(gt=0)] = 5.0
    request_seconds: Annotated[float, Field(gt=0)] = 60.0
    settle_seconds: Annotated[float, Field(gt=0)] = 900.0
    parallel: Annotated[int, Field(ge=1, le=32)] = 1


class JournalTable(Strict):
    """``[municipality.journal]``: where case notes are written, and from where events are read back."""

    name: Name
    plugin: Name
    mapping: str | None = None
    read_events: bool = False
    events_back_days: Annotated[int, Field(ge=1, le=3660)] = 180
    limit_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0
    send: SendTable = SendTable()
    connection: dict[str, Any] = Field(default_factory=dict)


class GuardTable(Strict):
    """``[municipality.guard]``: limits beyond which a night stops and a person decides."""

    leavers_count: Annotated[int, Field(ge=0)] = 10
    leavers_share: Annotated[float, Field(ge=0, le=1)] = 0.10
    notes_count: Annotated[int, Field(ge=0)] = 25
    notes_factor: Annotated[float, Field(ge=1)] = 3.0
    notes_per_youth: Annotated[int, Field(ge=1)] = 2
    quarantine_share: Annotated[float, Field(ge=0, le=1)] = 0.02
    quarantine_count: Annotated[int, Field(ge=0)] = 5


class LawTable(Strict):
    """``[municipality.law]``: what skollagen leaves open; left out, the defaults of docs/explanation/law.md.

    Attributes:
        term_ends: last days of the spring terms, as the huvudman has set them.
    """

    still_in_compulsory_school: Literal["investigate", "not_covered", "covered"] = "investigate"
    awaiting_start: Literal["investigate", "not_covered", "covered"] = "covered"
    equivalent_school_forms: tuple[str, ...] = ()
    term_ends: tuple[date, ...] = ()
    registration_proves_life: bool = False
    no_show_days: Annotated[int, Field(ge=1, le=30)] = 3
    no_show_count: Literal["calendar", "weekdays"] = "calendar"


class MunicipalityTable(Strict):
    """``[[municipality]]``: one municipality, its sources, its journal and its choices.

    Attributes:
        precedence: names of systems, the most trusted first; the others follow in the order of the file.
        wait_for_start: a youth who is admitted to a placement that begins later is covered by the letter of the law,
            but no case is opened before the start has passed.
    """

    code: MunicipalityCode
    name: str
    routine: str = "ragunda"
    notes: tuple[NoteKind, ...] = (NoteKind.REGISTERED, NoteKind.ENDED, NoteKind.CORRECTION)
    precedence: tuple[Name, ...] = ()
    wait_for_start: bool = True
    source: Annotated[tuple[SourceTable, ...], Field(min_length=1)]
    journal: JournalTable | None = None
    guard: GuardTable = GuardTable()
    law: LawTable = LawTable()

    @model_validator(mode="after")
    def _names_agree(self) -> MunicipalityTable:
        names = [source.name for source in self.source] + ([self.journal.name] if self.journal else [])
        if len(set(names)) != len(names):
            raise ValueError("two systems of the municipality have the same name")
        if unknown := set(self.precedence) - set(names):
            raise ValueError(f"precedence names no configured system: {', '.join(sorted(unknown))}")
        return self

    def ranked_names(self) -> tuple[str, ...]:
        """Return the names of all systems, the most trusted first: ``precedence``, then the order of the file."""
        named = [source.name for source in self.source] + ([self.journal.name] if self.journal else [])
        return (*self.precedence, *(name for name in named if name not in self.precedence))


class DaemonTable(Strict):
    """``[daemon]``: at what local time nights start (Europe/Stockholm), and the heartbeat file."""

    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "03:30"
    heartbeat: str = "heartbeat.json"


class Configuration(Strict):
    """The whole file."""

    state_dir: str = "state"
    store: StoreTable = StoreTable()
    plugins: PluginsTable = PluginsTable()
    daemon: DaemonTable = DaemonTable()
    municipality: Annotated[tuple[MunicipalityTable, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _codes_differ(self) -> Configuration:
        codes = [municipality.code for municipality in self.municipality]
        if len(set(codes)) != len(codes):
            raise ValueError("two municipalities have the same code")
        return self
