"""What a run has done, as counts, codes and opaque handles: the summary that is stored, printed and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field
from msgspec.structs import asdict

from kaa_bridge.errors import ExitCode, KaaError, worst
from kaa_bridge.sync.guard import Breach

if TYPE_CHECKING:
    from kaa_bridge.journal.listing import Compared

_SENT = ("confirmed", "refused", "in_doubt", "held", "waiting", "stopped")
SourceState = Literal["ok", "unproven", "frozen", "held", "failed"]


class SourceReport(Struct):
    """How one source's pull went.

    Attributes:
        refused: why records were quarantined: code, place, count; told also where a guard has rolled the source back.
        findings: what could not be used within the records that were read: code, place, count.
        misfits: what of all present records does not fit the mapping, unchanged ones too: code, place, count.
    """

    name: str
    state: SourceState = "ok"
    how: str = ""
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    quarantined: int = 0
    refused: list[tuple[str, str, int]] = field(default_factory=list)
    findings: list[tuple[str, str, int]] = field(default_factory=list)
    misfits: list[tuple[str, str, int]] = field(default_factory=list)
    seconds: float = 0.0
    error: KaaError | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the report without times (they would make two equal nights differ)."""
        given = {name: getattr(self, name) for name in self.__struct_fields__ if name not in ("seconds", "error")}
        return given | {"error": self.error.code if self.error else None}


class PlanCounts(Struct):
    """What the plan holds."""

    decided: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    begun: int = 0
    ended: int = 0
    conflicts: int = 0
    protected: int = 0
    notes: dict[str, int] = field(default_factory=dict)
    superseded: int = 0
    uncomposed: int = 0

    @property
    def notes_planned(self) -> int:
        """How many notes were planned, of all kinds."""
        return sum(self.notes.values())


class SentCounts(Struct):
    """What came of sending; ``confirmed`` counts this run, the rest is how the outbox stands after it.

    Attributes:
        stopped: why sending ended early (see ``SendReport``).
        held: notes that wait for a person.
        waiting: planned notes that have not left; in a dry run those of earlier runs, which go along.
        error: why nothing could be asked of the journal.
        failure: the worst that it answered (see ``SendReport``).
        listing: the comparison with the journal's own listing, ``None`` where there was none.
    """

    confirmed: int = 0
    refused: int = 0
    in_doubt: int = 0
    held: int = 0
    waiting: int = 0
    stopped: str | None = None
    exit_code: ExitCode = ExitCode.DONE
    error: KaaError | None = None
    failure: KaaError | None = None
    listing: Compared | None = None

    @property
    def errors(self) -> list[KaaError]:
        """What went wrong with the journal, in the order of the night."""
        listing = self.listing.error if self.listing is not None else None
        return [one for one in (self.error, self.failure, listing) if one is not None]

    def as_dict(self) -> dict[str, Any]:
        """Return the counts, and the codes of what went wrong."""
        listing = self.listing.as_dict() if self.listing is not None and self.listing.error is None else None
        counts = {name: getattr(self, name) for name in _SENT}
        return counts | {"errors": [error.code for error in self.errors], "listing": listing}


class NightReport(Struct):
    """One municipality's night; ``updates`` only where a register takes accepted steps.

    Attributes:
        balance: the notes that the run planned, and how many of them are in each state; empty when it planned none.
        removed: sources that are configured no more, with how many of their records are kept.
    """

    municipality: str
    as_of: str
    run_id: int = 0
    dry_run: bool = False
    sources: list[SourceReport] = field(default_factory=list)
    plan: PlanCounts = field(default_factory=PlanCounts)
    breaches: list[Breach] = field(default_factory=list)
    open_holds: int = 0
    in_quarantine: int = 0
    sent: SentCounts = field(default_factory=SentCounts)
    updates: SentCounts | None = None
    balance: dict[str, int] = field(default_factory=dict)
    known: str = ""
    error: KaaError | None = None
    removed: dict[str, int] = field(default_factory=dict)

    @property
    def written(self) -> list[SentCounts]:
        """What came of sending, to the journal and to a register that takes accepted steps."""
        return [self.sent, *([self.updates] if self.updates else [])]

    @property
    def exit_code(self) -> ExitCode:
        """The worst of what happened (contracts.md section 1)."""
        codes = [ExitCode.DONE]
        codes += [source.error.exit_code for source in self.sources if source.error]
        if self.open_holds:
            codes.append(ExitCode.GUARD)
        misfits = any(source.misfits for source in self.sources)
        if self.in_quarantine or self.plan.uncomposed or misfits or self.removed:
            codes.append(ExitCode.ATTENTION)
        if not self.open_holds:
            codes += [one.exit_code for one in self.written]
        codes += [error.exit_code for one in self.written for error in one.errors]
        codes += [self.error.exit_code] if self.error else []
        codes += [self.sent.listing.exit_code] if self.sent.listing else []
        return worst(*codes)

    def summary(self) -> dict[str, Any]:
        """Return what the run's row keeps: deterministic, without persons and times."""
        return {
            "as_of": self.as_of,
            "known": self.known,
            "sources": [source.as_dict() for source in self.sources],
            "plan": asdict(self.plan) | {"notes_planned": self.plan.notes_planned},
            "breaches": [asdict(breach) for breach in self.breaches],
            "open_holds": self.open_holds,
            "in_quarantine": self.in_quarantine,
            "sent": self.sent.as_dict(),
            **({"updates": self.updates.as_dict()} if self.updates else {}),
            **({"balance": self.balance} if self.balance else {}),
            **({"removed": self.removed} if self.removed else {}),
        }
