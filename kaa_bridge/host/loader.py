"""Finds and loads plugins one at a time; what fails is reported and takes nothing else down."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from importlib.metadata import Distribution, EntryPoint, entry_points
from typing import Any

import pluggy
from msgspec import Struct, field

from kaa_bridge.contract import GROUP, JournalFactory, SourceFactory, hookspecs
from kaa_bridge.errors import ConfigurationInvalid, KaaError
from kaa_bridge.host.supervise import call_limited

_LOAD_SECONDS = 30.0


class PluginStatus(Struct, frozen=True):
    """One line of ``plugins list``: where a plugin comes from, what it adds, and why it is not used if so."""

    name: str
    module: str
    package: Distribution | None
    adds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    error: str = ""
    allowed: bool = True

    @property
    def distribution(self) -> str:
        """The distribution that it was installed with, ``-`` where there is none."""
        return _named(self.package)[0] if self.package else "-"

    @property
    def version(self) -> str:
        """The version of that distribution."""
        return _named(self.package)[1] if self.package else "-"

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON data."""
        shown = ("name", "module", "distribution", "version", "adds", "error", "allowed")
        return {name: getattr(self, name) for name in shown}


class PluginHost(Struct):
    """The plugins that loaded, and everything they add, by kind and name."""

    manager: pluggy.PluginManager
    plugins: tuple[PluginStatus, ...] = ()
    additions: dict[str, dict[str, Any]] = field(default_factory=dict)

    def source_factory(self, adapter: str) -> SourceFactory:
        """Return the factory of an adapter name.

        Raises:
            ConfigurationInvalid: no loaded plugin adds it.
        """
        factory: SourceFactory = self._find("kaa_sources", "adapter", adapter)
        return factory

    def journal_factory(self, plugin: str) -> JournalFactory:
        """Return the factory of a journal name.

        Raises:
            ConfigurationInvalid: no loaded plugin adds it.
        """
        factory: JournalFactory = self._find("kaa_journals", "journal plugin", plugin)
        return factory

    def added(self, hook: str) -> Mapping[str, Any]:
        """Return everything that plugins add through one hook, by name."""
        return self.additions.get(hook, {})

    def _find(self, hook: str, what: str, name: str) -> Any:
        found = self.additions.get(hook, {})
        if name in found:
            return found[name]
        known = ", ".join(sorted(found)) or "none"
        raise ConfigurationInvalid(
            "plugin_not_loaded",
            f"The configuration names the {what} '{name}', but no loaded plugin adds it (known: {known}).",
            remedy="Run 'kaa-bridge plugins list' to see what is installed, allowed and failed.",
            system=name,
        )


def load_plugins(*, allow: Collection[str] | None = None, found: Iterable[EntryPoint] | None = None) -> PluginHost:
    """Load the plugins of the entry-point group ``kaa_bridge``, in order of name.

    Args:
        allow: entry-point names that may be loaded; ``None`` allows all that are installed.
        found: entry points to use instead of the installed ones (tests).
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    host = PluginHost(manager)
    entries = entry_points(group=GROUP) if found is None else found
    host.plugins = tuple(
        _load(host, entry, allowed=allow is None or entry.name in allow)
        for entry in sorted(entries, key=lambda entry: (entry.name, entry.value))
    )
    return host


def _load(host: PluginHost, entry: EntryPoint, *, allowed: bool) -> PluginStatus:
    if not allowed:
        return PluginStatus(entry.name, entry.value, entry.dist, allowed=False)
    try:
        adds = call_limited(lambda: _register(host, entry), seconds=_LOAD_SECONDS, system=entry.name)
    except KaaError as error:
        if host.manager.has_plugin(entry.name):
            host.manager.unregister(name=entry.name)
        return PluginStatus(entry.name, entry.value, entry.dist, error=f"{error.code}: {error.message}")
    for hook, names in adds.items():
        host.additions.setdefault(hook, {}).update(names)
    shown = {hook: tuple(sorted(names)) for hook, names in adds.items() if names}
    return PluginStatus(entry.name, entry.value, entry.dist, adds=shown)


@cache
def _named(distribution: Distribution) -> tuple[str, str]:
    """Return name and version; each reading of them parses the distribution's whole metadata."""
    told = distribution.metadata
    return told["Name"], told["Version"]


def _register(host: PluginHost, entry: EntryPoint) -> dict[str, dict[str, Any]]:
    plugin = entry.load()
    host.manager.register(plugin, name=entry.name)
    _refuse_misspelt(host.manager, entry.name)
    others = [other for other in host.manager.get_plugins() if other is not plugin]
    adds: dict[str, dict[str, Any]] = {}
    for hook in _hook_names():
        caller = host.manager.subset_hook_caller(hook, remove_plugins=others)
        adds[hook] = {name: value for given in caller() for name, value in dict(given).items()}
        _refuse_twice(host, hook, adds[hook])
    return adds


def _refuse_misspelt(manager: pluggy.PluginManager, name: str) -> None:
    try:
        manager.check_pending()
    except pluggy.PluginValidationError:
        raise ConfigurationInvalid(
            "hook_unknown",
            f"The plugin '{name}' marks a function as a hook that kaa-bridge does not have.",
            remedy="Compare its function names with docs/reference/hooks.md.",
            system=name,
        ) from None


def _refuse_twice(host: PluginHost, hook: str, names: Mapping[str, Callable[..., Any]]) -> None:
    for name, value in names.items():
        if earlier := host.additions.get(hook, {}).get(name):
            raise ConfigurationInvalid(
                "plugin_name_taken",
                f"The name '{name}' is added by {_owner(earlier)} and again by {_owner(value)}.",
                remedy="Keep one of them in 'plugins.allow' of the configuration.",
                system=name,
            )


def _owner(factory: object) -> str:
    return str(getattr(factory, "__module__", type(factory).__module__))


def _hook_names() -> tuple[str, ...]:
    return tuple(sorted(name for name in vars(hookspecs) if name.startswith("kaa_")))
