"""Draw the SVG of a social card as a PNG.

Resvg draws it, with fonts that come as packages and none of the machine's, so that a card is the same wherever it is
drawn. Noto (SIL Open Font License 1.1) has a serif for European scripts and sans for all others; its fonts of Chinese,
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

SUFFIX = ".svg"  # of the names of templates whose output becomes a picture
_CJK_LETTERS = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003347f]"
)
# Fonts: the package and the file in it.
_SERIF_FONT = ("fontpkg_noto_serif", "files/NotoSerif[wdth,wght].ttf")
_SANS_FONT = ("manimgx_fonts", "NotoSans[wght].ttf")
_CJK_FONT = ("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc")


def png(svg: bytes, template: str) -> bytes:
    """Return the picture that an SVG shows.

    template: the name of the template that gave it, for messages. Raises SiteError for an SVG that cannot be drawn, or
    is not of a card's size.
    """
    text = svg.decode()
    try:
        data = resvg_py.svg_to_bytes(svg_string=text, skip_system_fonts=True, font_files=_fonts_for(text))
    except ValueError as error:
        raise _template_error(template, f"is not a picture ({error})", "fix the template") from None
    width, height = struct.unpack(">II", data[16:24])  # PNG, section 11.2.1
    if (width, height) != (WIDTH, HEIGHT):
        raise _template_error(
            template, f"is {width} by {height} pixels", f"make it {WIDTH} by {HEIGHT}, which its pages say it is"
        )
    return data


def _template_error(template: str, what: str, mend: str) -> SiteError:
    return SiteError(Problem(f"templates/{template}", 0, what, mend))


def _fonts_for(text: str) -> list[str]:
    """Return the paths of the fonts that a text can need: to open one costs as much as to draw with it."""
    fonts = [_font_path(*_SERIF_FONT), _font_path(*_SANS_FONT)]
    if not text.isascii():
        if _CJK_LETTERS.search(text):
            fonts.append(_font_path(*_CJK_FONT))
        if _other_letters().search(text):
            fonts += _other_fonts()
    return fonts


@functools.cache
def _font_path(package: str, name: str) -> str:
    return str(importlib.resources.files(package).joinpath(name))


@functools.cache
def _other_fonts() -> tuple[str, ...]:
    """Return the paths of the fonts for all scripts that are neither European nor Chinese, Japanese or Korean."""
    package = _SANS_FONT[0]
    names = [path.name for path in importlib.resources.files(package).iterdir()]
    return tuple(
        _font_path(package, name) for name in sorted(names) if re.fullmatch(r"NotoSans[A-Z]\w+\[wght\]\.ttf", name)
    )


@functools.cache
def _other_letters() -> re.Pattern[str]:
    """Return a pattern for a letter that needs one of `_other_fonts`, compiled when a text is not ASCII."""
    return re.compile("[\u0530-\u1cff\u2190-\u2bff\ua840-\uabff\ufb00-\ufdff\ufe70-\ufefe\U00010800-\U0001efff]")
