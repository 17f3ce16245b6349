"""The simulated systems in a process of their own, so that killing the bridge never touches them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, Self

from kaa_bridge.testing.population import Population, build, evolve
from kaa_bridge.testing.simulators.journal_faults import FaultKind
from kaa_bridge.testing.simulators.journal_notes import NoteBook
from kaa_bridge.testing.simulators.journal_server import Answer, JournalServer, SeenRequest
from kaa_bridge.testing.world import AS_OF, World

YOUTHS = 25


class LevelTwoWorld(World):
    """The world with a Treserva whose look-up is declared authoritative, and several sends side by side."""

    parallel = 3

    def text(self) -> str:
        """Return the configuration's text."""
        level = 'module = "kaa"\nlevel = 2\nlateness_seconds = 5'
        text = World.text(self).replace('module = "kaa"', level)
        return text.replace("settle_seconds = ", f"parallel = {self.parallel}\nsettle_seconds = ")


def small_population(size: int = YOUTHS) -> Population:
    """The first youths of the usual population, those with nothing to say included."""
    whole = build(1, as_of=AS_OF)
    return replace(whole, people=whole.people[:size])


class WorldProcess:
    """Starts the world in another process and tells it what to do; use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Name the folder for configuration and notes."""
        self.folder = folder
        self._process: Any = None
        self._pipe: Pipe | None = None

    def __enter__(self) -> Self:
        """Fork, and wait until every system listens."""
        ours, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("fork").Process(target=_serve, args=(self.folder, ours, theirs))
        self._process.start()
        theirs.close()
        self._pipe = ours
        ours.recv()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.tell("stop")
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        assert self._pipe
        self._pipe.close()

    def tell(self, command: str, *args: Any) -> Any:
        """Send a command and wait for its answer."""
        assert self._pipe
        self._pipe.send((command, args))
        return self._pipe.recv()

    def use_notes(self, path: Path) -> None:
        """Let the journal hold the notes of a file, and keep new ones there."""
        self.tell("notes", path)

    def show(self, day: date) -> None:
        """Show the population of a day in every system."""
        self.tell("show", day)

    def fault(self, kind: FaultKind, **given: Any) -> None:
        """Plan a misbehaviour of the journal."""
        self.tell("fault", kind, given)

    def land(self) -> None:
        """Let the notes that are under way land now."""
        self.tell("land")

    def redirect_once(self) -> None:
        """Let the journal answer its next writing with 302 to a portal that answers 200 to everything."""
        self.tell("redirect")


class Portal:
    """A log-in page on loopback, and a journal that once sends its caller there: how notes are lost by redirects."""

    def __init__(self) -> None:
        self.armed = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _LogIn)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def stand_before(self, journal: JournalServer) -> None:
        """Take the journal's place for one writing when armed."""
        usual = journal.respond

        def respond(request: SeenRequest) -> Answer:
            if self.armed and journal.operation_of(request) == "create":
                self.armed = False
                return Answer(status=302, headers={"Location": f"http://127.0.0.1:{self._server.server_port}/login"})
            return usual(request)

        journal.respond = respond  # type: ignore[method-assign]


class _LogIn(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def _serve(folder: Path, theirs: Pipe, pipe: Pipe) -> None:
    """Serve until told to stop, or until the process at the other end is gone."""
    theirs.close()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    first = small_population()
    with Portal() as portal, LevelTwoWorld(folder, population=first, settle_seconds=900) as world:
        shown = AS_OF
        portal.stand_before(world.treserva)
        pipe.send("ready")
        while True:
            try:
                command, args = pipe.recv()
            except EOFError:
                os._exit(0)
            match command:
                case "stop":
                    pipe.send("stopped")
                    break
                case "notes":
                    world.treserva.book = NoteBook(args[0])
                    world.treserva.faults.__init__()  # type: ignore[misc]
                case "land":
                    for timer in world.treserva._timers:
                        if timer.is_alive():
                            timer.cancel()
                            timer.function(*timer.args, **timer.kwargs)
                case "redirect":
                    portal.armed = True
                case "show" if args[0] != shown:
                    shown = args[0]
                    world.treserva._recorded.clear()
                    world.become(first if args[0] == AS_OF else evolve(first, args[0], share=0.4))
                case "fault":
                    world.treserva.fault(args[0], **args[1])
            pipe.send("done")
