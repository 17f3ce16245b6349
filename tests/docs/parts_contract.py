"""Hooks, source and journal, from their source text: signatures exactly as they are written."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType

from kaa_bridge.contract import hookspecs
from kaa_bridge.contract import journal as journal_module
from kaa_bridge.contract import predicates as predicates_module
from kaa_bridge.contract import source as source_module
from kaa_bridge.host import load_plugins
from tests.docs.markdown import code_marks, opening, section, table

Function = ast.FunctionDef


def hook_functions() -> list[Function]:
    """Return the hook specifications as they are written."""
    return [node for node in _tree(hookspecs).body if isinstance(node, Function) and _is_hook(node)]


def signature(function: Function) -> str:
    """Return a signature in one line, ``self`` left out."""
    plain = ast.parse(ast.unparse(function.args).join(("def f(", "): ..."))).body[0]
    assert isinstance(plain, Function)
    plain.args.args = [arg for arg in plain.args.args if arg.arg != "self"]
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return f"{function.name}({ast.unparse(plain.args)}){returns}"


def hooks() -> str:
    """Return one section for each hook, with the bundled plugins that use it."""
    users: dict[str, list[str]] = {}
    for plugin in load_plugins().plugins:
        if plugin.distribution != "kaa-bridge":
            continue
        for hook, names in plugin.adds.items():
            users.setdefault(hook, []).append(f"`{plugin.name}` ({', '.join(f'`{name}`' for name in names)})")
    blocks = []
    for function in hook_functions():
        used = ", ".join(users.get(function.name, ["no bundled plugin"]))
        blocks.append(f"### `{signature(function)}`\n\n{_told(function)}\n\nUsed by: {used}.")
    return "\n\n".join(blocks)


def types() -> str:
    """Return the types that stand in the hooks' signatures."""
    return table(("type", "is", "meaning"), list(_aliases(_tree(hookspecs))))


def source() -> str:
    """Return the source contract."""
    names = ("SourceContext", "SourceDescription", "BlackoutWindow", "PullRequest", "Page", "Proof", "CheckResult")
    return _contract(source_module, "Source", names)


def journal() -> str:
    """Return the journal contract."""
    return _contract(
        journal_module, "Journal", ("JournalContext", "JournalDescription", "CaseNote", "Receipt", "Found")
    )


def predicates() -> str:
    """Return what a condition of a routine is, and what it looks at."""
    return "\n\n".join(_record(_class(predicates_module, name)) for name in ("Predicate", "Situation"))


def _contract(module: ModuleType, name: str, records: tuple[str, ...]) -> str:
    methods = [node for node in _class(module, name).body if isinstance(node, Function)]
    blocks = [_method(node) for node in methods if not node.name.startswith("_")]
    return "\n\n".join([*blocks, *(_record(_class(module, record)) for record in records)])


def _method(node: Function) -> str:
    needed = any(ast.unparse(mark) == "abstractmethod" for mark in node.decorator_list)
    kind = "Must be there." if needed else "May be left out."
    text = ast.get_docstring(node) or ""
    raised = section(text, "Raises")
    block = f"### `{signature(node)}`\n\n{_told(node)} {kind}"
    if raised:
        block += "\n\n" + table(("raises", "when"), [(f"`{name}`", code_marks(why)) for name, why in raised.items()])
    return block


def _record(node: ast.ClassDef) -> str:
    text = ast.get_docstring(node) or ""
    meanings = section(text, "Attributes")
    rows = [
        (
            f"`{item.target.id}`",
            f"`{ast.unparse(item.annotation)}`",
            _default(item),
            code_marks(meanings.get(item.target.id, "")),
        )
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]
    if not rows:
        rows = [(f"`{name}`", "", "", code_marks(told)) for name, told in meanings.items()]
    return f"### `{node.name}`\n\n{code_marks(opening(text))}\n\n" + table(
        ("field", "type", "default", "meaning"), rows
    )


def _default(item: ast.AnnAssign) -> str:
    if item.value is None:
        return "required"
    written = ast.unparse(item.value)
    return "`{}`" if "default_factory=dict" in written else f"`{written}`"


def _told(function: Function) -> str:
    return code_marks(opening(ast.get_docstring(function) or ""))


def _aliases(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    for node, after in zip(tree.body, tree.body[1:], strict=False):
        is_alias = isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript)
        if is_alias and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            assert isinstance(node, ast.Assign)
            told = code_marks(inspect.cleandoc(str(after.value.value)))
            yield f"`{ast.unparse(node.targets[0])}`", f"`{ast.unparse(node.value)}`", told


def _is_hook(node: Function) -> bool:
    return any("hookspec" in ast.unparse(mark) for mark in node.decorator_list)


def _class(module: ModuleType, name: str) -> ast.ClassDef:
    return next(node for node in _tree(module).body if isinstance(node, ast.ClassDef) and node.name == name)


def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))
