"""What the sources together prove: only a proven whole makes an empty answer mean *none*."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace


class SourceHealth(Struct, frozen=True):
    """How far a source can be trusted tonight.

    Attributes:
        tells: what the source would know.
        proved_on: the day of its last proven whole, ``None`` when there was none.
        trust_days: how many days that still counts.
        frozen: whether the day lies in a window in which the source is not updated.
        reads: what its mapping reads, which can be more than it is trusted to know.
    """

    name: str
    tells: frozenset[str]
    proved_on: date | None
    trust_days: int
    frozen: bool
    reads: frozenset[str] = frozenset()

    def proves(self, as_of: date) -> bool:
        """Tell whether the silence of the source means something on the day."""
        if self.frozen or self.proved_on is None:
            return False
        return as_of - self.proved_on <= timedelta(days=self.trust_days)


class Completeness(Struct, frozen=True):
    """Whether everything that the configured sources would know is known, and whether one of them is frozen.

    Attributes:
        tellers: (kind of fact, source) of each source that is not frozen and would know; no part of what is equal.
        readers: (kind of fact, source) of each source a record of which may hold such a fact, a frozen one too; no part
            of what is equal.
    """

    placements: bool
    qualifications: bool
    frozen: bool
    tellers: frozenset[tuple[str, str]] = frozenset()
    readers: frozenset[tuple[str, str]] = frozenset()

    def __eq__(self, other: object) -> bool:
        """Tell whether the same is known, whoever tells it."""
        return isinstance(other, Completeness) and self.as_text() == other.as_text()

    def __hash__(self) -> int:
        """Agree with what is equal."""
        return hash(self.as_text())

    @property
    def leaves_frozen(self) -> bool:
        """Whether a frozen source leaves a gap that no other proven source fills."""
        return self.frozen and not self.placements

    def without(self, source: str) -> Completeness:
        """Return what is known of a youth of whom the source said something that could not be read."""
        placements = self.placements and ("placements", source) not in self.readers
        qualifications = self.qualifications and ("qualifications", source) not in self.readers
        if (placements, qualifications) == (self.placements, self.qualifications):
            return self
        return replace(self, placements=placements, qualifications=qualifications)

    def better_than(self, other: Completeness) -> bool:
        """Tell whether something is proven now that was not before: then *investigate* is worth deciding again."""
        return (self.placements and not other.placements) or (self.qualifications and not other.qualifications)

    def as_text(self) -> str:
        """Return a short stable form for the run's summary."""
        return f"{int(self.placements)}{int(self.qualifications)}{int(self.frozen)}"

    @classmethod
    def from_text(cls, text: str) -> Completeness:
        """Read what ``as_text`` wrote; anything else proves nothing."""
        flags = [mark == "1" for mark in text] if len(text) == 3 else [False] * 3
        return cls(flags[0], flags[1], flags[2])


def completeness(sources: Sequence[SourceHealth], *, as_of: date) -> Completeness:
    """Judge the sources together.

    A kind of fact is complete when at least one source tells it and every source that tells it is proven whole. A
    frozen source does not make the others' proof worthless: it is left out where another proven source tells the same.
    """
    return Completeness(
        placements=_complete(sources, "placements", as_of),
        qualifications=_complete(sources, "qualifications", as_of),
        frozen=any(source.frozen and "placements" in source.tells for source in sources),
        tellers=frozenset((what, source.name) for source in sources if not source.frozen for what in source.tells),
        readers=frozenset((what, source.name) for source in sources for what in source.tells | source.reads),
    )


def lacking(sources: Sequence[SourceHealth], what: str, *, as_of: date) -> tuple[str, ...]:
    """Name the sources whose proof is missing for the kind of fact to be complete; the frozen where all tellers are."""
    telling = [source for source in sources if what in source.tells]
    awake = [source for source in telling if not source.frozen]
    return tuple(source.name for source in awake or telling if not source.proves(as_of))


def _complete(sources: Sequence[SourceHealth], what: str, as_of: date) -> bool:
    telling = [source for source in sources if what in source.tells]
    awake = [source for source in telling if not source.frozen]
    return bool(awake) and all(source.proves(as_of) for source in awake)
