"""Serves a large register of IST for ``night.py`` in a process of its own; ``turn N`` changes one in a hundred."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

from kaa_bridge.testing.population import Person, build, large_person
from kaa_bridge.testing.population.large import LARGE_AS_OF
from kaa_bridge.testing.simulators.ist import IstSimulator
from kaa_bridge.testing.world import AS_OF


def people(count: int, turn: int) -> Iterator[Person]:
    """Yield the register; from turn 1 on every hundredth person has changed."""
    for index in range(count):
        yield large_person(1, index, turn=turn if index % 100 == 7 else 0)


def main(count: int) -> None:
    """Serve until standard input ends."""
    small = replace(build(1, as_of=AS_OF, size=1, poisoned=False), as_of=LARGE_AS_OF)
    with IstSimulator(small, bulk=people(count, 0), token_life=86400.0) as server:
        print(server.url, server.token_url, flush=True)
        for line in sys.stdin:
            turn = int(line.split()[1])
            server.update_bulk(people(count, turn), LARGE_AS_OF)
            print("ready", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
