"""Writes site_gen/pages/views/glyph_widths.py: how wide the letters of social cards are, as their fonts say.

    pip install fonttools
    python benchmarks/pages/card_widths.py

To be run again when a font's version changes (constraints.txt): tests/build/test_cards.py measures what is drawn.
"""

from __future__ import annotations

import importlib.resources
import math
import re
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

OUT = Path(__file__).parent.parent.parent / "site_gen/pages/views/glyph_widths.py"
SERIF = importlib.resources.files("fontpkg_noto_serif").joinpath("files/NotoSerif[wdth,wght].ttf")
FOLDER = importlib.resources.files("manimgx_fonts")
STEP, FIRST, MOST = 0.02, 35, 91
FORMS = (range(0xFB50, 0xFE00), range(0xFE70, 0xFF00))  # Arabic letters in one place of a word: no text is written so
HEAD = '''"""How wide the letters of a social card's name are, in its fonts at their bold weight: made by
benchmarks/pages/card_widths.py of Noto Serif, and of Noto Sans for the scripts that it has not.

A row gives the first letter of a run and a sign for each in turn: so many fiftieths of an em, rounded up, after `#`.
"""

from __future__ import annotations

'''


def widths() -> dict[int, int]:
    sans = sorted(str(path) for path in FOLDER.iterdir() if re.fullmatch(r"NotoSans[A-Z]\w+\[wght\]\.ttf", path.name))
    found: dict[int, int] = {}
    for file in [str(SERIF), str(FOLDER.joinpath("NotoSans[wght].ttf")), *sans]:
        font = TTFont(file)
        axes = {"wght": 700, "wdth": 100}
        font = instantiateVariableFont(font, {axis.axisTag: axes[axis.axisTag] for axis in font["fvar"].axes})
        unit = font["head"].unitsPerEm
        for letter, glyph in font.getBestCmap().items():
            category = unicodedata.category(chr(letter))
            no_letter = category in {"Mn", "Me"} or (category[0] in "CZ" and letter != 32)
            if letter in found or no_letter or any(letter in forms for forms in FORMS):
                continue
            found[letter] = min(MOST, math.ceil(font["hmtx"][glyph][0] / unit / STEP - 0.001))
    return found


def main() -> None:
    found = widths()
    runs: list[tuple[int, str]] = []
    for letter in sorted(found):
        if runs and letter == runs[-1][0] + len(runs[-1][1]) and len(runs[-1][1]) < 88:
            runs[-1] = runs[-1][0], runs[-1][1] + chr(FIRST + found[letter])
        else:
            runs.append((letter, chr(FIRST + found[letter])))
    rows = "".join(f"    (0x{first:04x}, {signs!r}),\n" for first, signs in runs)
    OUT.write_text(f"{HEAD}STEP = {STEP}\nFIRST = {FIRST}\nRUNS = (\n{rows})\n", encoding="utf-8")


if __name__ == "__main__":
    main()
