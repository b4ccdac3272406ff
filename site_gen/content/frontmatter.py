"""Markdown files with YAML front matter: taken apart, put together, and edited in place. Pure.

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
Value = object  # of a key: a text, or a list or mapping of texts, see `to_python`; None removes the key


class MarkdownParts(NamedTuple):
    """A Markdown file taken apart."""

    yaml: str | None  # the front matter without its fences: it begins on line 2 of the file; None: there is none
    body: str  # what stands below
    body_line: int  # the line of the file on which the body begins, from 1


class TextEdit(NamedTuple):
    """A replacement of a part of a text."""

    start: int  # offset of the part
    end: int  # offset after it
    new: str  # what takes its place


def split(text: str) -> MarkdownParts:
    """Return front matter and body of a file's text, scrubbed.

    Raises YamlError for an opening `---` that is never closed.
    """
    text = scrub(text)
    opening = _FENCE.match(text)
    if not opening:
        return MarkdownParts(None, text, 1)
    closing = _CLOSING_BELOW.search(text, opening.end() - 1)
    if not closing:
        raise YamlError(1, _NEVER_CLOSED, "end it with a line of ---")
    head = text[opening.end() : closing.start() + 1]
    body = text[closing.end() :].removeprefix("\n")
    return MarkdownParts(head, body, text.count("\n", 0, closing.end()) + 2)


class _Dumper(yaml.SafeDumper):
    """Writes every value on one line: short lists and mappings in brackets, as people write them."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    text = scrub(text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if _BREAKS.search(text) else None)


_Dumper.add_representer(str, _represent_text)


def _dump(value: Value, *, flow: bool) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6, default_flow_style=flow)


def dump(meta: Mapping[str, Value], body: str) -> str:
    """Return a new file's text. Keys whose value is None or empty are left out."""
    lines = "".join(format_key(key, value) for key, value in meta.items() if value not in (None, "", [], (), {}))
    return f"---\n{lines}---\n{scrub(body).strip()}\n"


def format_key(key: str, value: Value) -> str:
    """Return the line of a key: lists and mappings in brackets, as people write short ones."""
    if isinstance(value, list | tuple | dict):
        return f"{key}: {_dump(list(value) if isinstance(value, tuple) else value, flow=True)}"
    return _dump({key: value}, flow=False)


@functools.lru_cache(maxsize=1024)  # one slug may go into thousands of files
def format_scalar(value: str) -> str:
    """Return one item of a list as YAML, quoted where it must be."""
    return _dump([value], flow=True).strip()[1:-1]


def edit(text: str, changes: Mapping[str, Value]) -> str:
    """Return the file's text with the given top-level keys set (None removes a key), all else untouched.

    A text without front matter gets one. Raises YamlError where the front matter cannot be read, is written as one
    `{…}`, or in any other way that cannot be edited surely: such a file is for the person to change. What is returned
    was read again, and says what it should.
    """
    newline = _newline(text)
    clean = scrub(text)
    opening = _FENCE.match(clean)
    if not opening:
        lines = "".join(format_key(k, v) for k, v in changes.items() if v is not None)
        bom = "\ufeff" if text.startswith("\ufeff") else ""
        return bom + f"---\n{lines}---\n".replace("\n", newline) + text.removeprefix(bom) if lines else text
    return revise(text, lambda head: _edits(head, changes))


def revise(text: str, plan: Callable[[str], list[TextEdit]]) -> str:
    """Return the file's text with the edits that `plan` returns for its front matter, all else untouched.

    plan: gets the YAML without what `scrub` takes out, and returns edits of that. A text without front matter has none
    to plan for, and stays. Raises YamlError where the front matter is never closed.
    """
    clean = scrub(text)
    opening = _FENCE.match(clean)
    if not opening:
        return text
    closing = _CLOSING.search(clean, opening.end())
    if not closing:
        raise YamlError(1, _NEVER_CLOSED, "end it with a line of ---")
    newline = _newline(text)
    edits = plan(clean[opening.end() : closing.start()])
    # Planned on the scrubbed text, made on the person's: not a byte beside the edited lines changes.
    at = range(len(text) + 1) if clean == text else scrubbed_offsets(text)
    first = opening.end()
    return apply_edits(
        text, (TextEdit(at[first + e.start], at[first + e.end], e.new.replace("\n", newline)) for e in edits)
    )


def replace_body(text: str, body: str) -> str:
    """Return the file's text with another body below its front matter, of which every byte stays.

    The body's line ends become those of the file. Raises YamlError as `split` does.
    """
    head = text[: scrubbed_offsets(text)[len(scrub(text)) - len(split(text).body)]]
    return head + f"{scrub(body).strip()}\n".replace("\n", _newline(text))


def _newline(text: str) -> str:
    """Return the line end that a text has first, by default a line feed."""
    match = _LINE_END.search(text)
    return match[0] if match else "\n"


def apply_edits(text: str, edits: Iterator[TextEdit] | list[TextEdit]) -> str:
    """Return the text with all edits made; they must not overlap."""
    # The last first, so that offsets stay true; in reverse of a stable order, so that ties keep their order.
    for start, end, new in sorted(edits, key=lambda edit: (edit.start, edit.end))[::-1]:
        text = text[:start] + new + text[end:]
    return text


def _edits(head: str, changes: Mapping[str, Value]) -> list[TextEdit]:
    """Return what to change in the YAML text, for each key the least that makes it say what it should."""
    root = parse(head)
    if root.is_flow:
        raise YamlError(2, "site-gen does not edit front matter written as { … }", "write one key a line")
    before = {key.value: to_python(value) for key, value in root.items}
    after, edits = dict(before), list[TextEdit]()
    # New keys go last: their lines stand below an item that is put at the end of the last list.
    for key, value in sorted(changes.items(), key=lambda change: change[0] not in before):
        alone = dict(before)  # what the YAML says once this key alone is changed
        if value is None:
            alone.pop(key, None)
            after.pop(key, None)
        else:
            alone[key] = after[key] = value_as_read(value)
        if alone != before:
            edits += next(plan for plan in _edit_plans(head, root, key, value) if reads_as(head, plan, alone))
    if not reads_as(head, edits, after):
        raise _refusal(root.line)
    return edits


def _refusal(line: int) -> YamlError:
    return YamlError(line, "the front matter is in a form that site-gen does not edit", "write one key a line")


def value_as_read(value: Value) -> object:
    """Return a value as it reads once it is written."""
    return to_python(parse(format_key("k", value)).items[0][1])


def reads_as(head: str, edits: list[TextEdit], expected: object) -> bool:
    """Return whether the YAML, with these edits made, reads as `expected`, see `to_python`."""
    try:
        return to_python(parse(apply_edits(head, edits))) == expected
    except YamlError:
        return False


def _edit_plans(head: str, root: MappingNode, key: str, value: Value) -> Iterator[list[TextEdit]]:
    """Yield ways to set a key, the gentlest first. Raises YamlError after the last."""
    pair = next(((k, v) for k, v in root.items if k.value == key), None)
    if pair is None:
        first = root.items[0][0].start if root.items else 0
        yield [TextEdit(len(head), len(head), indent_at(head, first) + format_key(key, value))]
    else:
        name, node = pair
        items = value_as_read(value) if isinstance(value, list | tuple) else None
        if isinstance(node, SequenceNode) and isinstance(items, list) and items:
            yield from (_flow_items if node.is_flow else _block_items)(head, node, items)
        yield [rewrite_key(head, name, node, None if value is None else format_key(key, value))]
    raise _refusal(pair[0].line if pair else root.line)


def line_start(head: str, at: int) -> int:
    """Return the offset where the line begins that `at` stands on."""
    return head.rfind("\n", 0, at) + 1


def line_end(head: str, at: int) -> int:
    """Return the offset after the line that `at` stands on."""
    newline = head.find("\n", at)
    return len(head) if newline < 0 else newline + 1


def indent_at(head: str, at: int) -> str:
    """Return the blanks that begin the line that `at` stands on."""
    line = head[line_start(head, at) : at]
    return line[: len(line) - len(line.lstrip(" "))]


def node_end(head: str, node: Node) -> int:
    """Return the offset where a value ends. Comments and blank lines below it belong to the next key."""
    if isinstance(node, ScalarNode) and not node.is_plain and head[node.start] in "|>":
        return node.start + len(head[node.start : node.end].rstrip())
    if isinstance(node, ScalarNode) or node.is_flow or not node.items:
        return node.end
    if isinstance(node, SequenceNode):
        return max(node_end(head, item) for item in node.items)
    return max(pair_end(head, name, value) for name, value in node.items)


def pair_end(head: str, name: ScalarNode, value: Node) -> int:
    """Return the offset where a key and its value end; an empty value may be placed where the next key begins."""
    return node_end(head, value) if value.end > value.start else name.end


def rewrite_key(head: str, name: ScalarNode, node: Node, line: str | None) -> TextEdit:
    """Return the edit that writes a key's lines anew, or removes them; comments inside stay beside or above it.

    line: the key with its value, see `format_key`; None removes it, with its comments.
    """
    stop = pair_end(head, name, node)
    first, last = line_start(head, name.start), line_end(head, stop)
    if line is None:
        return TextEdit(first, last, "")
    comments = list(comments_in(head, name.end, last, node))
    beside = next((comment for comment in comments if comment[0] < line_end(head, name.end)), None)
    if isinstance(node, ScalarNode) or node.is_flow:  # else a comment at the end is that of the last item
        beside = next((comment for comment in comments if comment[0] >= stop), beside)
    indent, tail = indent_at(head, name.start), ""
    if beside is not None:
        before = head[first : beside[0]]
        tail = (before[len(before.rstrip(" \t")) :] or " ") + beside[1]
    above = "".join(f"{indent}{comment}\n" for at, comment in comments if (at, comment) != beside)
    return TextEdit(first, last, f"{above}{indent}{line.rstrip(chr(10))}{tail}\n")


def comments_in(head: str, begin: int, end: int, node: Node) -> Iterator[tuple[int, str]]:
    """Yield the comments from `begin` to `end` around and inside a value, each after its offset."""
    at = begin
    for start, stop in [*_spans(head, node), (end, end)]:
        while (sign := head.find("#", at, start)) >= 0:
            at = line_end(head, sign)
            yield sign, head[sign:at].rstrip()
        at = max(at, stop)


def _spans(head: str, node: Node) -> Iterator[tuple[int, int]]:
    """Yield the offsets of scalars, in the order of the text: a # in one of them begins no comment."""
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


def _match_items(node: SequenceNode, wanted: list[str]) -> list[int | None]:
    """Return for each wanted text the number of the item that says it already, None where none does."""
    free: dict[object, list[int]] = {}
    for number, item in enumerate(node.items):
        if isinstance(item, ScalarNode) and not item.is_null:
            free.setdefault(item.value, []).append(number)
    return [free[text].pop(0) if free.get(text) else None for text in wanted]


def _block_items(head: str, node: SequenceNode, wanted: list[str]) -> Iterator[list[TextEdit]]:
    """Yield how to set a list with an item a line, if it can be done.

    An item's line moves as a whole, with the comment beside it; comments on lines of their own stay where they are.
    """
    leads = [head[line_start(head, item.start) : item.start] for item in node.items]
    if not all(lead.strip() == "-" for lead in leads) or not all(isinstance(i, ScalarNode) for i in node.items):
        return
    lines = [(line_start(head, item.start), line_end(head, node_end(head, item))) for item in node.items]
    lead = leads[0].rstrip() + " " if leads[0].endswith("-") else leads[0]
    matched = _match_items(node, wanted)
    texts = [
        f"{lead}{format_scalar(text)}\n" if number is None else head[slice(*lines[number])]
        for text, number in zip(wanted, matched, strict=True)
    ]
    slots = sorted(number for number in matched if number is not None)
    edits = [TextEdit(start, end, "") for number, (start, end) in enumerate(lines) if number not in slots]
    edits += [TextEdit(*lines[slot], text) for slot, text in zip(slots, texts, strict=False)]
    end = lines[slots[-1] if slots else -1][1]
    yield [*edits, TextEdit(end, end, "".join(texts[len(slots) :]))]


def _flow_items(head: str, node: SequenceNode, wanted: list[str]) -> Iterator[list[TextEdit]]:
    """Yield how to set a list in brackets, on one line or many, if it can be done.

    Items are taken out where they stand, and new ones put at the end.
    """
    matched = _match_items(node, wanted)
    staying = [number for number in matched if number is not None]
    in_order = staying == sorted(staying) and matched[: len(staying)] == staying
    if not staying or not in_order or not all(isinstance(i, ScalarNode) and i.end > i.start for i in node.items):
        return
    gaps = [*(item.start for item in node.items[1:]), node.end - 1]
    commas = [_comma_after(head, item.end, gap) for item, gap in zip(node.items, gaps, strict=True)]
    last, edits = staying[-1], list[TextEdit]()
    new = [format_scalar(text) for text in wanted[len(staying) :]]
    item = node.items[last]
    after_line = line_end(head, item.end)
    has_line = _has_own_line(head, item, commas[last])
    has_comment = has_line and "#" in head[item.end : after_line]
    edits += [
        _remove_item(head, removed, comma)
        for number, (removed, comma) in enumerate(zip(node.items, commas, strict=True))
        if number not in staying
    ]
    comma = commas[last]
    if comma is not None and commas[-1] is None and not (has_comment and new):  # none stood at the end
        blanks = _count_blanks(head, comma + 1)
        edits.append(TextEdit(comma, comma + 1 + (0 if head[comma + 1 + blanks] in "#\n" else blanks), ""))
    indent = head[line_start(head, item.start) : item.start]
    if not has_comment:
        glue = f",\n{indent}" if has_line else ", "
        edits.append(TextEdit(item.end, item.end, "".join(glue + text for text in new)))
    elif new:
        tail = "," if commas[-1] is not None else ""
        edits.append(TextEdit(item.end, item.end, "" if commas[last] is not None else ","))
        edits.append(TextEdit(after_line, after_line, ",\n".join(indent + text for text in new) + f"{tail}\n"))
    yield edits


def _comma_after(head: str, at: int, end: int) -> int | None:
    """Return the offset of the comma after an item, None where there is none before `end`; skips comments."""
    while at < end:
        if head[at] == ",":
            return at
        at = line_end(head, at) if head[at] == "#" else at + 1
    return None


def _has_own_line(head: str, item: Node, comma: int | None) -> bool:
    """Return whether an item of a list in brackets has its line for itself, but for its comma and a comment."""
    before = head[line_start(head, item.start) : item.start]
    end = item.end if comma is None else comma + 1
    after = head[end : line_end(head, end)].strip()
    return not before.strip() and (not after or after.startswith("#"))


def _remove_item(head: str, item: Node, comma: int | None) -> TextEdit:
    """Return the edit that takes an item of a list in brackets out, with its comma."""
    end = item.end if comma is None else comma + 1
    if _has_own_line(head, item, comma):
        return TextEdit(line_start(head, item.start), line_end(head, end), "")
    return TextEdit(item.start, end + _count_blanks(head, end), "")


def _count_blanks(head: str, at: int) -> int:
    """Return how many blanks begin at an offset."""
    match = _BLANKS.match(head, at)
    return len(match[0]) if match else 0
