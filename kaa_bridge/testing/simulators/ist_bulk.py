"""Pages of persons rendered beforehand into a temporary file: a large register is served at the speed of the socket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from tempfile import TemporaryFile
from threading import Lock

import msgspec

from kaa_bridge.testing.population.model import Person
from kaa_bridge.testing.simulators.ist_render import Style, person_object

_TOKEN = "bulk-page-"  # noqa: S105 - a page token


class BulkPages:
    """The persons of a large register, a page at a time; use it as long as the server runs, then ``close`` it."""

    def __init__(self, people: Iterable[Person], style: Style, as_of: date, *, page_size: int) -> None:
        """Render every page; ``modified`` is midnight of ``as_of`` for everybody, so equal people give equal bytes."""
        self._file = TemporaryFile()  # noqa: SIM115 - closed by close()
        self._lock = Lock()
        self._ends = [0]
        self.units: dict[str, Person] = {}
        self.paths: dict[str, Person] = {}
        modified = f"{as_of.isoformat()}T00:00:00+00:00"
        pages = _ahead(_paged(iter(people), page_size))
        for number, (page, more) in enumerate(pages):
            self._note(page)
            rows = b",".join(msgspec.json.encode(person_object(person, style, modified, as_of)) for person in page)
            tail = b',"pageToken":"%s%d"}' % (_TOKEN.encode(), number + 1) if more else b"}"
            self._ends.append(self._ends[-1] + self._file.write(b'{"data":[%s]%s' % (rows, tail)))
        self._file.flush()

    def page(self, token: str | None) -> bytes | None:
        """Return the page that the token names (the first without one), ``None`` where there is none such."""
        name = token.removeprefix(_TOKEN) if token else "0"
        number = int(name) if name.isascii() and name.isdigit() else len(self._ends)
        if number >= len(self._ends) - 1:
            return None
        start, end = self._ends[number], self._ends[number + 1]
        with self._lock:
            self._file.seek(start)
            return self._file.read(end - start)

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def _note(self, page: list[Person]) -> None:
        for person in page:
            for place in person.placements_for("ist"):
                self.units.setdefault(place.school_unit or "", person)
                self.paths.setdefault(place.study_path or "", person)


def _paged(people: Iterator[Person], size: int) -> Iterator[list[Person]]:
    while page := list(islice(people, size)):
        yield page


def _ahead(pages: Iterator[list[Person]]) -> Iterator[tuple[list[Person], bool]]:
    held = next(pages, [])
    for page in pages:
        yield held, True
        held = page
    yield held, False
