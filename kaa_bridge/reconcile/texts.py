"""The words of the report, in Swedish as a coordinator writes: categories, steps, evidence, remarks."""

from __future__ import annotations

from kaa_bridge.reconcile.model import Category, Evidence, Head, Kind, Lost, Row, Standing, Step
from kaa_bridge.report.cells import safe

CATEGORIES = {
    Category.PROTECTED: "Skyddade uppgifter",
    Category.DECEASED: "Avliden",
    Category.EMIGRATED: "Utflyttad ur landet",
    Category.MOVED: "Flyttad till annan kommun",
    Category.EXAM_FOUND: "Examen eller gymnasiebevis finns",
    Category.STILL_IN_SCHOOL: "Går kvar i grundskola, anpassad grundskola eller anpassad gymnasieskola",
    Category.ATTENDS_ELSEWHERE: "Går i gymnasieskola eller motsvarande",
    Category.ENDED_IN_FREEZE: "Studierna upphörde under sommaren, okänt i {left}",
    Category.AWAITING_START: "Antagen, utbildningen har inte börjat",
    Category.NUMBER_CHANGED: "Personnumret skiljer sig",
    Category.CONFLICT: "Källorna går inte ihop",
    Category.ONLY_LEFT: "Finns bara i {left}",
    Category.ONLY_RIGHT: "Finns bara i {right}",
    Category.AGREE: "Källorna stämmer överens",
}
"""What each category is called; the names of the sources are filled in."""

STEPS = {
    Step.CLOSE: "Avsluta i {left}",
    Step.OPEN: "Ny i KAA: lägg upp i {left}",
    Step.CORRECT: "Rätta uppgiften i {left}",
    Step.INVESTIGATE: "Utred",
    Step.NONE: "Ingen åtgärd",
}
"""What is proposed."""

REMARKS = {
    "number_differs": "Källorna har olika personnummer för ungdomen.",
    "law_silent": "Lagen nämner inte den som går kvar i grundskolan efter skolplikten; det är praxis att avsluta.",
    "not_proven": "Det är inte bevisat att ungdomen saknar plats och examen på annat håll: utred först.",
    "found_early": "Hittad av nattkörningen under sommaren.",
    "missed": "Inte hittad under sommaren.",
    "sources_differ": "Övriga källor är oense om en uppgift; den mest tillförlitliga gäller.",
}
"""What a reader must know beside the category."""

DOCUMENTS = {
    "gymnasieexamen": "Gymnasieexamen",
    "gymnasiebevis_anpassad": "Gymnasiebevis från anpassad gymnasieskola",
    "gymnasiesarskolebevis": "Gymnasiesärskolebevis",
    "ib_diploma": "IB-diplom",
    "equivalent_approved": "Godkänd utbildning som motsvarar gymnasieskolan",
    "folkhogskola_behorighet": "Behörighet från folkhögskola",
}
_FORMS = {
    "GY": "gymnasieskola",
    "GYS": "gymnasiesärskola",
    "GYAN": "anpassad gymnasieskola",
    "GR": "grundskola",
    "GRS": "grundsärskola",
    "GRAN": "anpassad grundskola",
    "SP": "specialskola",
    "SAM": "sameskola",
    "FHS": "folkhögskola",
}
_ENDINGS = {
    "completed": "slutförd",
    "withdrawn": "avbrott",
    "no_show": "började aldrig",
    "absent_over_month": "frånvaro över en månad",
    "moved_school": "bytte skola",
}
_OCCUPATIONS = {
    "work": "arbete",
    "internship": "praktik",
    "studies": "studier",
    "komvux": "komvux",
    "folkhogskola": "folkhögskola",
    "other": "annan",
}
_UNCLEAR = {
    "form_unknown": "skolformen är okänd",
    "start_unknown": "startdagen är okänd",
    "end_unknown": "slutdagen saknas fast studierna har avslutats",
    "path_unknown": "studievägen är okänd",
    "left_but_open": "avbrott är anmält men placeringen är inte avslutad",
}


def category_text(category: Category, head: Head) -> str:
    """Return what a category is called, with the names of the sources."""
    return CATEGORIES[category].format(left=head.left.label, right=head.right.label)


def step_text(step: Step, head: Head) -> str:
    """Return what is proposed, with the name of the left source."""
    return STEPS[step].format(left=head.left.label)


def left_text(evidence: Evidence | None) -> str:
    """Return the left source's word; of who is open there also that no occupation is known."""
    idle = evidence is not None and evidence.standing.is_open and not evidence.standing.occupation
    return evidence_text(evidence) + (" Ingen känd sysselsättning." if idle else "")


def evidence_text(evidence: Evidence | None) -> str:
    """Return a source's word, and since when it is unchanged."""
    if evidence is None:
        return "Finns inte här."
    since = f" Oförändrat sedan {evidence.unchanged_since}." if evidence.unchanged_since else ""
    return f"{standing_text(evidence.standing)}{since}"


def standing_text(standing: Standing) -> str:
    """Return what a source says of a youth, as one or two sentences."""
    known = _OCCUPATIONS.get(standing.occupation, standing.occupation)
    return f"{_main(standing)} Känd sysselsättning: {known}." if known else _main(standing)


def others_text(row: Row) -> str:
    """Return what further sources say, where one of them decided."""
    return " ".join(f"{one.source}: {evidence_text(one)}" for one in row.others)


def remarks_text(row: Row) -> str:
    """Return the remarks as sentences."""
    return " ".join(REMARKS[remark] for remark in row.remarks)


def days_text(days: int) -> str:
    """Return a number of days in words."""
    return "1 dag" if days == 1 else f"{days} dagar"


def passed_text(lost: Lost | None) -> str:
    """Return the deadlines that have passed, each with its last day."""
    if lost is None:
        return ""
    return " ".join(f"{one.due}: {one.text}" for one in lost.passed) or "Ingen tidsgräns har passerat."


def _main(standing: Standing) -> str:
    simple = {
        Kind.DECEASED: "Avliden.",
        Kind.EMIGRATED: "Utflyttad ur landet.",
        Kind.TURNED_20: "Har fyllt 20 år.",
        Kind.SCHOOLING: "Har skolplikt.",
        Kind.NOTHING: "Ingen placering.",
    }
    if standing.kind in simple:
        return simple[standing.kind]
    if standing.kind is Kind.MOVED:
        return f"Hemkommun är en annan kommun{_since(standing)}."
    if standing.kind is Kind.EXAM:
        return f"{DOCUMENTS.get(standing.document, 'Examen')}{f' {standing.on}' if standing.on else ''}."
    if standing.kind is Kind.UNCLEAR:
        return f"Oklart: {_UNCLEAR.get(standing.unclear, 'uppgifterna räcker inte')}."
    if standing.kind is Kind.AWAITING:
        return f"Antagen till {_place(standing)}, börjar {standing.on}."
    if standing.kind is Kind.ENDED:
        how = _ENDINGS.get(standing.ended_as, "")
        return f"Ingen placering sedan {standing.free_since}; lämnade {_place(standing)}{f' ({how})' if how else ''}."
    return f"Går i {_place(standing)}{_since(standing)}."


def _since(standing: Standing) -> str:
    return f" sedan {standing.on}" if standing.on else ""


def _place(standing: Standing) -> str:
    form = _FORMS.get(standing.school_form, f"skolform {standing.school_form}")
    more = [f"studieväg {standing.study_path}"] if standing.study_path else []
    more += [f"skolenhet {standing.school_unit}"] if standing.school_unit else []
    return safe(f"{form} ({', '.join(more)})" if more else form)
