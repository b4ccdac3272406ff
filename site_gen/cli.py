"""The commands: parse arguments, call one function, print what it gives. No logic.

Imports of the rooms stand in the commands that use them: `--help` answers in 0.2 s, trafilatura alone
takes 0.3 s to import.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen import __version__, console, entity_commands
from site_gen.commandline import EXIT_CODES, OK, SOME_FAILED, USED_WRONGLY, command
from site_gen.errors import SiteError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_DESCRIPTION = """\
Turns a folder of saved web pages into a site with a page per company and per topic.

  site-gen new my-digest             make a site
  site-gen add ~/Downloads/pages     put saved pages into it
  site-gen build                     write the site to output/
  site-gen serve                     show it, and what you change, in the browser
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status."""
    args = _parser().parse_args(argv)
    try:
        status: int = args.run(args)
        console.flush()
    except UsageError as error:
        console.error(f"site-gen: {error}")
        return USED_WRONGLY
    except SiteError as error:
        console.complain(error.problems)
        return SOME_FAILED
    except BrokenPipeError:  # `site-gen … | head`: who reads no further has seen enough, but not all is done
        console.hush()
        return OK if args.run is _extract else SOME_FAILED
    except OSError as error:  # a name that is too long, a folder that may not be entered
        console.error(f"site-gen: {error.filename or 'file'}: {error.strerror or error}")
        return SOME_FAILED
    except KeyboardInterrupt:
        console.error("stopped; what was done stays, the same command goes on from here")
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="site-gen",
        description=_DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"site-gen {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    new = command(
        commands,
        "new",
        _new,
        "make a new site",
        "Make a new site in DIR, with commented settings, an example company and an example topic.",
        site=False,
    )
    new.add_argument("dir", metavar="DIR", type=Path, help="the folder to make")

    add = command(
        commands, "add", _add, "put saved pages into the site",
        "Put saved pages into the site: each is copied to content/saved/, its article is extracted, tagged and "
        "written to content/articles/. Pages that are there already (same source or same bytes) are told and left "
        "alone. "
        "Reads HTML as browsers and SingleFile save it (also gzipped), copied plain text, and notes of Obsidian's "
        "Web Clipper.",
    )  # fmt: skip
    add.add_argument("paths", metavar="PATH", nargs="+", help="a saved page, or a folder of them")
    add.add_argument("--json", action="store_true", help="print one JSON object for each input")

    extract = command(
        commands, "extract", _extract, "show what would be extracted, write nothing",
        "Show the article that each saved page holds, and write nothing. Needs no site.",
    )  # fmt: skip
    extract.add_argument("paths", metavar="PATH", nargs="+", help="a saved page, or a folder of them")
    extract.add_argument("--json", action="store_true", help="print one JSON object for each input")

    tag = command(
        commands, "tag", _tag, "tag all articles again",
        "Tag all articles with the companies, topics and other entities as they are now. What you put into an "
        "article or took out of it stays so; what you took out is noted under `ignore:`. Nothing but these keys is "
        "changed in a file.",
    )  # fmt: skip
    tag.add_argument("--check", action="store_true", help="only tell what would change; exit with 1 if anything would")
    tag.add_argument("--json", action="store_true", help="print one JSON object for each article that changes")

    entity_commands.add_to(commands)

    build = command(
        commands, "build", _build, "write the site to output/",
        "Write the site. Files that are the same already are left alone, what an earlier build wrote and is no longer "
        "part of the site is removed, and files that no build wrote are never touched. When content is wrong, all "
        "complaints are told and nothing is written.",
    )  # fmt: skip
    build.add_argument("--output", metavar="DIR", type=Path, help="where to (default: output/ in the site)")
    build.add_argument(
        "--base-url", metavar="URL", help="where the site will be published, instead of base_url in content/site.yaml"
    )
    build.add_argument(
        "--offline", action="store_true", help="make links that work when the site is opened from a folder or a stick"
    )
    build.add_argument("--keep-going", action="store_true", help="build what is sound even if some content is wrong")
    build.add_argument(
        "--jobs", metavar="N", type=int, default=0, help="how many processes at once (default: one a processor)"
    )
    build.add_argument(
        "--verify", action="store_true", help="build once more from nothing, in a folder beside, and compare"
    )
    build.add_argument("--clean", action="store_true", help="forget what earlier builds left and build everything anew")
    build.add_argument("--json", action="store_true", help="print one JSON object with counts and seconds")

    serve = command(
        commands, "serve", _serve, "show the site, and what you change, in the browser",
        "Build the site and serve it on this machine. What changes in content/ and templates/ is rebuilt and shows up "
        "in open pages by itself; what is wrong is told there and here. Saved pages that are dropped into "
        "content/saved/inbox/ are added. Ctrl-C stops: with status 0, or 130 when a build had to be left undone.",
    )  # fmt: skip
    serve.add_argument("--output", metavar="DIR", type=Path, help="where to build (default: output/ in the site)")
    serve.add_argument("--base-url", metavar="URL", help="as for build; its path is the path served")
    serve.add_argument("--host", metavar="HOST", default="127.0.0.1", help="where to listen (default: 127.0.0.1)")
    serve.add_argument("--port", metavar="N", type=int, help="the port (default: 8000, or the next free one)")
    serve.add_argument("--open", action="store_true", help="open the site in the browser")
    return parser


def _new(args: argparse.Namespace) -> int:
    from site_gen import scaffold

    files = scaffold.new(args.dir)
    for name in files:
        console.line(f"  {args.dir / name}")
    console.line(f"A new site in {args.dir}. Next: cd {args.dir}; site-gen add PAGES; site-gen build")
    return OK


def _add(args: argparse.Namespace) -> int:
    import datetime as dt

    from site_gen import add, intake

    paths = intake.inputs(args.paths)
    if not paths:
        raise UsageError("no files there")
    counts = {"added": 0, "duplicate": 0, "failed": 0}
    today = dt.datetime.now().astimezone().date()
    for outcome in add.add(args.site, paths, today, lambda found: console.progress(found, len(paths), "pages")):
        counts[outcome.status] += 1
        if args.json:
            console.record(
                {"input": outcome.input, "status": outcome.status, "article": outcome.article, "reason": outcome.reason}
            )
        elif outcome.status == "added":
            console.above_progress(f"added      {outcome.input} → {outcome.article}")
        elif outcome.status == "duplicate":
            console.above_progress(f"here       {outcome.input} is {outcome.article} already ({outcome.reason})")
        else:
            console.above_progress(f"failed     {outcome.input}: {outcome.reason}")
    if not args.json:
        console.line(f"{counts['added']} added, {counts['duplicate']} here already, {counts['failed']} failed")
    return SOME_FAILED if counts["failed"] else OK


def _extract(args: argparse.Namespace) -> int:
    import datetime as dt

    from site_gen import intake

    paths = intake.inputs(args.paths)
    if not paths:
        raise UsageError("no files there")
    failed = 0
    today = dt.datetime.now().astimezone().date()
    for found in console.progress(intake.extract_all(paths, today), len(paths), "pages"):
        draft = found.draft
        failed += draft is None
        if args.json and draft:
            console.record(
                {
                    "input": found.input, "status": "extracted", "title": draft.title, "author": list(draft.author),
                    "published": draft.published, "site": draft.site, "source": draft.source,
                    "language": draft.language,
                    "description": draft.description, "text": draft.text, "markdown": draft.markdown,
                }
            )  # fmt: skip
        elif args.json:
            keys = ("title", "author", "published", "site", "source", "language", "description", "text", "markdown")
            nothing: dict[str, object] = dict.fromkeys(keys) | {"author": []}
            console.record({"input": found.input, "status": "failed", **nothing, "reason": found.reason})
        elif draft:
            by = ", ".join(draft.author) or "no byline"
            console.line(
                f"# {draft.title}\n{by} · {draft.site or 'no outlet'} · {draft.published or 'no date'} · "
                f"{draft.source or 'no source'}\n\n{draft.markdown}"
            )
        else:
            console.error(f"{found.input}: {found.reason}")
    return SOME_FAILED if failed else OK


def _tag(args: argparse.Namespace) -> int:
    from site_gen import retag

    changes = failed = 0
    for change in retag.retag(args.site, check=args.check, progress=lambda a: console.progress(a, len(a), "articles")):
        changes += 1
        failed += change.problem is not None
        if args.json:
            lists = {key: [str(tag) for tag in getattr(change, key)] for key in ("added", "removed", "ignored")}
            console.record({"article": change.file, **lists, "problem": change.problem and str(change.problem)})
            continue
        signs = (
            [f"+{t}" for t in change.added]
            + [f"-{t}" for t in change.removed]
            + [f"ignored {t}" for t in change.ignored]
        )
        console.above_progress(f"{change.file}  {'  '.join(signs) or 'the same tags; what was found is noted'}")
        if change.problem:
            console.above_progress(str(change.problem), to_stderr=True)
    if not args.json:
        would = "would change" if args.check else "changed"
        console.line(f"{changes} {'article' if changes == 1 else 'articles'} {would}")
    return SOME_FAILED if failed or (args.check and changes) else OK


def _build(args: argparse.Namespace) -> int:
    from site_gen import build
    from site_gen.urls import parse_base_url
    from site_gen.workers import relax_collector

    base_url = parse_base_url(args.base_url) if args.base_url is not None else None
    if args.base_url is not None and base_url is None:
        raise UsageError(f"--base-url {args.base_url} is no site's address; write https://user.github.io/repo/")
    options = build.Options(base_url, args.offline, args.keep_going, args.jobs)
    out = args.output or args.site / "output"
    relax_collector()
    if args.clean:
        build.clean(args.site, out)
    report = build.build(args.site, out, options, console.progress)
    wrong = (*report.problems, *(build.verify(args.site, out, options, console.progress) if args.verify else ()))
    console.complain(wrong)
    if args.json:
        console.record(
            {key: getattr(report, key) for key in ("pages", "drawn", "written", "unchanged", "removed", "seconds")}
        )
    else:
        for note in report.notes:
            console.error(f"note: {note}")
        console.line(
            f"{report.pages} pages in {report.seconds:.1f} s: {report.written} files written, "
            f"{report.unchanged} unchanged, {report.removed} removed"
        )
    return SOME_FAILED if wrong else OK


def _serve(args: argparse.Namespace) -> int:
    from site_gen import build, content
    from site_gen.serve import run
    from site_gen.serve.incremental import Incremental
    from site_gen.urls import parse_base_url

    base_url = parse_base_url(args.base_url) if args.base_url is not None else None
    if args.base_url is not None and base_url is None:
        raise UsageError(f"--base-url {args.base_url} is no site's address; write https://user.github.io/repo/")
    content.require_site(args.site)
    out = args.output or args.site / "output"
    builder = Incremental(args.site, out, build.Options(base_url))
    builder.warm_up()
    status = run.serve(
        args.site,
        out,
        builder,
        host=args.host,
        port=args.port,
        base_path=run.base_path_of(args.site, base_url),
        open_browser=args.open,
    )
    if status == run.INTERRUPTED:
        run.leave()
    return status
