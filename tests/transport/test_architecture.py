"""What must hold of the source text: sockets and parsers in one room, no retry around a send, no blind trust."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("kaa_bridge", "adapters", "plugins", "mappings")
SHIPPED = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
TRANSPORT = ROOT / "kaa_bridge" / "transport"
TESTING = ROOT / "kaa_bridge" / "testing"
OUTSIDE = [path for path in SHIPPED if TRANSPORT not in path.parents and TESTING not in path.parents]
ROOM = sorted(TRANSPORT.glob("*.py"))

NETWORK = {
    "aiohttp", "asyncio", "ftplib", "http.client", "http.server", "httpx", "imaplib", "openpyxl", "paramiko", "poplib",
    "pycurl", "requests", "requests_toolbelt", "smtplib", "socket", "socketserver", "ssl", "telnetlib",
    "urllib.request", "urllib3", "websockets", "xml", "xmlrpc", "zeep",
}  # fmt: skip
PARSERS = {"HTML", "HTMLParser", "XML", "XMLParser", "XMLPullParser", "fromstring", "iterparse", "parse"}
BLIND = ("CERT_NONE", "CERT_OPTIONAL", "_create_unverified", "verify=False", "InsecureRequestWarning", "trust_env=True")


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _calls(tree: ast.AST, name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr == name)
            or (isinstance(node.func, ast.Name) and node.func.id == name)
        )
    ]


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", OUTSIDE, ids=_short)
def test_no_other_room_opens_sockets_or_foreign_files(path: Path) -> None:
    found = {name for name in _imports(path) if any(name == bad or name.startswith(bad + ".") for bad in NETWORK)}
    assert not found, f"use kaa_bridge.transport instead of {found}"


@pytest.mark.parametrize("path", [*OUTSIDE, *ROOM], ids=_short)
def test_xml_is_parsed_in_one_place(path: Path) -> None:
    if path == TRANSPORT / "xml.py":
        return
    used = {
        node.attr
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("etree", "ET")
    }
    assert not used & PARSERS


@pytest.mark.parametrize("path", SHIPPED, ids=_short)
def test_only_the_retry_module_knows_tenacity_and_only_reads_use_it(path: Path) -> None:
    names = set(_imports(path))
    if path != TRANSPORT / "retry.py":
        assert not any(name.split(".")[0] in ("tenacity", "stamina", "backoff") for name in names)
        assert not any(name.endswith(("util.Retry", "util.retry")) for name in names)
    if path != TRANSPORT / "http.py":
        assert not any("transport.retry" in name for name in names)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_the_send_does_not_reach_the_retry_policy() -> None:
    tree = _tree(TRANSPORT / "http.py")
    reachable, queue = set[str](), ["send_once"]
    bodies = {function.name: function for function in _functions(tree)}
    while queue:
        name = queue.pop()
        if name in reachable or name not in bodies:
            continue
        reachable.add(name)
        for node in ast.walk(bodies[name]):
            if isinstance(node, ast.Attribute):
                queue.append(node.attr)
            elif isinstance(node, ast.Name):
                assert node.id != "read_with_retries", f"{name} leads a send into the retry policy"
                queue.append(node.id)
    assert {"send_once", "_whole", "_connection"} <= reachable
    assert not {"_read", "read_post", "get", "attempt"} & reachable


@pytest.mark.parametrize("path", [*ROOM, *OUTSIDE], ids=_short)
def test_no_loop_and_no_decorator_stands_around_a_send(path: Path) -> None:
    tree = _tree(path)
    if TRANSPORT in path.parents:
        loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)]
        assert not [call for loop in loops for call in _calls(loop, "send_once")]
    for function in _functions(tree):
        if _calls(function, "send_once") or function.name in ("send_once", "create_note"):
            wraps = [ast.unparse(decorator) for decorator in function.decorator_list]
            assert all(wrap in ("abstractmethod", "override", "staticmethod", "classmethod") for wrap in wraps)


@pytest.mark.parametrize("path", [*ROOM, *OUTSIDE], ids=_short)
def test_verification_is_never_loosened(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [mark for mark in BLIND if mark in text.replace(" ", "")]
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.attr for target in targets if isinstance(target, ast.Attribute)}
            assert not names & {"check_hostname", "verify_mode", "verify"}


@pytest.mark.parametrize("path", ROOM, ids=_short)
def test_the_room_reads_one_environment_variable_only(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    uses = text.count("os.environ") + text.count("getenv")
    assert uses == (1 if path.name == "secrets.py" else 0)
