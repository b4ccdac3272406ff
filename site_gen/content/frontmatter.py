"""A Markdown file with YAML front matter, taken apart, put together, and edited in place.

An edit changes only the lines of the keys it is given; every other byte of the file stays: comments,
order, quoting, line ends. Lists are edited item by item, so a comment beside an item stays too. Where
a value has to be written anew (its items change their order within brackets, none of them stays), the
comments inside it are kept: one beside it stays beside it, the others move to lines above the key.
Only what stands beside an item that goes, or in a key that goes, goes with it.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

from site_gen.content.bounded_yaml import MappingNode, Node, ScalarNode, SequenceNode, YamlError, parse, to_python
from site_gen.core.text import scrub, scrubbed_offsets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_FENCE = re.compile(r"---[ \t]*(?:\n|$)")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_CLOSING_BELOW = re.compile(r"\n(?:---|\.\.\.)[ \t]*$", re.MULTILINE)  # much faster found for its line end
_LINE_END = re.compile(r"\r\n|\n|\r")
_BLANKS = re.compile(r"[ \t]*")
_BREAKS = re.compile("[\n\r\x85\u2028\u2029]")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*")
_NEVER_CLOSED = "the front matter that opens with --- is never closed"
Value = object


class Parts(NamedTuple):
    """`yaml` starts at line 2 of the file when there is front matter; `body` at `body_line`."""

    yaml: str | None
    body: str
    body_line: int


class Edit(NamedTuple):
    """Put `new` where `text[start:end]` stands."""

    start: int
    end: int
    new: str


def split(text: str) -> Parts:
    """Front matter and body of a file's text.

    No front matter gives `yaml=None`. An opening `---` that is never closed raises YamlError.
    """
    text = scrub(text)
    opening = _FENCE.match(text)
    if not opening:
        return Parts(None, text, 1)
    closing = _CLOSING_BELOW.search(text, opening.end() - 1)
    if not closing:
        raise YamlError(1, _NEVER_CLOSED, "end it with a line of ---")
    head = text[opening.end() : closing.start() + 1]
    body = text[closing.end() :].removeprefix("\n")
    return Parts(head, body, text.count("\n", 0, closing.end()) + 2)


class _Dumper(yaml.SafeDumper):
    """Every value on one line: short lists and mappings in brackets, as people write them."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    text = scrub(text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _BREAKS.search(text) else None)


_Dumper.add_representer(str, _text)


def _dump(value: Value, *, flow: bool) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6, default_flow_style=flow)


def dump(meta: Mapping[str, Value], body: str) -> str:
    """A new file's text. Keys whose value is None or empty are left out."""
    lines = "".join(key_line(key, value) for key, value in meta.items() if value not in (None, "", [], (), {}))
    return f"---\n{lines}---\n{scrub(body).strip()}\n"


def key_line(key: str, value: Value) -> str:
    """A key on a line: lists and mappings in brackets, as people write short ones."""
    if isinstance(value, list | tuple | dict):
        return f"{key}: {_dump(list(value) if isinstance(value, tuple) else value, flow=True)}"
    return _dump({key: value}, flow=False)


@functools.lru_cache(maxsize=1024)  # one slug may go into thousands of files
def scalar_text(value: str) -> str:
    """One item as YAML, quoted where it must be."""
    return _dump([value], flow=True).strip()[1:-1]


def edit(text: str, changes: Mapping[str, Value]) -> str:
    """The file's text with the given top-level keys set (None removes a key), all else untouched.

    A text without front matter gets one. Raises YamlError where the front matter cannot be read, is
    written as one `{…}`, or in any other way that cannot be edited surely: such a file is for the
    person to change. What comes out was read again, and says what it should.
    """
    found = _LINE_END.search(text)
    newline = found[0] if found else "\n"
    clean = scrub(text)
    opening = _FENCE.match(clean)
    if not opening:
        lines = "".join(key_line(k, v) for k, v in changes.items() if v is not None)
        bom = "\ufeff" if text.startswith("\ufeff") else ""
        return bom + f"---\n{lines}---\n".replace("\n", newline) + text.removeprefix(bom) if lines else text
    return revise(text, lambda head: _edits(head, changes))


def revise(text: str, plan: Callable[[str], list[Edit]]) -> str:
    """The file's text with the edits that `plan` makes of its front matter's YAML, all else untouched.

    `plan` gets the YAML without what `scrub` takes out, and gives edits of that. A text without front
    matter has none to plan for, and stays. Raises YamlError where the front matter is never closed.
    """
    clean = scrub(text)
    opening = _FENCE.match(clean)
    if not opening:
        return text
    closing = _CLOSING.search(clean, opening.end())
    if not closing:
        raise YamlError(1, _NEVER_CLOSED, "end it with a line of ---")
    found = _LINE_END.search(text)
    newline = found[0] if found else "\n"
    edits = plan(clean[opening.end() : closing.start()])
    # Planned on the scrubbed text, made on the person's: not a byte beside the edited lines changes.
    at = range(len(text) + 1) if clean == text else scrubbed_offsets(text)
    first = opening.end()
    return made(text, (Edit(at[first + e.start], at[first + e.end], e.new.replace("\n", newline)) for e in edits))


def with_body(text: str, body: str) -> str:
    """The file's text with another body below its front matter, of which every byte stays. Its line ends
    are those of the file. Raises YamlError as `split` does."""
    found = _LINE_END.search(text)
    whole = split(text)
    head = text[: scrubbed_offsets(text)[len(scrub(text)) - len(whole.body)]]
    return head + f"{scrub(body).strip()}\n".replace("\n", found[0] if found else "\n")


def made(text: str, edits: Iterator[Edit] | list[Edit]) -> str:
    """The text with all edits made; they must not overlap."""
    for start, end, new in sorted(edits, key=lambda e: (e.start, e.end))[::-1]:  # so that ties keep their order
        text = text[:start] + new + text[end:]
    return text


def _edits(head: str, changes: Mapping[str, Value]) -> list[Edit]:
    """What to change in the YAML text, for each key the least that makes it say what it should."""
    root = parse(head)
    if root.is_flow:
        raise YamlError(2, "front matter written as { … } is not edited here", "write one key a line")
    before = {key.value: to_python(value) for key, value in root.items}
    after, edits = dict(before), list[Edit]()
    # New keys go last: their lines stand below an item that is put at the end of the last list.
    for key, value in sorted(changes.items(), key=lambda change: change[0] not in before):
        alone = dict(before)
        if value is None:
            alone.pop(key, None)
            after.pop(key, None)
        else:
            alone[key] = after[key] = told_as(value)
        if alone != before:
            edits += next(way for way in _ways(head, root, key, value) if says(head, way, alone))
    if not says(head, edits, after):
        raise _refusal(root.line)
    return edits


def _refusal(line: int) -> YamlError:
    return YamlError(line, "the front matter is written in a way that is not edited here", "write one key a line")


def told_as(value: Value) -> object:
    """A value as it reads once it is written."""
    return to_python(parse(key_line("k", value)).items[0][1])


def says(head: str, edits: list[Edit], meant: object) -> bool:
    """Whether the YAML with these edits made reads as it is meant to."""
    try:
        return to_python(parse(made(head, edits))) == meant
    except YamlError:
        return False


def _ways(head: str, root: MappingNode, key: str, value: Value) -> Iterator[list[Edit]]:
    """Ways to set a key, the gentlest first. Raises YamlError after the last."""
    pair = next(((k, v) for k, v in root.items if k.value == key), None)
    if pair is None:
        first = root.items[0][0].start if root.items else 0
        yield [Edit(len(head), len(head), indent_at(head, first) + key_line(key, value))]
    else:
        name, node = pair
        told = told_as(value) if isinstance(value, list | tuple) else None
        if isinstance(node, SequenceNode) and isinstance(told, list) and told:
            yield from (_flow_items if node.is_flow else _block_items)(head, node, told)
        yield [whole(head, name, node, None if value is None else key_line(key, value))]
    raise _refusal(pair[0].line if pair else root.line)


def line_start(head: str, at: int) -> int:
    """The offset where the line begins that `at` stands on."""
    return head.rfind("\n", 0, at) + 1


def line_end(head: str, at: int) -> int:
    """The offset after the line that `at` stands on."""
    newline = head.find("\n", at)
    return len(head) if newline < 0 else newline + 1


def indent_at(head: str, at: int) -> str:
    """The blanks that begin the line that `at` stands on."""
    line = head[line_start(head, at) : at]
    return line[: len(line) - len(line.lstrip(" "))]


def stop_of(head: str, node: Node) -> int:
    """Where a value ends. Comments and blank lines below it belong to the next key."""
    if isinstance(node, ScalarNode) and not node.is_plain and head[node.start] in "|>":
        return node.start + len(head[node.start : node.end].rstrip())
    if isinstance(node, ScalarNode) or node.is_flow or not node.items:
        return node.end
    if isinstance(node, SequenceNode):
        return max(stop_of(head, item) for item in node.items)
    return max(pair_stop(head, name, value) for name, value in node.items)


def pair_stop(head: str, name: ScalarNode, value: Node) -> int:
    """Where a key and its value end; an empty value may be placed where the next key begins."""
    return stop_of(head, value) if value.end > value.start else name.end


def whole(head: str, name: ScalarNode, node: Node, line: str | None) -> Edit:
    """A key's lines written anew (or gone); comments inside the value are kept beside or above."""
    stop = pair_stop(head, name, node)
    first, last = line_start(head, name.start), line_end(head, stop)
    if line is None:
        return Edit(first, last, "")
    comments = list(comments_in(head, name.end, last, node))
    beside = next((c for c in comments if c[0] < line_end(head, name.end)), None)
    if isinstance(node, ScalarNode) or node.is_flow:  # else a comment at the end is that of the last item
        beside = next((c for c in comments if c[0] >= stop), beside)
    indent, tail = indent_at(head, name.start), ""
    if beside is not None:
        before = head[first : beside[0]]
        tail = (before[len(before.rstrip(" \t")) :] or " ") + beside[1]
    above = "".join(f"{indent}{comment}\n" for at, comment in comments if (at, comment) != beside)
    return Edit(first, last, f"{above}{indent}{line.rstrip(chr(10))}{tail}\n")


def comments_in(head: str, begin: int, end: int, node: Node) -> Iterator[tuple[int, str]]:
    """The comments from `begin` to `end` around and inside a value, with their offsets."""
    at = begin
    for start, stop in [*_spans(head, node), (end, end)]:
        while (sign := head.find("#", at, start)) >= 0:
            at = line_end(head, sign)
            yield sign, head[sign:at].rstrip()
        at = max(at, stop)


def _spans(head: str, node: Node) -> Iterator[tuple[int, int]]:
    """Where scalars stand, in the order of the text: a # in one of them begins no comment."""
    if isinstance(node, ScalarNode):
        header = None if node.is_plain else _BLOCK_HEADER.match(head, node.start)
        if header:
            yield header.span()
            yield line_end(head, header.end()), node.end
        elif node.end > node.start:
            yield node.start, node.end
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _spans(head, item)
    else:
        for name, value in node.items:
            yield from _spans(head, name)
            yield from _spans(head, value)


def _matched(node: SequenceNode, wanted: list[str]) -> list[int | None]:
    """For each wanted text the number of the item that says it already, if one does."""
    free: dict[object, list[int]] = {}
    for number, item in enumerate(node.items):
        if isinstance(item, ScalarNode) and not item.is_null:
            free.setdefault(item.value, []).append(number)
    return [free[text].pop(0) if free.get(text) else None for text in wanted]


def _block_items(head: str, node: SequenceNode, wanted: list[str]) -> Iterator[list[Edit]]:
    """A list with an item a line. An item's line moves as a whole, with the comment beside it; comments
    on lines of their own stay where they are."""
    leads = [head[line_start(head, item.start) : item.start] for item in node.items]
    if not all(lead.strip() == "-" for lead in leads) or not all(isinstance(i, ScalarNode) for i in node.items):
        return
    lines = [(line_start(head, item.start), line_end(head, stop_of(head, item))) for item in node.items]
    lead = leads[0].rstrip() + " " if leads[0].endswith("-") else leads[0]
    matched = _matched(node, wanted)
    texts = [
        f"{lead}{scalar_text(text)}\n" if number is None else head[slice(*lines[number])]
        for text, number in zip(wanted, matched, strict=True)
    ]
    slots = sorted(number for number in matched if number is not None)
    edits = [Edit(start, end, "") for number, (start, end) in enumerate(lines) if number not in slots]
    edits += [Edit(*lines[slot], text) for slot, text in zip(slots, texts, strict=False)]
    end = lines[slots[-1] if slots else -1][1]
    yield [*edits, Edit(end, end, "".join(texts[len(slots) :]))]


def _flow_items(head: str, node: SequenceNode, wanted: list[str]) -> Iterator[list[Edit]]:
    """A list in brackets, on one line or many: items are taken out and put at the end, in place."""
    matched = _matched(node, wanted)
    kept = [number for number in matched if number is not None]
    in_order = kept == sorted(kept) and matched[: len(kept)] == kept
    if not kept or not in_order or not all(isinstance(i, ScalarNode) and i.end > i.start for i in node.items):
        return
    gaps = [*(item.start for item in node.items[1:]), node.end - 1]
    commas = [_comma(head, item.end, gap) for item, gap in zip(node.items, gaps, strict=True)]
    last, edits = kept[-1], list[Edit]()
    new = [scalar_text(text) for text in wanted[len(kept) :]]
    item = node.items[last]
    after_line = line_end(head, item.end)
    own_line = _alone(head, item, commas[last])
    noted = own_line and "#" in head[item.end : after_line]
    edits += [
        _without(head, gone, comma)
        for number, (gone, comma) in enumerate(zip(node.items, commas, strict=True))
        if number not in kept
    ]
    comma = commas[last]
    if comma is not None and commas[-1] is None and not (noted and new):  # none stood at the end
        blanks = _blanks(head, comma + 1)
        edits.append(Edit(comma, comma + 1 + (0 if head[comma + 1 + blanks] in "#\n" else blanks), ""))
    indent = head[line_start(head, item.start) : item.start]
    if not noted:
        glue = f",\n{indent}" if own_line else ", "
        edits.append(Edit(item.end, item.end, "".join(glue + text for text in new)))
    elif new:
        tail = "," if commas[-1] is not None else ""
        edits.append(Edit(item.end, item.end, "" if commas[last] is not None else ","))
        edits.append(Edit(after_line, after_line, ",\n".join(indent + text for text in new) + f"{tail}\n"))
    yield edits


def _comma(head: str, at: int, end: int) -> int | None:
    """Where the comma after an item stands, skipping comments."""
    while at < end:
        if head[at] == ",":
            return at
        at = line_end(head, at) if head[at] == "#" else at + 1
    return None


def _alone(head: str, item: Node, comma: int | None) -> bool:
    """Whether an item of a list in brackets has its line for itself, but for its comma and a comment."""
    before = head[line_start(head, item.start) : item.start]
    end = item.end if comma is None else comma + 1
    after = head[end : line_end(head, end)].strip()
    return not before.strip() and (not after or after.startswith("#"))


def _without(head: str, item: Node, comma: int | None) -> Edit:
    """An item of a list in brackets taken out, with its comma."""
    end = item.end if comma is None else comma + 1
    if _alone(head, item, comma):
        return Edit(line_start(head, item.start), line_end(head, end), "")
    return Edit(item.start, end + _blanks(head, end), "")


def _blanks(head: str, at: int) -> int:
    """How many blanks stand there."""
    match = _BLANKS.match(head, at)
    return len(match[0]) if match else 0
