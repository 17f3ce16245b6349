"""The documentation holds: its links lead somewhere, its commands exist, and it names no machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kaa_bridge.config import Configuration
from tests.docs.command_lines import Printed, printed_on, problem_with
from tests.docs.generate import DOCS, ROOT

PAGES = {str(path.relative_to(ROOT)): path for path in (*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md")))}
COMMANDS = [found for name, path in PAGES.items() for found in printed_on(path, name)]
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
README = (ROOT / "README.md").read_text(encoding="utf-8")


def links(path: Path) -> list[str]:
    text = _CODE.sub("", path.read_text(encoding="utf-8"))
    return [match["target"] for match in _LINK.finditer(text)]


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them from its headings."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    page = PAGES[name]
    for target in links(page):
        if target.startswith(("https://", "mailto:")):
            continue
        place, _, anchor = target.partition("#")
        there = (page.parent / place).resolve() if place else page
        assert there.exists(), target
        assert ROOT in there.parents, target
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), target


@pytest.mark.parametrize("printed", COMMANDS, ids=str)
def test_printed_commands_exist(printed: Printed) -> None:
    assert problem_with(printed.text, whole=printed.whole) is None


def test_commands_are_found_at_all() -> None:
    assert len(COMMANDS) > 100
    assert {"README.md", "CONTRIBUTING.md", "docs/tutorial/first-night.md"} <= {one.page for one in COMMANDS}


@pytest.mark.parametrize(
    "wrong",
    [
        "kaa-bridge runn",
        "kaa-bridge run --dryrun",
        "kaa-bridge outbox resolv X",
        "kaa-bridge --verbse run",
        "kaa-bridge hold release 1",
    ],
)
def test_a_wrong_command_is_noticed(wrong: str) -> None:
    assert problem_with(wrong, whole=True)


@pytest.mark.parametrize("name", PAGES)
def test_no_machine_and_no_registry_is_named(name: str) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    for folder in ("work", "tmp", "home", "root"):
        assert f"/{folder}/" not in text, folder
    for registry in ("index-url =", "pypi.org/simple", "files.pythonhosted"):
        assert registry not in text, registry


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("docs/") and name != "docs/README.md"])
def test_every_page_is_in_the_index(name: str) -> None:
    indexes = [DOCS / "README.md", DOCS / "handbok" / "index.md"]
    found = {(index.parent / target.partition("#")[0]).resolve() for index in indexes for target in links(index)}
    assert PAGES[name].resolve() in found


def test_readme_has_the_test_command_that_is_run_on_a_bare_machine() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r'grep -m1 "(.+?)" README\.md', script)
    assert pattern
    lines = [line for line in README.splitlines() if re.search(pattern[1], line)]
    assert len(lines) == 1
    assert lines[0] in shell_blocks()
    assert lines[0].startswith("python3 -m venv .venv && .venv/bin/pip install ")


def test_readme_has_the_demo_command_that_is_run_on_a_bare_machine() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    lines = [block for block in shell_blocks() if block.endswith("kaa-bridge demo")]
    assert len(lines) == 1
    assert "kaa-bridge demo" in script
    assert lines[0].startswith("python3 -m venv .venv && .venv/bin/pip install ")


def test_readme_has_both_commands_for_windows() -> None:
    (block,) = re.findall(r"```bat\n(.*?)```", README, flags=re.DOTALL)
    demo, tests = block.strip().splitlines()
    posix = [line.replace(".venv/bin/", ".venv\\Scripts\\").replace("'", "") for line in shell_blocks()[:2]]
    assert [line.replace("py -3", "python3") for line in (demo, tests)] == posix


def shell_blocks() -> list[str]:
    return [block.strip() for block in re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)]


TOML = [
    (name, block)
    for name, path in PAGES.items()
    for block in re.findall(r"```toml\n(.*?)```", path.read_text(encoding="utf-8"), flags=re.DOTALL)
]


@pytest.mark.parametrize(("name", "block"), TOML, ids=[f"{name} {number}" for number, (name, _) in enumerate(TOML)])
def test_printed_toml_can_be_read(name: str, block: str) -> None:
    assert tomllib.loads(block)


def test_the_configuration_of_several_municipalities_is_a_configuration() -> None:
    (block,) = [block for name, block in TOML if name.endswith("configure-several-municipalities.md")]
    found = Configuration.model_validate(tomllib.loads(block), strict=False)
    assert [one.code for one in found.municipality] == ["2303", "2326"]


def test_the_store_of_the_postgresql_page_is_a_store() -> None:
    (block,) = [block for name, block in TOML if name.endswith("use-postgresql.md")]
    municipality = {"code": "2303", "name": "X", "source": [{"name": "x", "adapter": "x", "mapping": "x"}]}
    found = Configuration.model_validate({**tomllib.loads(block), "municipality": [municipality]}, strict=False)
    assert found.store.kind == "postgresql"
