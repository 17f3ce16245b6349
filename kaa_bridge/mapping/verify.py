"""What a mapping file must hold beyond its shape: rules that fit their facts, codes that are our words."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from kaa_bridge.mapping.codes import NOTHING, bundled_names, bundled_table, typed_word, words_of
from kaa_bridge.mapping.converters import CONVERTERS, Kind
from kaa_bridge.mapping.fields import DEFAULTS, FIELDS, NO_CONST, FactField
from kaa_bridge.mapping.model import FactRules, MappingModel, RuleModel

Place = tuple[str | int, ...]
Problem = tuple[Place, str]

GROUPS = ("residence", "placements", "qualifications", "events", "absences")
SINGLE_GROUPS = ("identity", "compulsory_schooling")


def problems_of(model: MappingModel) -> Iterator[Problem]:
    """Yield what is wrong, as place in the file and reason; nothing when the file is sound."""
    for name, table in model.codes.items():
        if "use" in table and bundled_table(table["use"]) is None:
            yield ("codes", name, "use"), f"there is no bundled code table; there are: {', '.join(bundled_names())}"
    for fact, place, rule in fact_rules(model.facts):
        yield from _rule_problems(model, fact, place, rule)
    for group in (*GROUPS, "compulsory_schooling"):
        rules = getattr(model.facts, group)
        for index, entry in enumerate(rules if isinstance(rules, list) else [rules] if rules else []):
            place = ("facts", group, index) if isinstance(rules, list) else ("facts", group)
            for fact, field in FIELDS.items():
                owner, _, name = fact.partition(".")
                if owner == group and field.needed and getattr(entry, name) is None:
                    yield place, f"the rule '{name}' is missing"
    if model.record.key.const is not None:
        yield ("record", "key"), "a key cannot be constant"
    if model.facts.absences:
        yield from _beside_absences(model.facts)


def _beside_absences(facts: FactRules) -> Iterator[Problem]:
    """Yield what stands beside absences: their records are forgotten whole while nobody has left."""
    for fact, place, _ in fact_rules(facts):
        if fact != "number" and not fact.startswith("absences."):
            yield place, "a mapping that reads absences reads the number and nothing else: make it a source of its own"


def fact_rules(facts: FactRules) -> Iterator[tuple[str, Place, RuleModel]]:
    """Yield every rule with the name of its fact and its place in the file."""
    for name in type(facts).model_fields:
        value = getattr(facts, name)
        if isinstance(value, RuleModel):
            yield name, ("facts", name), value
        elif name == "protection" and value:
            for index, rule in enumerate(value):
                yield name, ("facts", name, index), rule
        elif name in SINGLE_GROUPS and value is not None:
            yield from _group_rules(name, ("facts", name), value)
        elif name in GROUPS:
            for index, entry in enumerate(value):
                yield from _group_rules(name, ("facts", name, index), entry)


def _group_rules(group: str, place: Place, entry: BaseModel) -> Iterator[tuple[str, Place, RuleModel]]:
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        if isinstance(value, RuleModel):
            yield f"{group}.{name}", (*place, name), value


def _rule_problems(model: MappingModel, fact: str, place: Place, rule: RuleModel) -> Iterator[Problem]:
    field = FIELDS[fact]
    if rule.unknown is not None and rule.unknown not in field.policies:
        yield (*place, "unknown"), f"for this fact only '{field.policies[0]}' is safe"
    if rule.default is not None and DEFAULTS.get(fact) != rule.default:
        allowed = f"only '{DEFAULTS[fact]}' is" if fact in DEFAULTS else "none is"
        yield (*place, "default"), f"a missing value must stay visible: of all defaults {allowed} allowed here"
    if rule.const is not None:
        if fact in NO_CONST:
            yield (*place, "const"), "this fact must come from the record"
        elif not _is_word(fact, rule.const) or (field.kind is Kind.DATE):
            yield (*place, "const"), _vocabulary(fact)
        return
    if rule.codes is None:
        yield from _convert_problems(field, place, rule)
    else:
        yield from _code_problems(model, fact, place, rule)


def _convert_problems(field: FactField, place: Place, rule: RuleModel) -> Iterator[Problem]:
    if field.kind is None:
        yield place, "this fact takes one of our words: add 'codes' (or 'const')"
        return
    name = rule.convert or field.convert
    if CONVERTERS[name].kind is not field.kind:
        yield (*place, "convert"), f"the converter '{name}' gives {CONVERTERS[name].kind}, the fact is {field.kind}"


def _code_problems(model: MappingModel, fact: str, place: Place, rule: RuleModel) -> Iterator[Problem]:
    if FIELDS[fact].kind in (Kind.DATE, Kind.NUMBER):
        yield (*place, "codes"), "a date or a person number takes no code table"
        return
    own: dict[str, str] = {}
    if isinstance(rule.codes, str):
        own = model.codes.get(rule.codes, {})
        bundled = bundled_table(own.get("use", "") if own else rule.codes)
        if bundled is None and not own:
            yield (*place, "codes"), f"there is no table [codes.{rule.codes}] and no bundled one of that name"
        if bundled is not None and bundled.fact != fact:
            yield (*place, "codes"), f"the bundled table '{bundled.name}' is for '{bundled.fact}'"
    elif rule.codes is not None:
        own = rule.codes
    for code, word in own.items():
        if (code != "use" or rule.codes is own) and not _is_word(fact, word, nothing=True):
            yield (*place, "codes"), f"the code '{code}' gives '{word}': {_vocabulary(fact)}"


def _is_word(fact: str, word: str, *, nothing: bool = False) -> bool:
    if word == NOTHING:
        return nothing and (FIELDS[fact].skips or not FIELDS[fact].at_once)
    words = words_of(fact)
    return words is None or (word in words and typed_word(fact, word) is not None)


def _vocabulary(fact: str) -> str:
    words = words_of(fact)
    return f"the words of this fact are: {', '.join(sorted(words))}" if words else "this fact takes no constant"
