"""First decisions of youths who were settled while they were pulled: they wait until the others' are written."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Container, Iterator
from functools import lru_cache

from msgspec import Struct, field

from kaa_bridge.law import Verdict

First = tuple[int, str, str, str]
"""id of the youth, outcome, criteria, remarks."""


class Firsts(Struct):
    """The first decisions of youths in order of id, sixteen bytes each: a population shares what is decided."""

    youths: array[int] = field(default_factory=lambda: array("q"))
    told: list[tuple[str, str, str]] = field(default_factory=list)
    taken: int = 0

    def add(self, youth_id: int, verdict: Verdict) -> None:
        """Keep the decision of a youth whose id is higher than all before."""
        self.youths.append(youth_id)
        self.told.append(_words(verdict.outcome, verdict.criteria, verdict.remarks))

    def update(self, other: Firsts) -> None:
        """Take in the decisions of youths with higher ids."""
        self.youths.extend(other.youths)
        self.told += other.told

    def keep(self, youths: Container[int]) -> None:
        """Leave out the decisions of everybody else."""
        kept = [(one, told) for one, told in zip(self.youths, self.told, strict=True) if one in youths]
        self.youths, self.told = array("q", [one for one, _ in kept]), [told for _, told in kept]

    def take(self, last: int | None = None) -> Iterator[First]:
        """Yield the decisions of youths up to an id, or all, that were not yielded before."""
        begin, end = self.taken, len(self.youths) if last is None else bisect_right(self.youths, last)
        self.taken = max(begin, end)
        for at in range(begin, end):
            yield self.youths[at], *self.told[at]


@lru_cache(maxsize=512)
def _words(outcome: str, criteria: str, remarks: tuple[str, ...]) -> tuple[str, str, str]:
    return str(outcome), criteria, " ".join(remarks)
