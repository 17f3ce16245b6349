"""Compiles one rule to a closure, which runs on the hot path: no object is made and results are remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kaa_bridge.domain.values import Protection
from kaa_bridge.mapping.codes import typed_word
from kaa_bridge.mapping.converters import CONVERTERS
from kaa_bridge.mapping.fields import FIELDS, FactField
from kaa_bridge.mapping.model import RuleModel
from kaa_bridge.mapping.paths import Getter, compile_path, parse_path, scalar
from kaa_bridge.mapping.problems import Finding, RecordRefused, Refused

Rule = Callable[[Any, list[Finding]], Any]
"""Takes a record or an entry, and the findings so far; returns the fact's value, ``None`` when nothing is said."""
Convert = Callable[[Any], Any]

MEMO_LIMIT = 50_000
_MISS = object()
_STRENGTH = (
    Protection.FINGERADE_PERSONUPPGIFTER,
    Protection.SKYDDAD_FOLKBOKFORING,
    Protection.SEKRETESSMARKERING,
    Protection.UNKNOWN,
    Protection.NONE,
)


def nothing(node: Any, found: list[Finding]) -> Any:
    """Be the rule of a fact that the mapping does not name."""
    return None


def compile_rule(
    fact: str, rule: RuleModel | None, codes: Mapping[str, Mapping[str, str]], as_of: date, within: str = ""
) -> Rule:
    """Return the closure of a rule; ``within`` is the path of the entry that its paths start from."""
    if rule is None:
        return nothing
    if rule.const is not None:
        value = typed_word(fact, rule.const)
        return lambda node, found: value
    field = FIELDS[fact]
    convert = conversion(fact, rule, codes, as_of)
    refuse = _refusal(fact, rule, field, within)
    default = typed_word(fact, rule.default) if rule.default else None
    at_once = rule.required or (field.at_once and rule.default is None)
    missing = (lambda found: refuse("missing", found)) if at_once else (lambda found: default)
    get = getter(rule)
    if rule.parts is None and _remembers(rule, field):
        return _remembering(get, convert, refuse, missing)
    return _plain(get, convert, refuse, missing)


def getter(rule: RuleModel) -> Getter:
    """Return what reads a rule's raw value."""
    paths = [compile_path(parse_path(path)) for path in rule.path or rule.parts or ()]
    if rule.parts is not None:
        return _joined(paths, pad=2 if rule.convert == "municipality" else 0)
    if len(paths) == 1:
        return paths[0]

    def first(node: Any) -> Any:
        for path in paths[:-1]:
            value = _quiet(path, node)
            if value is not None and value != "":
                return value
        return paths[-1](node)

    return first


def _quiet(path: Getter, node: Any) -> Any:
    """Read a path that others follow: an entry without the name it filters by is no answer, and no problem yet."""
    try:
        return path(node)
    except Refused as refused:
        if refused.code == "filter_key_missing":
            return None
        raise


def strongest(rules: list[Rule]) -> Rule:
    """Return a rule that gives the strongest protection of several answers; one unknown outweighs ``none``."""
    if len(rules) == 1:
        return rules[0]
    return lambda node, found: min((rule(node, found) for rule in rules), key=_STRENGTH.index)


def _joined(paths: list[Getter], *, pad: int) -> Getter:
    def join(node: Any) -> Any:
        parts = [scalar(path(node)) for path in paths]
        if any(part is None or part == "" for part in parts):
            return None
        if any(part.__class__ is not str and part.__class__ is not int for part in parts):
            raise Refused("wrong_type")
        texts = [str(part).strip() for part in parts]
        if pad and any(len(text) > pad for text in texts):
            raise Refused("bad_municipality")
        return "".join(text.zfill(pad) for text in texts) if pad else "|".join(texts)

    return join


def _remembers(rule: RuleModel, field: FactField) -> bool:
    return rule.codes is not None or CONVERTERS[rule.convert or field.convert].memo


def conversion(fact: str, rule: RuleModel, codes: Mapping[str, Mapping[str, str]], as_of: date) -> Convert:
    """Return what turns a raw value into the fact's value, or raises ``Refused``."""
    if rule.codes is None:
        call = CONVERTERS[rule.convert or FIELDS[fact].convert].call
        return lambda value: call(value, as_of)
    table = codes[rule.codes] if isinstance(rule.codes, str) else rule.codes
    words = {code: typed_word(fact, word) for code, word in table.items()}
    before = CONVERTERS[rule.convert].call if rule.convert else None

    def look_up(value: Any) -> Any:
        text = _code_text(value if before is None else before(value, as_of))
        if text not in words:
            raise Refused("unknown_code")
        return words[text]

    return look_up


def _code_text(value: Any) -> str:
    if value.__class__ is str:
        return value.strip()
    if value.__class__ is bool:
        return "true" if value else "false"
    if value.__class__ is int:
        return str(value)
    raise Refused("wrong_type")


def _refusal(fact: str, rule: RuleModel, field: FactField, within: str) -> Callable[[str, list[Finding]], Any]:
    policy = rule.unknown or field.policies[0]
    places = rule.path or rule.parts or ["."]
    place = f"{within}/{places[0]}" if within else places[0]
    finding_only = policy == "unknown"
    soft_date = "unknown" in field.policies

    def refuse(code: str, found: list[Finding]) -> Any:
        if finding_only or (code == "incomplete_date" and soft_date):
            found.append(Finding(code, place, fact))
            return field.on_unknown
        raise RecordRefused(code, place, fact) from None

    return refuse


def _slow(value: Any, convert: Convert, refuse: Any, missing: Any, found: list[Finding]) -> Any:
    """Read a value that is no plain text: a structure, an absence, or a refusal."""
    try:
        value = scalar(value)
        if value is None or (value.__class__ is str and not value.strip()):
            return missing(found)
        return convert(value)
    except Refused as refused:
        return refuse(refused.code, found)


def _plain(get: Getter, convert: Convert, refuse: Any, missing: Any) -> Rule:
    def rule(node: Any, found: list[Finding]) -> Any:
        try:
            value = get(node)
            if value is None:
                return missing(found)
            if value.__class__ is str and value:
                return convert(value) if not value.isspace() else missing(found)
        except Refused as refused:
            return refuse(refused.code, found)
        return _slow(value, convert, refuse, missing, found)

    return rule


def _remembering(get: Getter, convert: Convert, refuse: Any, missing: Any) -> Rule:
    memo: dict[Any, Any] = {}

    def rule(node: Any, found: list[Finding]) -> Any:
        try:
            value = get(node)
            if value is None:
                return missing(found)
            if value.__class__ is str:
                known = memo.get(value, _MISS)
                if known is not _MISS:
                    return known
                if value and not value.isspace():
                    result = convert(value)
                    if len(memo) < MEMO_LIMIT:
                        memo[value] = result
                    return result
        except Refused as refused:
            return refuse(refused.code, found)
        return _slow(value, convert, refuse, missing, found)

    return rule
