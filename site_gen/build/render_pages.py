"""Pages to staged files, with a trace of what each was made of; many at once on all cores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from site_gen.build import card_png
from site_gen.build.manifest import Trace
from site_gen.build.output_dir import Drawn, stage
from site_gen.build.page_trace import reads_from_json, reads_to_json
from site_gen.content.content_files import digest_of_bytes
from site_gen.core.program_version import program_digest
from site_gen.core.urls import file_of
from site_gen.pages.renderer import Renderer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from site_gen.content.records import Page
    from site_gen.site.site import Site

_ENOUGH = 16  # letters of a digest


@dataclass(slots=True)
class Studio:
    """What is needed to draw pages: the site, the theme's templates, the folder to stage files in."""

    site: Site
    templates: Mapping[str, str]
    folder: Path
    pages: Sequence[Page]
    there: Mapping[str, bytes]  # by name, the digests of files that are there and whole
    renderer: Renderer | None = None

    def __getstate__(self) -> tuple[Any, ...]:
        return self.site, self.templates, self.folder, self.pages, self.there

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.site, self.templates, self.folder, self.pages, self.there = state
        self.renderer = None  # templates are compiled where they are used


def maker_of(page: Page) -> str:
    """What draws a page: another maker makes another page, even of the same cells, and so does another program (its
    libraries and fonts are part of that)."""
    view = f"{page.make_view.__module__}.{page.make_view.__qualname__}"
    return f"{program_digest()[:_ENOUGH]} {page.template} {view} {page.args!r}"


def is_right(site: Site, page: Page, trace: Trace | None) -> bool:
    """Whether a page that was made of what a trace says is what would be drawn now."""
    if trace is None or trace.maker != maker_of(page):
        return False
    return site.seal(reads_from_json(trace.reads)) == trace.seal


def draw(studio: Studio, numbers: Sequence[int]) -> list[Drawn]:
    """Draw and stage these of the studio's pages. Raises SiteError for a wrong template."""
    found = []
    for page in [studio.pages[number] for number in numbers]:
        data, trace = rendered(studio, page)
        if page.template.endswith(card_png.SUFFIX):
            data = card_png.png(data, page.template)
        found.append(staged(studio, page, data, trace))
    return found


def rendered(studio: Studio, page: Page) -> tuple[bytes, Trace]:
    """What a page's template gives (of a card its SVG), and what that was made of. Raises SiteError."""
    if studio.renderer is None:
        studio.renderer = Renderer(studio.templates, studio.site)
    with studio.site.tracing() as reads:
        data = studio.renderer.render(page)
    seal = studio.site.seal(reads)
    if seal is None:
        raise AssertionError(f"{page.url} read a cell that cannot be made")
    return data, Trace(maker_of(page), reads_to_json(reads), seal)


def staged(studio: Studio, page: Page, data: bytes, trace: Trace) -> Drawn:
    """A page, staged unless it is there already."""
    name, digest = file_of(page.url), digest_of_bytes(data)
    stamp = None if studio.there.get(name) == digest else stage(studio.folder, name, data)
    return Drawn(page.url, digest, stamp, trace)
