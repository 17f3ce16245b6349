"""Mutation testing of the law in one process: mutmut's mutants, pytest's cases, one fork a mutant.

    python -m tests.law.mutate                  # every mutant of kaa_bridge/law
    python -m tests.law.mutate ruleset leaving  # only modules whose name holds one of the words
    python -m tests.law.mutate --again          # only what survived last time

Nothing is copied and no file of the package is touched: an import hook compiles every module of ``kaa_bridge.law`` with
all its mutants beside the original functions, and a fork swaps the code of one function before it runs the cases. The
cases run in an order that kills early (those that reach the function, the cheapest and the last killers first) and stop
at the first that fails; a survivor has passed all of them. ``mutants/law.tsv`` holds the results.
"""

from __future__ import annotations

import argparse
import difflib
import os
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation import trampoline
from mutmut.mutation.file_mutation import mutate_file_contents

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "mutants" / "law.tsv"
PACKAGE = "kaa_bridge.law"
CPU_SECONDS = 15
"""A mutant that keeps the processor for this long does not end, which kills it; all cases together take 2 to 4."""
PROPERTIES = "test_properties.py"
"""Left out unless ``--properties``: searching for a counter-example takes longer than all written cases together."""


@dataclass
class Target:
    """One function of the law, with the mutants that mutmut made of it."""

    module: str
    function: FunctionType
    mutants: dict[str, FunctionType]

    def apply(self, mutant: str) -> None:
        """Let the function, wherever it is already bound, do what the mutant does."""
        wrong = self.mutants[mutant]
        self.function.__code__ = wrong.__code__
        self.function.__defaults__, self.function.__kwdefaults__ = wrong.__defaults__, wrong.__kwdefaults__


TARGETS: list[Target] = []
SOURCES: dict[str, dict[str, list[str]]] = defaultdict(dict)
"""By module: the lines of every generated function, to show what a mutant changed."""


def _keep(mutants: dict[str, Any], **_: bool) -> Callable[[FunctionType], FunctionType]:
    """Stand in for mutmut's trampoline: the function stays itself, at its own speed, and is noted."""

    def note(function: FunctionType) -> FunctionType:
        TARGETS.append(Target(function.__module__, function, mutants))
        return function

    return note


class MutatingLoader(SourceFileLoader):
    """Compiles a module together with all its mutants; never from or to a ``.pyc`` file."""

    def get_code(self, fullname: str) -> CodeType:
        path = Path(self.get_filename(fullname))
        made = mutate_file_contents(str(path), path.read_text("utf-8"))
        lines = made.code.splitlines()
        for name, span in made.line_span_by_function_name.items():
            SOURCES[fullname][name] = lines[span.start - 1 : span.end]
        return compile(made.code, str(path), "exec", dont_inherit=True)


class MutatingFinder(MetaPathFinder):
    """Gives the modules of the law to the loader above and leaves all others alone."""

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if not name.startswith(PACKAGE + "."):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = MutatingLoader(name, spec.origin)
        return spec


def forget() -> None:
    """Empty every cache of the law, so that nothing prepared by the right code answers for a mutant."""
    for name, module in list(sys.modules.items()):
        if name.startswith(PACKAGE):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
    sys.modules[PACKAGE + ".ruleset"]._latest.clear()


def passes(item: pytest.Function) -> bool:
    """Whether the case holds; called straight where it needs no fixture, which is a tenth of the price."""
    given: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    if set(item._fixtureinfo.argnames) - set(given):
        return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))
    try:
        item.obj(**given)
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException:
        return False
    return True


def in_fork(work: Callable[[], list[int]]) -> tuple[list[int], bool]:
    """Return the numbers that the work gives in a process of its own, and whether that process ended by itself."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        try:
            os.write(writing, " ".join(map(str, work())).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        numbers = [int(word) for word in pipe.read().split()]
    return numbers, os.WIFEXITED(os.waitpid(child, 0)[1])


class Trial:
    """Takes over after pytest has collected the cases, and tries one mutant after another."""

    def __init__(self, words: list[str], again: bool) -> None:
        self.words, self.again = words, again
        self.items: list[pytest.Function] = []
        self.reached: dict[str, set[int]] = {}
        self.killers: dict[str, list[int]] = defaultdict(list)
        self.results: dict[str, str] = {}

    def pytest_configure(self) -> None:
        from hypothesis import HealthCheck, Phase, settings  # pytest wants to be first to import its plugins

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile(
            "mutants", derandomize=True, database=None, phases=phases, suppress_health_check=list(HealthCheck)
        )
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = [item for item in session.items if isinstance(item, pytest.Function)]
        started = time.monotonic()
        self.prepare()
        chosen = list(self.choose())
        if in_fork(lambda: self.first_failing(range(len(self.items)))) != ([-1], True):
            pytest.exit("a case fails in a fork without any mutant", returncode=2)
        print(f"{len(self.items)} cases, {len(chosen)} mutants", flush=True)
        RESULTS.parent.mkdir(exist_ok=True)
        for number, (target, mutant) in enumerate(chosen, 1):
            name = f"{target.module}.{mutant}"
            self.results[name] = self.verdict(target, mutant)
            if number % 50 == 0 or number == len(chosen):
                RESULTS.write_text("".join(f"{verdict}\t{name}\n" for name, verdict in self.results.items()), "utf-8")
                print(f"{number} of {len(chosen)}, {time.monotonic() - started:.0f} s", Counter(self.results.values()))
                sys.stdout.flush()
        return True

    def prepare(self) -> None:
        """Run every case once on the right code: each must pass; what each costs and which functions it reaches."""
        cost = [0.0] * len(self.items)
        names = {target.function.__code__: str(id(target)) for target in TARGETS}
        reached: dict[str, set[int]] = defaultdict(set)
        for number, item in enumerate(self.items):
            seen: set[CodeType] = set()
            forget()
            sys.setprofile(lambda frame, *_, seen=seen: seen.add(frame.f_code))
            start = time.process_time()
            held = passes(item)
            sys.setprofile(None)
            cost[number] = time.process_time() - start
            if not held:
                pytest.exit(f"{item.nodeid} fails without any mutant", returncode=2)
            for code in seen & names.keys():
                reached[names[code]].add(number)
        forget()
        order = sorted(range(len(self.items)), key=cost.__getitem__)
        self.items = [self.items[number] for number in order]
        place = {old: new for new, old in enumerate(order)}
        self.reached = {name: {place[number] for number in numbers} for name, numbers in reached.items()}

    def choose(self) -> Iterable[tuple[Target, str]]:
        earlier: set[str] = set()
        if self.again:
            rows = [line.split("\t") for line in RESULTS.read_text("utf-8").splitlines()]
            self.results = {name: verdict for verdict, name in rows}
            earlier = {name for verdict, name in rows if verdict == "survived"}
        for target in TARGETS:
            for mutant in target.mutants:
                if mutant == "_mutmut_orig" or (self.again and f"{target.module}.{mutant}" not in earlier):
                    continue
                if not self.words or any(word in target.module for word in self.words):
                    yield target, mutant

    def first_failing(self, order: Iterable[int]) -> list[int]:
        """Return the first case that does not hold, -1 when all do."""
        return [next((number for number in order if not passes(self.items[number])), -1)]

    def verdict(self, target: Target, mutant: str) -> str:
        """Return ``killed``, ``endless`` or ``survived``."""
        key = str(id(target))
        recent, reached = self.killers[key], self.reached.get(key, set())
        rest = [number for number in range(len(self.items)) if number not in reached]
        order = list(dict.fromkeys([*recent, *_spread(sorted(reached)), *rest]))

        def attempt() -> list[int]:
            target.apply(mutant)
            return self.first_failing(order)

        numbers, ended = in_fork(attempt)
        if not ended or not numbers:
            return "endless"
        if numbers == [-1]:
            return "survived"
        if numbers[0] in recent:
            recent.remove(numbers[0])
        recent.insert(0, numbers[0])
        return "killed"


def _spread(numbers: list[int], first: int = 60) -> list[int]:
    """Return the numbers with a sample over all of them in front: neighbours in cost are neighbours in kind."""
    return [*numbers[:: max(1, len(numbers) // first)], *numbers]


def change(name: str) -> str:
    """Return what a mutant changed, as removed and added lines."""
    module, mutant = name.rsplit(".", 1)
    right = SOURCES[module][mutant.rpartition("__mutmut_")[0] + "__mutmut_orig"]
    wrong = SOURCES[module][mutant]
    lines = list(difflib.unified_diff(right, wrong, lineterm="", n=0))[2:]
    return "\n".join(line for line in lines if not line.startswith("@@") and "__mutmut_" not in line)


def report(results: dict[str, str]) -> None:
    """Print the survivors with what they changed, and the share killed by module."""
    for name, verdict in results.items():
        if verdict == "survived":
            print(f"\n{name}\n{change(name)}")
    by_module: dict[str, Counter[str]] = defaultdict(Counter)
    for name, verdict in results.items():
        by_module[name.rpartition(".")[0]][verdict] += 1
    print()
    for module, counts in [*sorted(by_module.items()), ("all", Counter(results.values()))]:
        dead = counts.total() - counts["survived"]
        print(f"{module}: {dead} of {counts.total()} killed ({dead / counts.total():.1%})")


def main() -> None:
    """Run the trial and report."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("words", nargs="*", help="only modules of the law whose name holds one of these")
    asked.add_argument("--again", action="store_true", help="only the mutants that survived last time")
    asked.add_argument("--properties", action="store_true", help="with the property tests: slow, best with --again")
    chosen = asked.parse_args()
    os.chdir(ROOT)
    vars(trampoline)["wrap_in_trampoline"] = _keep
    sys.meta_path.insert(0, MutatingFinder())
    trial = Trial(chosen.words, chosen.again)
    skipped = [] if chosen.properties else [f"--ignore=tests/law/{PROPERTIES}"]
    status = pytest.main(["-qqs", "--assert=plain", *skipped, "tests/rules", "tests/law"], plugins=[trial])
    if not trial.results:
        sys.exit(int(status) or 1)
    report(trial.results)


if __name__ == "__main__":
    main()
