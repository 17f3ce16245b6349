"""A seeded Swedish population in which everything happens, for tests, demo and benchmarks.

Nobody in it exists: numbers are from the published test series or have birth dates in 2090-2093, names and streets are
invented. The simulated systems render these people; none adds to them.
"""

from kaa_bridge.testing.population.build import build
from kaa_bridge.testing.population.evolve import evolve
from kaa_bridge.testing.population.large import build_large, large_person
from kaa_bridge.testing.population.model import Person, Poison, PoisonKind, Population, SchoolUnit

__all__ = [
    "Person",
    "Poison",
    "PoisonKind",
    "Population",
    "SchoolUnit",
    "build",
    "build_large",
    "evolve",
    "large_person",
]
