"""Ways to spoil the process that the plugin runs in, and then to go on as if nothing were."""

from __future__ import annotations

import _thread
import builtins
import ctypes
import gc
import locale
import logging
import os
import random
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from kaa_bridge.testing.hostile.canary import CANARY


def hangs() -> None:
    """Never answer."""
    threading.Event().wait()


def spins() -> None:
    """Never answer, and keep a processor busy meanwhile."""
    while True:
        pass


def prints_persons() -> None:
    """Print persons to standard output, standard error, warnings and the root logger."""
    for stream in (sys.stdout, sys.stderr):
        print(CANARY, file=stream, flush=True)
    for descriptor in (1, 2):
        os.write(descriptor, CANARY.encode())
    warnings.warn(CANARY, stacklevel=1)
    logging.getLogger().critical(CANARY)


def closes_stdout() -> None:
    """Close standard output and standard error, as objects and as descriptors."""
    sys.stdout.close()
    sys.stderr.close()
    os.close(1)
    os.close(2)


def replaces_streams() -> None:
    """Put objects that raise in place of standard output and standard error."""
    broken: Any = object()
    sys.stdout = sys.stderr = broken


def changes_folder() -> None:
    """Change the working folder and the file mode mask."""
    os.chdir("/")
    os.umask(0)


def changes_environment() -> None:
    """Empty the environment and move the process to another time zone."""
    os.environ.clear()
    os.environ["TZ"] = "Pacific/Kiritimati"
    if hasattr(time, "tzset"):
        time.tzset()


def changes_locale() -> None:
    """Set a locale with other decimals and another order of letters, where there is one."""
    for name in ("tr_TR.UTF-8", "sv_SE.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        return


def changes_signals() -> None:
    """Ignore the signals that end a process, and arm an alarm."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0.2)


def changes_warnings() -> None:
    """Turn every warning into an error, everywhere."""
    warnings.resetwarnings()
    warnings.simplefilter("error")


def changes_logging() -> None:
    """Log everything that every library says to standard output, bodies included."""
    logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, force=True)
    for name in ("urllib3", "zeep", "requests", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger("requests").debug(CANARY)


def changes_interpreter() -> None:
    """Lower the limit of recursion, switch the garbage collector off, trace, and shorten every socket's time."""
    gc.disable()
    sys.setrecursionlimit(200)
    sys.setswitchinterval(1.0)
    socket.setdefaulttimeout(0.0001)
    threading.settrace(lambda *_: None)
    random.seed(1)


def replaces_builtins() -> None:
    """Replace functions that everybody uses: ``open``, ``print``, ``len`` of the whole process."""

    def broken(*_: object, **__: object) -> Any:
        raise OSError(CANARY)

    builtins.open = builtins.print = broken
    os.replace = broken
    os.fsync = broken


def replaces_our_code() -> None:
    """Replace the law of the running process by one that covers nobody."""
    from kaa_bridge.sync import decide

    spoilt: Any = decide
    spoilt.decide_youths = lambda *_, **__: iter(())


def spoils_modules() -> None:
    """Empty the search path and take loaded modules away."""
    sys.path.clear()
    for name in ("json", "datetime", "decimal"):
        sys.modules.pop(name, None)


def leaves_threads() -> None:
    """Leave threads running that are waited for when a process ends, one of which raises with a person."""
    for work in (threading.Event().wait, _sleeps_long, _raises_in_thread):
        threading.Thread(target=work, daemon=False).start()


def leaves_exit_handlers() -> None:
    """Leave an exit handler that never returns."""
    import atexit

    atexit.register(threading.Event().wait)


def leaves_descriptors() -> None:
    """Open files until the process may open no more."""
    while True:
        os.open(os.devnull, os.O_RDONLY)


def forks() -> None:
    """Fork and let the child go on as the bridge, with its locks and connections."""
    if hasattr(os, "fork") and os.fork() == 0:
        time.sleep(3600)


def starts_processes() -> None:
    """Start a process that outlives this one and keeps every descriptor open."""
    import subprocess

    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], close_fds=False)


def interrupts_the_main_thread() -> None:
    """Send the main thread the interrupt of Ctrl-C."""
    _thread.interrupt_main()


def ends_the_process() -> None:
    """End the process with success, at once, past every handler."""
    os._exit(0)


def kills_the_process() -> None:
    """Kill the process with a signal that nothing can catch."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def terminates_the_process() -> None:
    """Send the process the signal with which a service manager stops it."""
    os.kill(os.getpid(), signal.SIGTERM)


def crashes_the_interpreter() -> None:
    """Read from address 0 in C."""
    ctypes.string_at(0)


def takes_all_memory() -> None:
    """Take memory until there is no more for the process."""
    hoard = []
    while True:
        hoard.append(bytearray(16 * 1024 * 1024))


def _sleeps_long() -> None:
    time.sleep(3600)


def _raises_in_thread() -> None:
    raise ValueError(CANARY)


PROCESS_WAYS: Mapping[str, Callable[[], None]] = {
    way.__name__: way
    for way in (
        *(hangs, spins, prints_persons, closes_stdout, replaces_streams, changes_folder, changes_environment),
        *(changes_locale, changes_signals, changes_warnings, changes_logging, changes_interpreter),
        *(replaces_builtins, replaces_our_code, spoils_modules, leaves_threads, leaves_exit_handlers),
        *(leaves_descriptors, forks, starts_processes, interrupts_the_main_thread, ends_the_process),
        *(kills_the_process, terminates_the_process, crashes_the_interpreter, takes_all_memory),
    )
}
"""Each may return: the plugin then goes on as a good one."""
