"""Write site_gen/pages/views/glyph_widths.json: how wide the letters of social cards are, as their fonts say.

    pip install fonttools
    python benchmarks/pages/glyph_widths.py

To be run again when a font's version changes (constraints.txt): tests/build/test_cards.py measures what is drawn.
"""

from __future__ import annotations

import importlib.resources
import json
import math
import re
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

OUT = Path(__file__).parent.parent.parent / "site_gen/pages/views/glyph_widths.json"
SERIF = importlib.resources.files("fontpkg_noto_serif").joinpath("files/NotoSerif[wdth,wght].ttf")
FOLDER = importlib.resources.files("manimgx_fonts")
STEP = 0.02  # ems that one step of a width stands for
ZERO = "#"  # the sign of a width of 0; each later sign in Unicode is one step wider
MAX_STEPS = 91  # steps, so that the last sign is "~"
MAX_RUN = 88  # letters at most in one run
FORMS = (range(0xFB50, 0xFE00), range(0xFE70, 0xFF00))  # Arabic letters in one place of a word: no text is written so
DESCRIPTION = (  # stands in the file
    "How wide the letters of a social card's name are, in its fonts at their bold weight: Noto Serif, and Noto "
    "Sans for the scripts that it has not. Made by benchmarks/pages/glyph_widths.py. runs: the code point of a "
    "run's first letter in hexadecimal, and a sign for each letter in turn, which is as many steps wide as the "
    "sign is after zero."
)


def letter_widths() -> dict[int, int]:
    """Return the width of each letter that the fonts have, in steps, rounded up, by code point."""
    sans = sorted(str(path) for path in FOLDER.iterdir() if re.fullmatch(r"NotoSans[A-Z]\w+\[wght\]\.ttf", path.name))
    steps: dict[int, int] = {}
    for file in [str(SERIF), str(FOLDER.joinpath("NotoSans[wght].ttf")), *sans]:
        font = TTFont(file)
        axes = {"wght": 700, "wdth": 100}
        font = instantiateVariableFont(font, {axis.axisTag: axes[axis.axisTag] for axis in font["fvar"].axes})
        unit = font["head"].unitsPerEm
        for letter, glyph in font.getBestCmap().items():
            category = unicodedata.category(chr(letter))
            no_letter = category in {"Mn", "Me"} or (category[0] in "CZ" and letter != 32)
            if letter in steps or no_letter or any(letter in forms for forms in FORMS):
                continue
            steps[letter] = min(MAX_STEPS, math.ceil(font["hmtx"][glyph][0] / unit / STEP - 0.001))
    return steps


def group_runs(steps: dict[int, int]) -> dict[str, str]:
    """Return widths as runs of letters that follow each other."""
    rows: list[tuple[int, str]] = []
    for letter in sorted(steps):
        sign = chr(ord(ZERO) + steps[letter])
        if rows and letter == rows[-1][0] + len(rows[-1][1]) and len(rows[-1][1]) < MAX_RUN:
            rows[-1] = rows[-1][0], rows[-1][1] + sign
        else:
            rows.append((letter, sign))
    return {f"{first:04x}": signs for first, signs in rows}


def main() -> None:
    """Write the file."""
    data = {"about": DESCRIPTION, "step": STEP, "zero": ZERO, "runs": group_runs(letter_widths())}
    OUT.write_text(json.dumps(data, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
