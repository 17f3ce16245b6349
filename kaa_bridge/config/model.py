"""The configuration file ``kaa-bridge.toml`` as a strict model: an unknown key is an error that names its place."""

# Annotations are values here: pydantic would otherwise compile each of them from its text, at every start.

from datetime import date
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kaa_bridge.contract.journal import NoteKind

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""A configured name: lower case, safe in logs, file names and metrics."""
MunicipalityCode = Annotated[str, Field(pattern=r"^\d{4}$")]
Tells = Literal["placements", "qualifications", "residence", "events"]
"""What a source would know: only these count when it is asked whether everything is known."""


class Strict(BaseModel):
    """Base of all tables: unknown keys and wrong types are refused.

    A default table is made with ``model_construct``: its own defaults need no validator, which takes time to build.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class StoreTable(Strict):
    """``[store]``: where the state is kept. ``sqlcipher`` (encrypted, the default) needs only a key file.

    Attributes:
        kind: an encrypted file, a plain file (on an encrypted disk only), or a PostgreSQL schema.
        key: reference to the state key: a file of mode 0600, a systemd credential or the keyring.
        url: address of the PostgreSQL database, with ``kind = "postgresql"`` and only then; never with a password.
    """

    kind: Literal["sqlcipher", "sqlite", "postgresql"] = "sqlcipher"
    key: dict[str, str] = Field(default_factory=lambda: {"file": "kaa-bridge.key"})
    url: str | None = None

    @model_validator(mode="after")
    def _can_be_opened(self) -> Self:
        if len(self.key) != 1:
            raise ValueError("key names one place: file, credential or keyring")
        if (self.kind == "postgresql") != (self.url is not None):
            raise ValueError("url is given with kind = 'postgresql', and only then")
        if self.url and _holds_password(self.url):
            raise ValueError("url holds a password, which belongs in a pgpass file (docs/how-to/use-postgresql.md)")
        return self


def _holds_password(url: str) -> bool:
    """Tell whether libpq would find a password in the address; it reads one otherwise than ``urllib`` does."""
    first, _, path = url.partition("://")[2].partition("/")
    user, _, host = first.partition("@") if "@" in first else ("", "", first)
    names = (pair.partition("=")[0] for pair in f"{host}/{path}".partition("?")[2].split("&"))
    return ":" in user or any(unquote(name).strip().endswith(("password", "secret")) for name in names)


class PluginsTable(Strict):
    """``[plugins]``: which installed plugins may be loaded.

    Attributes:
        allow: entry-point names (``kaa-bridge plugins list``); left out, everything that is installed.
    """

    allow: tuple[str, ...] | None = None


class SourceTable(Strict):
    """``[[municipality.source]]``: one system that knows youths.

    Attributes:
        name: your name for it, in logs, reports and ``--source``.
        adapter: which adapter speaks with it (``kaa-bridge plugins list``).
        mapping: a bundled mapping's name, or a file beside the configuration.
        label: what notes and reports call the source; its name when left out.
        tells: what this source would know; its proven whole is needed before silence counts as *none*.
        trust_days: how many days a proven whole still counts when the source has not answered since.
        limit_seconds: longest wait for one page, and for the reading of 500 records.
        total_seconds: longest wait for all pages, and for the reading of all records.
        max_records: a pull that gives more is taken for one that never ends, and is not used.
        blackout: further yearly windows ("MM-DD/MM-DD", inclusive) in which the source is not updated.
        connection: address, credentials and limits; see the adapter's page.
    """

    name: Name
    adapter: Name
    mapping: str
    label: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    tells: tuple[Tells, ...] = ()
    trust_days: Annotated[int, Field(ge=0, le=366)] = 7
    limit_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0
    total_seconds: Annotated[float, Field(gt=0, le=86400)] = 3600.0
    max_records: Annotated[int, Field(ge=1)] = 2_000_000
    blackout: tuple[Annotated[str, Field(pattern=r"^\d\d-\d\d/\d\d-\d\d$")], ...] = ()
    connection: dict[str, Any] = Field(default_factory=dict)


class SendTable(Strict):
    """``[municipality.journal.send]``: times of the send protocol in seconds (docs/explanation/send-protocol.md).

    Attributes:
        deadline_seconds: how long after the intent the first byte may still leave.
        request_seconds: longest time for one request as a whole.
        settle_seconds: how long a doubt rests before the journal is asked; it must exceed the two above and the
            journal's lateness together.
        parallel: notes sent at once, and so the most that can be undecided after a crash.
    """

    deadline_seconds: Annotated[float, Field(gt=0)] = 5.0
    request_seconds: Annotated[float, Field(gt=0)] = 60.0
    settle_seconds: Annotated[float, Field(gt=0)] = 900.0
    parallel: Annotated[int, Field(ge=1, le=32)] = 1


class UpdatesTable(Strict):
    """``[municipality.updates]``: a register that takes the steps a person has accepted in ``reconcile --apply``.

    Without this table nothing is ever written to a register: closing and adding is done there by hand.

    Attributes:
        name: your name for it, in logs and in the outbox; another one than the source's.
        source: the source whose cases it closes and opens: the left one of the comparison.
        plugin: which plugin writes (``kaa-bridge plugins list``), such as ``oedb_updates``.
        mapping: the mapping whose profile describes the updates; it may be the source's own.
        limit_seconds: longest wait while it is made.
        send: times of the send protocol, as for a journal.
        connection: address, credentials and limits; an account of its own that may write.
    """

    name: Name
    source: Name
    plugin: Name
    mapping: str
    limit_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0
    send: SendTable = SendTable.model_construct()
    connection: dict[str, Any] = Field(default_factory=dict)


class JournalTable(Strict):
    """``[municipality.journal]``: where case notes are written, and from where events are read back.

    Attributes:
        name: your name for it, in logs and reports.
        plugin: which journal plugin speaks with it (``kaa-bridge plugins list``).
        mapping: profile and events of the journal, where its plugin needs a mapping.
        read_events: read back what case officers have recorded there.
        events_back_days: how many days back events are read each night.
        limit_seconds: longest wait for one answer when events are read, a note is looked up or the journal is made.
        max_events: more events than this in one reading are taken for a listing that never ends.
        compare_listing: after each night, compare the journal's own listing with the outbox, where it can list; switch
            it off where several municipalities write to one module, since each would see the others' notes.
        send: times of the send protocol.
        connection: address, credentials and limits; see the journal's page.
    """

    name: Name
    plugin: Name
    mapping: str | None = None
    read_events: bool = False
    events_back_days: Annotated[int, Field(ge=1, le=3660)] = 180
    limit_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0
    max_events: Annotated[int, Field(ge=1)] = 2_000_000
    compare_listing: bool = True
    send: SendTable = SendTable.model_construct()
    connection: dict[str, Any] = Field(default_factory=dict)


class GuardTable(Strict):
    """``[municipality.guard]``: limits beyond which a night stops and a person decides.

    Attributes:
        leavers_count: this many may disappear from a source in a night, whatever its size.
        leavers_share: and this share of what the source held before, where that is more.
        notes_count: this many new notes may be planned in a night.
        notes_factor: and this many times the usual number (median of seven nights without a hold), where that is more.
        notes_per_youth: most new notes in a night for one youth.
        quarantine_share: this share of a source's records may be unusable.
        quarantine_count: and this many, where that is more.
    """

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
        still_in_compulsory_school: what going on in grundskola or the like after skolplikt means.
        awaiting_start: what being admitted to an education that begins later means; ``covered`` is the law's letter.
        equivalent_school_forms: school forms whose attendance always counts as motsvarande utbildning.
        term_ends: last days of the spring terms, as the huvudman has set them.
        registration_proves_life: whether a current folkbokföring proves that the person lives in Sweden, where no
            source tells the life status.
        no_show_days: days after the first term's start within which a pupil must come or report.
        no_show_count: whether those are calendar days or weekdays.
    """

    still_in_compulsory_school: Literal["investigate", "not_covered", "covered"] = "investigate"
    awaiting_start: Literal["investigate", "not_covered", "covered"] = "covered"
    equivalent_school_forms: tuple[str, ...] = ()
    term_ends: tuple[date, ...] = ()
    registration_proves_life: bool = False
    no_show_days: Annotated[int, Field(ge=1, le=30)] = 3
    no_show_count: Literal["calendar", "weekdays"] = "calendar"


class ScbTable(Strict):
    """``[municipality.scb]``: SCB's survey of each half-year (docs/how-to/load-scbs-own-lists.md).

    Attributes:
        layouts: files with SCB's own columns, codes and checks, one for each half-year; without the one asked for, the
            shipped placeholder makes a draft.
        protected: whether youths with a protected identity, or whose protection is unknown, are reported by hand or
            stand in the file.
        never_registered: whether a youth stands in the file whom the law covered on some day, for example between two
            schools, and who never was on the register: not registered by a source, contacted or opened by a night.
    """

    layouts: tuple[str, ...] = ()
    protected: Literal["by_hand", "in_file"] = "by_hand"
    never_registered: Literal["in_file", "left_out"] = "in_file"


class GoalTable(Strict):
    """``[municipality.goal]``: the nämnd's own goal for the share that is offered support, for ``report board``.

    Attributes:
        text: the goal as it was decided, quoted in the report.
        at_least: the share aimed at, such as ``0.6``; left out, the share is to rise from one period to the next.
    """

    text: Annotated[str, Field(min_length=1, max_length=400)]
    at_least: Annotated[float, Field(gt=0, le=1)] | None = None


class MunicipalityTable(Strict):
    """``[[municipality]]``: one municipality, its sources, its journal and its choices.

    Attributes:
        code: four-digit kommunkod, quoted: ``"0581"``.
        name: the municipality's name.
        routine: a bundled routine's name, or a file beside the configuration.
        notes: which kinds of note are written.
        note_templates: kind of note to the name of a plugin's wording of it; the bundled one when left out.
        precedence: names of systems, the most trusted first; the others follow in the order of the file.
        retired: names of sources that were taken out for good or renamed: what they said decides nothing any more, and
            nobody waits for it (docs/how-to/rename-or-remove-a-source.md).
        wait_for_start: a youth who is admitted to a placement that begins later is covered by the letter of the law,
            but no case is opened before the start has passed.
        source: the systems that know youths; at least one.
        journal: where notes are written; without it nothing is sent.
        updates: a register that takes accepted steps of the comparison; without it none is written to.
        guard: limits beyond which a night stops.
        law: choices where the law is silent.
        scb: SCB's survey of each half-year.
        goal: the municipality's own goal, which ``report board`` answers to.
        audit: the control objectives of ``report audit``: a bundled set's name, or a file beside the configuration.
    """

    code: MunicipalityCode
    name: str
    routine: str = "ragunda"
    notes: tuple[NoteKind, ...] = (NoteKind.REGISTERED, NoteKind.ENDED, NoteKind.CORRECTION)
    note_templates: dict[NoteKind, str] = Field(default_factory=dict)
    precedence: tuple[Name, ...] = ()
    retired: tuple[Name, ...] = ()
    wait_for_start: bool = True
    source: Annotated[tuple[SourceTable, ...], Field(min_length=1)]
    journal: JournalTable | None = None
    updates: UpdatesTable | None = None
    guard: GuardTable = GuardTable.model_construct()
    law: LawTable = LawTable.model_construct()
    scb: ScbTable = ScbTable.model_construct()
    goal: GoalTable | None = None
    audit: str = "kontrollmal"

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        names = [source.name for source in self.source] + ([self.journal.name] if self.journal else [])
        taken = names + ([self.updates.name] if self.updates else [])
        if len(set(taken)) != len(taken):
            raise ValueError("two systems of the municipality have the same name")
        if self.updates and self.updates.source not in {source.name for source in self.source}:
            raise ValueError(f"updates.source names no configured source: {self.updates.source}")
        if unknown := set(self.precedence) - set(names):
            raise ValueError(f"precedence names no configured system: {', '.join(sorted(unknown))}")
        if configured := set(self.retired) & set(names):
            raise ValueError(f"retired names a system that is configured: {', '.join(sorted(configured))}")
        return self

    def ranked_names(self) -> tuple[str, ...]:
        """Return the names of all systems, the most trusted first: ``precedence``, then the order of the file."""
        named = [source.name for source in self.source] + ([self.journal.name] if self.journal else [])
        return (*self.precedence, *(name for name in named if name not in self.precedence))


class DaemonTable(Strict):
    """``[daemon]``: when ``kaa-bridge daemon`` runs nights.

    Attributes:
        at: local time in Sweden from which the night of a date is due.
        heartbeat: file, rewritten twice a minute, by which a monitor sees that the daemon lives.
        metrics: file for Prometheus' text collector, rewritten with the heartbeat; left out, none is written.
    """

    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "03:30"
    heartbeat: str = "heartbeat.json"
    metrics: str | None = None


class LimitsTable(Strict):
    """``[limits]``: what the night of one municipality may take, where it runs in a process of its own.

    That is so in the daemon, and in ``run`` when it takes several municipalities.

    Attributes:
        night_seconds: a night that takes longer is ended; what is planned waits, what has left is looked up.
        memory_mib: memory of the night's process (Linux); beyond it the municipality's night fails, and no other.
    """

    night_seconds: Annotated[float, Field(gt=0, le=86400)] = 21600.0
    memory_mib: Annotated[int, Field(ge=256)] = 4096


class Configuration(Strict):
    """The whole file.

    Attributes:
        state_dir: folder of the state; one folder for each municipality is made in it.
        store: where the state is kept.
        plugins: which plugins may be loaded.
        daemon: when the daemon runs nights.
        limits: what a night in a process of its own may take.
        municipality: one table for each municipality.
    """

    state_dir: str = "state"
    store: StoreTable = StoreTable.model_construct()
    plugins: PluginsTable = PluginsTable.model_construct()
    daemon: DaemonTable = DaemonTable.model_construct()
    limits: LimitsTable = LimitsTable.model_construct()
    municipality: Annotated[tuple[MunicipalityTable, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _codes_differ(self) -> Self:
        codes = [municipality.code for municipality in self.municipality]
        if len(set(codes)) != len(codes):
            raise ValueError("two municipalities have the same code")
        return self
