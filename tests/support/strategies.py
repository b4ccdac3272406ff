"""Hypothesis strategies that several test files draw from: nasty texts, messy front matter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hypothesis import strategies as st

from site_gen.core.text import scrub

# Signs that folding, normalizing, scrubbing and splitting trip over.
TRICKY = (
    "aAbBzZ09 -_./\\'’ʼ\"&#:,[]{}|>*!%@`~?\t\n\r\x00\x0b\x1f\x7f\x85\xa0\xad"
    "İıßẞŉǰςσΣéÅÅﬁﬀ①²½ªºĳΐᾳ"
    "\u0300\u0301\u0327\u0338\u0345\u034f\u0591\u1ab0\u0f71\u0f74\u3099"
    "\u200b\u200c\u200d\u200e\u2028\u2029\u202e\u2060\u2066\ufeff\ufffe\ufe0f\U000e0041\U0001fffe"
    "\ud800\udfff海康威视アーカ゛가각한ไทยก็พุٱأهيشلם\u0915\u094d\u0937ᎠꭰＡ．／＼ﾊﾟ\u3164\u115f😀👨\u200d👩"
)
tricky = st.text(alphabet=st.sampled_from(TRICKY), max_size=40)
wild = st.text(alphabet=st.characters(), max_size=60)  # every code point, surrogates too
nasty = st.one_of(tricky, wild)
prose = st.lists(
    st.one_of(
        nasty.map(scrub),
        st.sampled_from(
            ["The board met on Tuesday, and nobody came. ", "“No,” he said. ", "海康威视昨天宣布。", "U.S. officials ",
             "\u00a0. ", "\u3000。", "x" * 90, " ", "\n", "word " * 30, "Mr. A. B. Smith ", "! ", "\u2028"]
        ),
    ),
    min_size=1,
    max_size=25,
).map("".join)  # fmt: skip
slugs = st.sampled_from(["alpha", "beta", "gamma", "delta-4", "海康威视", "no", "1e3", "null", "a-b", "x"])


@dataclass(frozen=True)
class Chunk:
    """Some lines of a front matter: those of a key, or comments and blank lines between keys."""

    key: str | None
    text: str


@dataclass(frozen=True)
class MessyFile:
    """A file with front matter as people write it."""

    bom: str
    newline: str
    chunks: tuple[Chunk, ...]
    closing: str
    body: str

    def lines(self, chunk: Chunk) -> str:
        return chunk.text.replace("\n", self.newline)

    @property
    def text(self) -> str:
        head = "".join(map(self.lines, self.chunks))
        return f"{self.bom}---{self.newline}{head}{self.closing}{self.body}"

    @property
    def keys(self) -> list[str]:
        return [chunk.key for chunk in self.chunks if chunk.key is not None]


_SCALARS = (
    "{k}: plain words\n",
    "{k}:   spaced   # a note\n",
    '{k}: "quoted # no comment: \\"x\\""  # but this\n',
    "{k}: 'it''s # in here'\n",
    "{k}:\n",
    "{k}: ~  # none yet\n",
    "{k}:   # empty, for now\n",
    "{k}: No\n",
    "{k}: 2019-05-23\t# a day\n",
    "{k}: https://news.example/a#b?c=[d]\n",
    "{k}: |\n  line one\n  # no comment\n\n  line two\n",
    "{k}: >-  # folded\n  one\n  two\n\n",
    "{k}: |+\n  kept\n\n\n",
    "{k}: one\n  two\n\n  three  # at the end\n",
    '{k}: "one\n  two # inside"\n',
    "{k}:\n  below\n",
    "'{k}': quoted key\n",
    "? {k}\n: complex\n",
    "{k}: caf\u00e9 海康威视 \u202eevil\u200f # ü\x00\n",
)
_MAPPINGS = (
    "{k}: {{a: 1, b: [x, y]}}  # flow\n",
    "{k}: {{\n  a: 1,   # one\n  b: 2\n}}\n",
    "{k}:  # its keys\n  a: 1 # one\n  # own line\n  b:\n    - x\n    - y # why\n",
    "{k}:\n    a:\n    b: |\n      text\n",
    "{k}:\n  - a: 1\n    b: 2\n  - [c, d]\n",
)
_BETWEEN = ("# a comment\n", "\n", " # indented\n\n", "\n\n# two: [lines]\n# - of it\n", "   \n")
_ITEM_FORMS = ("{0}", '"{0}"', "'{0}'")


@st.composite
def block_lists(draw: st.DrawFn, key: str) -> str:
    """Draw a list with an item a line, comments beside and between the items."""
    indent = draw(st.sampled_from(["", "  ", "    "]))
    dash = draw(st.sampled_from(["- ", "-   "]))
    lines = [f"{key}:{draw(st.sampled_from(['', '  # main first']))}\n"]
    for item in draw(st.lists(slugs, min_size=1, max_size=5)):
        lines.append(draw(st.sampled_from(["", "", f"{indent}# own {item}\n", "\n"])))
        form = draw(st.sampled_from(_ITEM_FORMS)).format(item)
        lines.append(f"{indent}{dash}{form}{draw(st.sampled_from(['', f'  # beside {item}']))}\n")
    return "".join(lines)


@st.composite
def flow_lists(draw: st.DrawFn, key: str) -> str:
    """Draw a list in brackets, on one line or on many, with comments where YAML allows them."""
    items = [draw(st.sampled_from(_ITEM_FORMS)).format(s) for s in draw(st.lists(slugs, max_size=5))]
    comma = draw(st.sampled_from(["", ","])) if items else ""
    if draw(st.booleans()):
        return f"{key}: [{', '.join(items)}{comma}]{draw(st.sampled_from(['', ' # seen']))}\n"
    lines = [f"{key}: [{draw(st.sampled_from(['', ' # opened']))}\n"]
    for number, item in enumerate(items):
        mark = "," if number + 1 < len(items) else comma
        lines.append(draw(st.sampled_from(["", "", "  # own, with a comma\n", "\n"])))
        lines.append(f"  {item}{mark}{draw(st.sampled_from(['', '   # beside [it]']))}")
        lines.append(draw(st.sampled_from(["\n", "\n", " "])) if not lines[-1].endswith("]") else "\n")
    if not lines[-1].endswith("\n"):
        lines.append("\n")
    return "".join(lines) + draw(st.sampled_from(["]\n", "  ]  # closed\n"]))


def chunks(key: str) -> st.SearchStrategy[Chunk]:
    """Draw the lines of one key, in one of many forms."""
    templates = st.sampled_from([t.format(k=key) for t in _SCALARS + _MAPPINGS])
    return st.one_of(block_lists(key), flow_lists(key), templates).map(lambda text: Chunk(key, text))


@st.composite
def messy_files(draw: st.DrawFn) -> MessyFile:
    """Draw a whole file of lines that people really write."""
    keys = draw(st.lists(st.sampled_from(["title", "companies", "topics", "saved", "ignore", "x"]), unique=True))
    parts: list[Chunk] = []
    for key in keys:
        parts += [Chunk(None, text) for text in draw(st.lists(st.sampled_from(_BETWEEN), max_size=2))]
        parts.append(draw(chunks(key)))
    parts += [Chunk(None, text) for text in draw(st.lists(st.sampled_from(_BETWEEN), max_size=1))]
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    end = draw(st.sampled_from(["", f"{newline}Body.{newline}", f"{newline}{newline}# Body\u2028\x00 [x]: --- no end"]))
    return MessyFile(
        bom=draw(st.sampled_from(["", "\ufeff"])),
        newline=newline,
        chunks=tuple(parts),
        closing=draw(st.sampled_from(["---", "...", "---  "])),
        body=end,
    )


values: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.lists(slugs, max_size=5),
    slugs,
    st.text(alphabet=st.sampled_from("ab#:' \"-[]{},&*!|>%@`\n\t\\é海\u2028\x85"), max_size=12),
    st.lists(st.text(alphabet=st.sampled_from("ab#:' \"-[]{},\n\\"), max_size=8), max_size=3),
    st.dates(),
    st.dictionaries(slugs, slugs, max_size=3),
)
days = st.dates(min_value=dt.date(1000, 1, 1))
