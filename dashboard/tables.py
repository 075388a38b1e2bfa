"""Tables and figures as plain HTML. Browsers draw them at once; Streamlit's own load a megabyte of scripts before."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

_FROM_THE_RIGHT = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+(?:\s+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+)*"
)
_LINE = "1px solid color-mix(in srgb, currentColor 16%, transparent)"
_PALE = "color: color-mix(in srgb, currentColor 72%, transparent)"
STYLE = f""".stHtml {{
.sheet {{ overflow: auto; font-size: 0.875rem; line-height: 1.5; container-type: inline-size }}
.sheet.long {{ max-height: 36rem }}
.sheet table {{ width: 100%; border-collapse: collapse; margin: 0 }}
.sheet :is(th, td) {{ padding: 0.45rem 1.25rem 0.45rem 0; border: 0; border-bottom: {_LINE}; text-align: start;
    vertical-align: top }}
.sheet tbody tr:last-child td {{ border-bottom: 0 }}
.sheet th {{ font-weight: 400; white-space: nowrap; {_PALE} }}
.sheet th:is(.figure, .sentence) {{ white-space: normal }}
.sheet.long th {{ position: sticky; top: 0 }}
.sheet a {{ color: inherit }}
.sheet .lead {{ min-width: clamp(12rem, 26cqw, 24rem); overflow-wrap: anywhere }}
.sheet .lead a {{ font-weight: 600 }}
.sheet .below {{ display: block; {_PALE} }}
.sheet :is(.brief, .figure) {{ width: 1%; white-space: nowrap }}
.sheet .time {{ width: 1%; white-space: nowrap; font-variant-numeric: tabular-nums; {_PALE} }}
.sheet .sentence {{ overflow-wrap: anywhere; min-width: 8rem }}
.sheet .figure {{ text-align: end; font-variant-numeric: tabular-nums }}
@media (max-width: 640px) {{ .sheet.long {{ max-height: none }} }}
@container (36rem < width <= 48rem) {{
    .sheet :is(th, td) {{ padding-right: 1rem }}
    .sheet .sentence {{ min-width: 5.5rem }}
}}
@container (max-width: 36rem) {{
    .sheet .aside {{ display: none }}
    .sheet .time {{ white-space: normal; min-width: 6.75rem }}
    .sheet th {{ white-space: normal }}
    .sheet :is(th, td) {{ padding-right: 0.75rem }}
}}
@container (max-width: 22rem) {{ .sheet :is(th, td) {{ padding-right: 0.5rem; font-size: 0.8125rem }} }}
@container (max-width: 44rem) {{
    .sheet .stacked :is(tr, tbody, td) {{ display: block }}
    .sheet .stacked :is(thead, td:empty) {{ display: none }}
    .sheet .stacked tr {{ padding: 0.6rem 0; border-bottom: {_LINE} }}
    .sheet .stacked td {{ display: flex; justify-content: space-between; gap: 1rem; width: auto; padding: 0.1rem 0;
        border: 0; text-align: end; white-space: normal }}
    .sheet .stacked td::before {{ content: attr(data-column); flex: none; max-width: 55%; text-align: start; {_PALE} }}
    .sheet .stacked td:first-child {{ font-weight: 600 }}
    .sheet .stacked td:first-child::before {{ content: none }}
}}
.facts {{ display: flex; flex-wrap: wrap; gap: 1rem; margin: 0; padding: 0 }}
.facts div {{ flex: 1 1 min(10.5rem, 45%); box-sizing: border-box; padding: 0.75rem 1rem; border: {_LINE};
    border-radius: 0.6rem }}
.facts dt {{ font-size: 0.875rem; font-weight: 400; margin: 0 }}
.facts dd {{ font-size: 1.5rem; font-weight: 650; line-height: 1.4; margin: 0 }}
.facts dd + dd {{ font-size: 0.875rem; font-weight: 400; {_PALE} }}
.notes {{ font-size: 0.875rem; line-height: 1.6; margin: 0; padding-left: 1.25rem; {_PALE} }}
.notes .for {{ list-style-type: "+\\2002" }}
.notes .against {{ list-style-type: "\\2013\\2002" }}
.small {{ font-size: 0.875rem; margin: 0; {_PALE} }}
.fold[open] > summary {{ margin-bottom: 0.35rem }}
.card {{ font-size: 1rem; padding: 0.9rem 1rem; border: {_LINE}; border-radius: 0.6rem }}
.card p {{ margin: 0 0 0.4rem }}
.card + .card {{ margin-top: 0.75rem }}
.card h2 {{ font-size: 1.125rem; font-weight: 600; margin: 0 0 0.75rem; padding: 0 }}
.card h2 {{ display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.75rem }}
.finding {{ display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.25rem }}
.finding > :is(p:first-child, [open]) {{ flex: 1 0 100% }}
.finding > .small {{ margin: 0 }}
.card .dated {{ display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem }}
.card .dated > span {{ {_PALE}; font-size: 0.875rem }}
@media (min-width: 641px) {{ .card .dated {{ flex-wrap: nowrap }} .card .dated > span {{ white-space: nowrap }} }}
.card > p > a {{ display: inline-block; padding: 0.2rem 0; color: inherit; font-weight: 600 }}
.pill {{ display: inline-flex; align-items: center; gap: 0.3rem; padding: 0.1rem 0.5rem; border-radius: 0.4rem;
    font-size: 0.875rem; font-weight: 400; line-height: 1.5; white-space: nowrap; margin-right: 0.5rem;
    background: color-mix(in srgb, currentColor 10%, transparent) }}
.icon {{ font: 1rem/1 "Material Symbols Rounded"; font-feature-settings: "liga" }}
.fold {{ font-size: 0.875rem }}
.fold > summary {{ cursor: pointer; padding: 0.25rem 0; width: fit-content; border-radius: 0.3rem }}
.fold > summary:hover {{ text-decoration: underline }}
.fold a {{ display: inline-block; padding: 0.2rem 1rem 0.2rem 0; color: inherit }}
}}
.stSlider [data-rac]:not(:focus-within) > [data-testid="stSliderThumbValue"] {{ opacity: 0 }}"""
"""Every page has it from its first bytes: `serving.front` puts it there. It stands above Streamlit's own.

The amount above a slider says what stands in its label, so it shows only while the slider is moved.
"""
LONG = 20
"""More rows than these scroll."""
SIGNS = {"+ ": "for", "- ": "against"}
"""How a sentence begins that speaks for something or against it."""
WIDE = 4
"""More columns than these stand below each other where there is no room beside each other."""


class Link(NamedTuple):
    label: str
    address: str
    below: str = ""
    """Small print under it."""
    new_tab: bool = False
    about: str = ""
    """What it leads to, for those who hear links without their row."""


Cell = str | Link


def table(rows: Sequence[Mapping[str, Cell]], alt: str, looks: Mapping[str, str] | None = None) -> str:
    """Write rows by the names of their columns.

    `looks` by column: "figure" stands at the end of its cell, "brief" in one line, "time" too where there is room,
    "sentence" breaks even within words; narrow places leave "aside" out, or put the cells of a row below each other
    where there are too many without it. A link leads its row unless it opens elsewhere or its column is "plain".
    """
    looks = looks or {}
    names = dict.fromkeys(name for row in rows for name in row)
    head = "".join(f'<th scope="col" class="{looks.get(name, "")}">{escape(name)}</th>' for name in names)
    stacked = sum("aside" not in looks.get(name, "") for name in names) > WIDE
    body = "".join(
        f"<tr>{''.join(_cell(row.get(name, ''), looks.get(name, ''), name * stacked) for name in names)}</tr>"
        for row in rows
    )
    long = " long" * (len(rows) > LONG)
    return (
        f'<div class="sheet{long}"><table class="{"stacked" * stacked}" aria-label="{escape(alt)}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


class Fold(NamedTuple):
    """Sentences that few read, behind one that says what they are."""

    label: str
    sentences: Sequence[str]
    links: Sequence[Link] = ()


class Fact(NamedTuple):
    label: str
    value: str
    note: str = ""
    """One paragraph a line."""
    why: Fold | None = None


def facts(told: Sequence[Fact]) -> str:
    """Write figures side by side, each with what it is and what to know about it."""
    return f'<dl class="facts">{"".join(map(_fact, told))}</dl>'


def _fact(fact: Fact) -> str:
    below = [_written(line) for line in fact.note.splitlines()]
    if fact.why and fact.why.sentences:
        below.append(_fold(fact.why))
    notes = "".join(f"<dd>{one}</dd>" for one in below)
    return f"<div><dt>{escape(fact.label)}</dt><dd>{escape(fact.value)}</dd>{notes}</div>"


class Finding(NamedTuple):
    sentence: str
    stake: str
    evidence: Fold


def findings(told: Sequence[Finding]) -> str:
    """Write each finding as a card with what is at stake, and what it rests on behind a fold."""
    return "".join(map(_finding, told))


def _finding(told: Finding) -> str:
    evidence = _fold(told.evidence) if told.evidence.sentences else ""
    stake = f'<p class="small">{escape(told.stake)}</p>'
    return f'<div class="card finding"><p>{_written(told.sentence)}</p>{stake}{evidence}</div>'


class Pill(NamedTuple):
    """A state as a word, an icon by its name at Material Symbols, and a color by its name in the theme."""

    label: str
    icon: str
    color: str


class Card(NamedTuple):
    title: str
    pill: Pill
    note: str
    sentence: str
    sure: Pill | None
    expectation: str
    link: Link


def cards(told: Sequence[Card]) -> str:
    """Write what can be opened as cards, each with its state and what it says."""
    return "".join(map(_card, told))


def _card(told: Card) -> str:
    sure = f"<p>{_pill(told.sure)} {escape(told.expectation)}</p>" if told.sure else ""
    label = escape(f"{told.link.label} {told.title}")
    link = f'<a href="{escape(told.link.address)}" aria-label="{label}">{escape(told.link.label)}</a>'
    return (
        f'<div class="card"><h2>{escape(told.title)} {_pill(told.pill)}</h2><p class="small">{escape(told.note)}</p>'
        f"<p>{_written(told.sentence)}</p>{sure}<p>{link}</p></div>"
    )


def _pill(told: Pill) -> str:
    icon = f'<span class="icon" translate="no" aria-hidden="true">{escape(told.icon)}</span>'
    return f'<span class="pill {told.color}">{icon} {escape(told.label)}</span>'


def colors(pairs: Mapping[str, tuple[str, str]], behind: tuple[str, str]) -> str:
    """Write the style of pills from the text color of each name, and of heads that stand over rows; light and dark."""
    heads = ".stHtml .sheet.long th {{ background: light-dark({}, {}) }}".format(*behind)
    return heads + "".join(
        f".stHtml .{name} {{ color: light-dark({light}, {dark}) }}" for name, (light, dark) in pairs.items()
    )


class Told(NamedTuple):
    sentence: str
    link: Link | None = None
    when: str = ""


def card(title: str, told: Sequence[Told]) -> str:
    """Write a card of sentences under a title, each with where it leads."""
    return f'<div class="card"><h2>{escape(title)}</h2>{"".join(map(_told, told))}</div>'


def _told(one: Told) -> str:
    if one.when:
        return f'<p class="dated">{_written(one.sentence)} <span>{escape(one.when)}</span></p>'
    link = f' <a href="{escape(one.link.address)}">{_written(one.link.label)}</a>' if one.link else ""
    return f"<p>{_written(one.sentence)}{link}</p>"


def fold(title: str, inner: str, *, opened: bool = False) -> str:
    """Put written HTML behind its title; the browser opens it without asking anyone."""
    return f'<details class="fold"{" open" * opened}><summary>{escape(title)}</summary>{inner}</details>'


def _fold(told: Fold) -> str:
    links = "".join(f'<a href="{escape(one.address)}">{escape(one.label)}</a>' for one in told.links)
    return fold(told.label, notes(told.sentences) + (f"<div>{links}</div>" if links else ""))


def small(text: str) -> str:
    """Write small print as it is: Markdown would make links of addresses in it."""
    return f'<p class="small">{escape(text)}</p>'


def notes(sentences: Sequence[str]) -> str:
    """Write sentences as a list in small print, each behind the sign that it begins with, if any."""
    return f'<ul class="notes">{"".join(map(_note, sentences))}</ul>'


def _note(sentence: str) -> str:
    sign = SIGNS.get(sentence[:2])
    return f'<li class="{sign}">{_written(sentence[2:])}</li>' if sign else f"<li>{_written(sentence)}</li>"


def _written(text: str) -> str:
    """Let a name of many parts break between them; what is copied stays the name."""
    return escape(isolated(text)).replace("_", "_<wbr>")


def isolated(text: str) -> str:
    """Keep names that run from right to left from moving the amounts beside them."""
    return text if text.isascii() else _FROM_THE_RIGHT.sub("\u2068\\g<0>\u2069", text)


def _cell(cell: Cell, look: str, column: str) -> str:
    """Write a cell; one that may stand below others carries the name of its column."""
    named = f' data-column="{escape(column)}"' if column else ""
    if isinstance(cell, str):
        return f'<td class="{look}"{named}>{_written(cell)}</td>'
    target = ' target="_blank"' if cell.new_tab else ""
    below = f'<span class="below">{escape(cell.below)}</span>' if cell.below else ""
    lead = "" if cell.new_tab or "plain" in look else "lead "
    about = f' aria-label="{escape(cell.label)}: {escape(cell.about)}"' if cell.about else ""
    link = f'<a href="{escape(cell.address)}"{target}{about}>{_written(cell.label)}</a>'
    return f'<td class="{lead}{look}"{named}>{link}{below}</td>'
