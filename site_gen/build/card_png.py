"""SVG to PNG, for social cards: by resvg, with fonts that come as packages and none of the machine's, so that a card
is the same wherever it is drawn.

Noto (SIL Open Font License 1.1) has a serif for European scripts and sans for all others; its fonts of Chinese,
Japanese and Korean are large, and opened only for a text that has such letters.
"""

from __future__ import annotations

import functools
import importlib.resources
import re
import struct

import resvg_py

from site_gen.core.errors import Problem, SiteError
from site_gen.pages.views.social_cards import HEIGHT, WIDTH

SUFFIX = ".svg"  # of templates that become pictures
_CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003347f]"
)
_SERIF = ("fontpkg_noto_serif", "files/NotoSerif[wdth,wght].ttf")
_SANS = ("manimgx_fonts", "NotoSans[wght].ttf")
_EAST = ("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc")


def png(svg: bytes, template: str) -> bytes:
    """The picture that an SVG shows. Raises SiteError, naming the template, for what is no picture of a card's size."""
    text = svg.decode()
    try:
        data = resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True, font_files=_fonts(text))
    except ValueError as error:
        raise _wrong(template, f"is no picture ({error})", "mend the template") from None
    width, height = struct.unpack(">II", data[16:24])  # PNG, section 11.2.1
    if (width, height) != (WIDTH, HEIGHT):
        raise _wrong(
            template, f"is {width} by {height} pixels", f"make it {WIDTH} by {HEIGHT}, which its pages say it is"
        )
    return data


def _wrong(template: str, what: str, mend: str) -> SiteError:
    return SiteError(Problem(f"templates/{template}", 0, what, mend))


def _fonts(text: str) -> list[str]:
    """The fonts that a text can need: to open one costs as much as to draw with it."""
    found = [_font(*_SERIF), _font(*_SANS)]
    if not text.isascii():
        if _CJK.search(text):
            found.append(_font(*_EAST))
        if _others().search(text):
            found += _of_others()
    return found


@functools.cache
def _font(package: str, name: str) -> str:
    return str(importlib.resources.files(package).joinpath(name))


@functools.cache
def _of_others() -> tuple[str, ...]:
    """The fonts of all other scripts."""
    names = [path.name for path in importlib.resources.files(_SANS[0]).iterdir()]
    return tuple(
        _font(_SANS[0], name) for name in sorted(names) if re.fullmatch(r"NotoSans[A-Z]\w+\[wght\]\.ttf", name)
    )


@functools.cache
def _others() -> re.Pattern[str]:
    """Letters that the fonts of European scripts do not have."""
    return re.compile("[\u0530-\u1cff\u2190-\u2bff\ua840-\uabff\ufb00-\ufdff\ufe70-\ufefe\U00010800-\U0001efff]")
