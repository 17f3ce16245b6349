"""Compiles one rule to a closure, which runs on the hot path: no object is made and results are remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from kaa_bridge.domain.values import Protection
from kaa_bridge.mapping.codes import typed_word
from kaa_bridge.mapping.converters import CONVERTERS, MISS, TEXT_LIMIT, Converter
from kaa_bridge.mapping.fields import FIELDS, FactField
from kaa_bridge.mapping.model import RuleModel
from kaa_bridge.mapping.paths import Getter, compile_path, parse_path, scalar
from kaa_bridge.mapping.problems import Finding, RecordRefused, Refused

Rule = Callable[[Any, list[Finding]], Any]
"""Takes a record or an entry, and the findings so far; returns the fact's value, ``None`` when nothing is said."""
Convert = Callable[[Any, date], Any]
Quick = Callable[[str, Any], Any]
Refuse = Callable[[str, list[Finding]], Any]

MEMO_LIMIT = 50_000
_PLAIN = (str, int, bool)
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


class Reading(Struct, frozen=True):
    """How a raw value becomes a fact, once it is found.

    Attributes:
        quick: the common case of text in one step; gives ``MISS`` when it is not sure.
        read: the full reading, which knows what to do with an absence and a refusal.
        default: the fact when there is no value, unless ``at_once``: then ``read`` is asked.
        is_text: plain text, not remembered and without default: most of a record.
        matches: tells whether text is the fact as it stands; not sure when it says no.
    """

    quick: Quick
    read: Rule
    default: Any
    at_once: bool
    is_text: bool
    matches: Callable[[str], object] | None


def reading_of(
    fact: str, rule: RuleModel, codes: Mapping[str, Mapping[str, str]], as_of: date, within: str = ""
) -> Reading:
    """Return how the values of a rule are read."""
    field = FIELDS[fact]
    default = typed_word(fact, rule.default) if rule.default else None
    at_once = rule.required or (field.at_once and rule.default is None)
    converter = CONVERTERS[rule.convert or field.convert]
    remembers = rule.codes is not None or converter.memo
    memos: dict[type, dict[Any, Any]] = {str: {}, int: {}, bool: {}} if remembers else {}
    refuse = _refusal(fact, rule, field, within)
    return Reading(
        quick=memos[str].get if remembers else _quick_of(converter),
        read=_reader(conversion(fact, rule, codes), as_of, refuse, memos, at_once=at_once, default=default),
        default=default,
        at_once=at_once,
        is_text=converter is CONVERTERS["text"] and not remembers and not at_once and default is None,
        matches=None if remembers else converter.matches,
    )


def compile_rule(
    fact: str, rule: RuleModel | None, codes: Mapping[str, Mapping[str, str]], as_of: date, within: str = ""
) -> Rule:
    """Return the closure of a rule; ``within`` is the path of the entry that its paths start from."""
    if rule is None:
        return nothing
    if rule.const is not None:
        value = typed_word(fact, rule.const)
        return lambda node, found: value
    reading = reading_of(fact, rule, codes, as_of, within)
    name = _plain_name(rule)
    if name is None:
        return _reached(getter(rule), reading.quick, reading.read, _refusal(fact, rule, FIELDS[fact], within))
    if reading.at_once:
        return _named(name, reading.quick, reading.read)
    if reading.is_text:
        return _text(name, reading.read)
    return _optional(name, reading.quick, reading.read, reading.default)


def _reader(
    convert: Convert,
    as_of: date,
    refuse: Refuse,
    memos: dict[type, dict[Any, Any]],
    *,
    at_once: bool,
    default: Any,
) -> Rule:
    """Return the full reading of a raw value: an absence and a refusal go the way that the rule says.

    What was read is remembered by class: ``True``, ``1`` and ``1.0`` are one key to a dict and three to a converter.
    """

    def read(value: Any, found: list[Finding]) -> Any:
        memo = memos.get(value.__class__)
        if memo is not None and value in memo:
            return memo[value]
        try:
            if value.__class__ not in _PLAIN:
                value = scalar(value)
            if value is None or (value.__class__ is str and (not value or value.isspace())):
                return refuse("missing", found) if at_once else default
            result = convert(value, as_of)
        except Refused as refused:
            return refuse(refused.code, found)
        memo = memos.get(value.__class__)
        if memo is not None and len(memo) < MEMO_LIMIT:
            memo[value] = result
        return result

    return read


def _quick_of(converter: Converter) -> Quick:
    matches = converter.matches
    if matches is None:
        return converter.quick or _never
    return lambda value, miss: value if matches(value) else miss


def _never(value: str, miss: Any) -> Any:
    """Be the quick way of a converter that has none."""
    return miss


def _plain_name(rule: RuleModel) -> str | None:
    """Return the name when the rule is one plain name of the record: the common case, read without a getter."""
    if rule.path is None or len(rule.path) != 1:
        return None
    steps = parse_path(rule.path[0])
    return steps[0].name if len(steps) == 1 and not steps[0].filters else None


def _named(name: str, quick: Quick, read: Rule) -> Rule:
    def rule(node: Any, found: list[Finding]) -> Any:
        value = node.get(name)
        if value.__class__ is str:
            known = quick(value, MISS)
            if known is not MISS:
                return known
        return read(value, found)

    return rule


def _optional(name: str, quick: Quick, read: Rule, default: Any) -> Rule:
    def rule(node: Any, found: list[Finding]) -> Any:
        value = node.get(name)
        if value.__class__ is str:
            known = quick(value, MISS)
            if known is not MISS:
                return known
        elif value is None:
            return default
        return read(value, found)

    return rule


def _text(name: str, read: Rule) -> Rule:
    """Return ``_optional`` with the quick way of text written out: most of a record is text."""

    def rule(node: Any, found: list[Finding]) -> Any:
        value = node.get(name)
        if value.__class__ is str and len(value) <= TEXT_LIMIT and value.isprintable():
            text = value.strip()
            if text:
                return text
        elif value is None:
            return None
        return read(value, found)

    return rule


def _reached(get: Getter, quick: Quick, read: Rule, refuse: Refuse) -> Rule:
    def rule(node: Any, found: list[Finding]) -> Any:
        try:
            value = get(node)
        except Refused as refused:
            return refuse(refused.code, found)
        if value.__class__ is str:
            known = quick(value, MISS)
            if known is not MISS:
                return known
        return read(value, found)

    return rule


def getter(rule: RuleModel) -> Getter:
    """Return what reads a rule's raw value."""
    all_steps = [parse_path(path) for path in rule.path or rule.parts or ()]
    paths = [compile_path(steps) for steps in all_steps]
    if rule.parts is not None:
        return _joined(paths, pad=2 if rule.convert == "municipality" else 0)
    if len(paths) == 1:
        return paths[0]
    if all(len(steps) == 1 and not steps[0].filters for steps in all_steps):
        return _first_name([steps[0].name for steps in all_steps])

    heads, last = paths[:-1], paths[-1]

    def first(node: Any) -> Any:
        for path in heads:
            try:
                value = path(node)
            except Refused as refused:
                # An entry without the name that a path filters by is no answer, and no problem while others follow.
                if refused.code != "filter_key_missing":
                    raise
                continue
            if value is not None and value != "":
                return value
        return last(node)

    return first


def _first_name(names: list[str]) -> Getter:
    def first(node: Any) -> Any:
        for name in names:
            value = node.get(name)
            if value is not None and value != "":
                return value
        return None

    return first


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


def conversion(fact: str, rule: RuleModel, codes: Mapping[str, Mapping[str, str]]) -> Convert:
    """Return what turns a raw value into the fact's value, or raises ``Refused``."""
    if rule.codes is None:
        return CONVERTERS[rule.convert or FIELDS[fact].convert].call
    table = codes[rule.codes] if isinstance(rule.codes, str) else rule.codes
    words = {code: typed_word(fact, word) for code, word in table.items()}
    before = CONVERTERS[rule.convert].call if rule.convert else None

    def look_up(value: Any, as_of: date) -> Any:
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


def _refusal(fact: str, rule: RuleModel, field: FactField, within: str) -> Refuse:
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
