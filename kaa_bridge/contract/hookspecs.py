"""The hooks of kaa-bridge: the whole of what a plugin may add.

A plugin is an importable module or package named under the entry-point group ``kaa_bridge``. It marks its functions
with ``@hookimpl`` from ``kaa_bridge.contract``. Few hooks, and each ships with a bundled plugin that uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pluggy

from kaa_bridge.contract.journal import Journal, JournalContext
from kaa_bridge.contract.source import Source, SourceContext

GROUP = "kaa_bridge"

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)

SourceFactory = Callable[[SourceContext], Source]
"""Makes a source from its context; raises ``ConfigurationInvalid`` when the settings or the profile are wrong."""
JournalFactory = Callable[[JournalContext], Journal]
"""Makes a journal from its context; raises ``ConfigurationInvalid`` when the settings or the profile are wrong."""


@hookspec
def kaa_sources() -> Mapping[str, SourceFactory]:
    """Return the kinds of source this plugin adds: adapter name (as in ``adapter = "…"``) to factory."""
    raise NotImplementedError


@hookspec
def kaa_journals() -> Mapping[str, JournalFactory]:
    """Return the kinds of journal this plugin adds: journal name (as in ``plugin = "…"``) to factory."""
    raise NotImplementedError
