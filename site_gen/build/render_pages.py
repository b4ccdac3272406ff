"""Render pages and stage their files, each with a trace of what it was made of; many at once on all cores."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from site_gen.build import card_png
from site_gen.build.compiled_templates import open_compiled_templates
from site_gen.build.graph_store import Trace
from site_gen.build.output_dir import RenderedFile, stage_file
from site_gen.content.content_files import digest_of_bytes
from site_gen.core.digests import digest_of
from site_gen.core.urls import file_of_url
from site_gen.pages.renderer import Renderer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from site_gen.content.records import Page
    from site_gen.core.depgraph import CellKey, KeptCell
    from site_gen.site.database import SiteDatabase

_MAKER_SIZE = 8  # bytes of a digest of what makes a page


class MovedAsset(NamedTuple):
    """An asset of the theme that has another address than when pages were rendered."""

    digest: bytes  # of the cell of its address, as it was then
    old_name: bytes  # the end of the address then, with a hash of the asset's bytes
    new_name: bytes  # the end of the address now


@dataclass(slots=True)
class RenderJob:
    """Pages to render, with what that needs. Can be sent to another process."""

    site: SiteDatabase  # whose cells pages read
    templates: Mapping[str, str]  # of the theme, by name
    folder: Path  # the output folder, which has a staging folder (`output_dir.stage_file`)
    pages: Sequence[Page]  # those to render
    intact_digests: Mapping[str, bytes]  # by name, of files that stand in the folder as a build wrote them
    renderer: Renderer | None = None  # made when it is first needed
    # The traces, by name, of those pages for which nothing is another but the addresses of assets.
    readdressed: Mapping[str, Trace] = field(default_factory=dict)
    moved_assets: Mapping[CellKey, MovedAsset] = field(default_factory=dict)  # these assets, by their cells
    main_process: int = field(default_factory=os.getpid)  # that which has the cells of all others

    def __getstate__(self) -> tuple[Any, ...]:
        return (
            self.site,
            self.templates,
            self.folder,
            self.pages,
            self.intact_digests,
            self.readdressed,
            self.moved_assets,
            self.main_process,
        )

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.site, self.templates, self.folder, self.pages, self.intact_digests, *rest = state
        self.readdressed, self.moved_assets, self.main_process = rest
        self.renderer = None  # templates are compiled where they are used


def maker_of(page: Page) -> bytes:
    """Return a digest of what makes a page: the template, the function that gives its data, and that one's arguments.

    Another maker makes another page, even of the same cells. Another program forgets all that was kept.
    """
    function = f"{page.make_view.__module__}.{page.make_view.__qualname__}"
    return digest_of((page.template, function, repr(page.args)))[:_MAKER_SIZE]


def is_up_to_date(
    site: SiteDatabase, page: Page, trace: Trace | None, former_digests: Mapping[CellKey, bytes] = MappingProxyType({})
) -> bool:
    """Tell whether a page that was made of what its trace says is what would be rendered now.

    trace: None for a page that was never made. former_digests: of cells that are to count as they were.
    """
    return would_be_made_again(site, maker_of(page), trace, former_digests)


def would_be_made_again(
    site: SiteDatabase,
    maker: bytes,
    trace: Trace | None,
    former_digests: Mapping[CellKey, bytes] = MappingProxyType({}),
) -> bool:
    """Tell whether a maker would make just what it made of what a trace says. Arguments as of `is_up_to_date`."""
    if trace is None or trace.maker != maker:
        return False
    return site.digest_all(trace.reads, former_digests) == trace.values_digest


class RenderedChunk(NamedTuple):
    """What a process rendered."""

    files: list[RenderedFile]  # the pages, staged
    cells: Mapping[CellKey, KeptCell]  # the cells that it made or settled for them; empty in the main process


def render_and_stage(job: RenderJob, numbers: Sequence[int]) -> RenderedChunk:
    """Render and stage those pages of a job that have these indexes. Raises SiteError for a wrong template."""
    files = []
    for page in [job.pages[number] for number in numbers]:
        data, trace = readdress_page(job, page) or render_page(job, page)
        if page.template.endswith(card_png.SUFFIX):
            data = card_png.png(data, page.template)
        files.append(stage_page(job, page, data, trace))
    return RenderedChunk(files, job.site.take_report() if os.getpid() != job.main_process else {})


def render_page(job: RenderJob, page: Page) -> tuple[bytes, Trace]:
    """Return what a page's template gives (of a card its SVG), and what it was made of.

    Raises SiteError for a wrong template.
    """
    if job.renderer is None:
        job.renderer = Renderer(job.templates, job.site, open_compiled_templates(job.site))
    with job.site.tracing() as reads:
        data = job.renderer.render(page)
    values_digest = job.site.digest_all(reads)
    if values_digest is None:
        raise AssertionError(f"{page.url} read a cell that cannot be made")
    return data, Trace(maker_of(page), tuple(reads), values_digest)


def readdress_page(job: RenderJob, page: Page) -> tuple[bytes, Trace] | None:
    """Return what `render_page` would, made of the page's file: with the new addresses of assets.

    None where more is another, or the file is not as it was written, or names an old address several times: it may be
    the text that does.
    """
    name = file_of_url(page.url)
    trace = job.readdressed.get(name)
    if trace is None:
        return None
    try:
        data = (job.folder / name).read_bytes()
    except OSError:
        return None
    if digest_of_bytes(data) != job.intact_digests.get(name):
        return None
    for asset in [job.moved_assets[key] for key in trace.reads if key in job.moved_assets]:
        if data.count(asset.old_name) != 1 or asset.new_name in data:
            return None
        data = data.replace(asset.old_name, asset.new_name)
    return data, trace._replace(values_digest=job.site.digest_all(trace.reads) or b"")


def stage_page(job: RenderJob, page: Page, data: bytes, trace: Trace) -> RenderedFile:
    """Stage the file of a page, unless it stands in the output folder with these bytes. Raises SiteError."""
    name, digest = file_of_url(page.url), digest_of_bytes(data)
    stamp = None if job.intact_digests.get(name) == digest else stage_file(job.folder, name, data)
    return RenderedFile(page.url, digest, stamp, trace)
