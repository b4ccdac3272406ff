"""`site-gen build`, `check`, `serve`, `permalinks`: make the site, look at it, keep its addresses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command, base_url_of, print_next_step
from site_gen.core import console
from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from site_gen.build.build_report import BuildOptions, Report
    from site_gen.build.up_to_date import FirstLook
    from site_gen.core.errors import Problem


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parsers of `build`, `check`, `serve` and `permalinks`."""
    build = add_command(
        subparsers, "build", _run_build, "write the site to output/",
        "Write the site. Unchanged files are not rewritten, files of earlier builds that no longer belong to the site "
        "are removed, and files that no build wrote are never touched. If the content has errors, all of them are "
        "reported and nothing is written.",
    )  # fmt: skip
    build.add_argument("--output", metavar="DIR", type=Path, help="output folder (default: output/ in the site)")
    build.add_argument(
        "--base-url", metavar="URL", help="where the site will be published, instead of base_url in content/site.yaml"
    )
    build.add_argument("--offline", action="store_true", help="make links that work when the site is opened from disk")
    build.add_argument(
        "--keep-going", action="store_true", help="build the rest of the site if some content has errors"
    )
    build.add_argument("--no-search", action="store_true", help="leave search out, as `search: false` does")
    build.add_argument("--no-cards", action="store_true", help="make no social cards, as `cards: none` does")
    build.add_argument(
        "--jobs", metavar="N", type=int, default=0, help="number of processes (default: one per processor)"
    )
    build.add_argument("--verify", action="store_true", help="build again from scratch in another folder and compare")
    build.add_argument("--clean", action="store_true", help="discard what earlier builds left and build from scratch")
    build.add_argument(
        "--untrusted", action="store_true",
        help="build a site you do not trust: use only the program's templates; needs --output outside the site",
    )  # fmt: skip
    build.add_argument("--json", action="store_true", help="print one JSON object with counts and seconds")

    check = add_command(
        subparsers, "check", _run_check, "find problems before you publish",
        "Build the pages, follow all their links, anchors and assets, read every feed and sitemap, and report what "
        "GitHub Pages would drop or refuse and what does not match the repository, each with a fix. Social cards and "
        "the search index are not made, only checked for whether they can be; `publish` makes and checks everything.",
    )  # fmt: skip
    check.add_argument("--output", metavar="DIR", type=Path, help="output folder (default: output/ in the site)")
    check.add_argument("--base-url", metavar="URL", help="as for build")
    check.add_argument("--json", action="store_true", help="print one JSON object per problem")

    serve = add_command(
        subparsers, "serve", _run_serve, "show the site in the browser, and rebuild it as you edit",
        "Build the site and serve it on this machine. Changes in content/ and templates/ are built and appear in open "
        "pages; problems are shown there and here. Saved pages that you drop into content/saved/inbox/ are added. "
        "Press Ctrl-C to stop; the exit status is 0, or 130 if a build was interrupted.",
    )  # fmt: skip
    serve.add_argument("--output", metavar="DIR", type=Path, help="output folder (default: output/ in the site)")
    serve.add_argument("--base-url", metavar="URL", help="as for build; the site is served under its path")
    serve.add_argument("--host", metavar="HOST", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", metavar="N", type=int, help="the port (default: 8000, or the next free one)")
    serve.add_argument("--open", action="store_true", help="open the site in the browser")
    _add_permalinks(subparsers)


def _add_permalinks(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    permalinks = add_command(
        subparsers, "permalinks", _record_permalinks, "retire an address, or record all without publish",
        "Keep the record of published addresses, content/permalinks.txt. `site-gen publish` writes it by itself; you "
        "need this command to retire an address, or if the site is published in another way.",
        has_site=False,
    )  # fmt: skip
    actions = permalinks.add_subparsers(title="commands", metavar="COMMAND", required=True)
    record = add_command(
        actions, "record", _record_permalinks, "record every address, if you publish without `site-gen publish`",
        "Record every address of the site in content/permalinks.txt, and the paragraphs of its articles in "
        "content/anchors.txt; from then on no build drops one of them silently. Past issues are recorded in "
        "content/issues.txt and then change only by corrections. `site-gen publish` does this for you. Commit the "
        "three files.",
    )  # fmt: skip
    record.add_argument(
        "--force", action="store_true",
        help="go on if a ledger is damaged or missing, with what can be read of it",
    )  # fmt: skip
    record.add_argument("--json", action="store_true", help="print one JSON object")
    gone = add_command(
        actions, "gone", _declare_gone, "retire an address",
        "Declare that an address, and everything below it, is gone. A page that says so takes its place.",
    )  # fmt: skip
    gone.add_argument("url", metavar="ADDRESS", help="as in the ledger: /companies/acme/")
    gone.add_argument("--title", metavar="TEXT", help="its former title (default: made from the address)")


def _run_build(args: argparse.Namespace) -> int:
    from site_gen.build import up_to_date
    from site_gen.build.build_report import BuildOptions

    options = BuildOptions(
        base_url_of(args), args.offline, args.keep_going, args.jobs, search=not args.no_search,
        cards=not args.no_cards, untrusted=args.untrusted,
    )  # fmt: skip
    out = args.output or args.site / "output"
    if args.untrusted:
        _require_folder_outside(args)
    # Asked before the builder is imported: that takes longer than a look at thousands of files.
    must_build = args.clean or args.verify
    seen = None if must_build else up_to_date.look(args.site, out, options)
    report, problems = (seen.report, []) if seen and seen.report else _build(args, out, options, seen)
    console.print_problems(problems)
    if args.json:
        console.print_json(
            {key: getattr(report, key) for key in ("pages", "drawn", "written", "unchanged", "removed", "seconds")}
        )
    else:
        for note in (*report.notes, *report.untagged):
            console.print_error(f"note: {note}")
        console.print_line(
            f"{report.pages} pages in {report.seconds:.1f} s: {report.written} files written, "
            f"{report.unchanged} unchanged, {report.removed} removed"
        )
        print_next_step(args)
    return SOME_FAILED if problems else OK


def _require_folder_outside(args: argparse.Namespace) -> None:
    """Raise UsageError unless the site is built into a folder outside of it: what lies in it may be of a stranger."""
    if args.output is None or args.output.resolve().is_relative_to(args.site.resolve()):
        raise UsageError("--untrusted needs an --output folder outside the site")
    if args.clean:
        raise UsageError("--untrusted and --clean cannot be combined: an untrusted build keeps nothing to discard")


def _build(
    args: argparse.Namespace, out: Path, options: BuildOptions, seen: FirstLook | None
) -> tuple[Report, list[Problem]]:
    """Build where there is something to do; return the report and all that is wrong."""
    from site_gen.build import build_session
    from site_gen.core.parallel import relax_garbage_collection

    relax_garbage_collection()
    if args.clean:
        build_session.clean(args.site, out)
    report = build_session.build(args.site, out, options, console.show_progress, seen)
    differences = build_session.verify(args.site, out, options, console.show_progress) if args.verify else []
    return report, [*report.problems, *differences]


def _run_serve(args: argparse.Namespace) -> int:
    import threading

    from site_gen.build import build_session
    from site_gen.content import loader
    from site_gen.serve import watch_server
    from site_gen.serve.live_builder import LiveBuilder

    base_url = base_url_of(args)
    loader.require_site(args.site)
    out = args.output or args.site / "output"
    builder = LiveBuilder(args.site, out, build_session.BuildOptions(base_url))
    up_to_date = builder.warm_up()
    status = watch_server.serve(
        args.site,
        out,
        builder,
        up_to_date=up_to_date,
        host=args.host,
        port=args.port,
        base_path=watch_server.base_path_reader(args.site, base_url),
        open_browser=args.open,
    )
    if threading.active_count() > 1:
        watch_server.exit_now(status)
    return status


def _run_check(args: argparse.Namespace) -> int:
    from site_gen.build import build_session
    from site_gen.core.formatting import format_count
    from site_gen.core.parallel import relax_garbage_collection
    from site_gen.publish.check import check_site

    options = build_session.BuildOptions(base_url_of(args))
    relax_garbage_collection()
    result = check_site.check(args.site, args.output or args.site / "output", options, console.show_progress)
    for level, problems in (("note", result.notes), ("wrong", result.wrong)):
        for problem in problems:
            if args.json:
                location = {"level": level, "file": problem.file, "line": problem.line}
                console.print_json({**location, "what": problem.what, "mend": problem.mend})
            elif level == "note":
                console.print_error(f"note: {problem}")
    if not args.json:
        console.print_problems(result.wrong)
        if not result.is_complete:
            console.print_error("not made here: social cards and the search index; `build` and `publish` make them")
        console.print_line(format_count(len(result.wrong), "problem") if result.wrong else "no problems")
    return SOME_FAILED if result.wrong else OK


def _record_permalinks(args: argparse.Namespace) -> int:
    from site_gen.content import site_day
    from site_gen.publish import permalinks

    result = permalinks.record(args.site, site_day.today(args.site), console.show_progress, force=args.force)
    if args.json:
        issues = {"issued": list(result.issued), "corrected": list(result.corrected)}
        console.print_json({"addresses": result.total, "new": list(result.new), "moved": list(result.moved), **issues})
        return OK
    for label, urls in (("new", result.new), ("redirects", result.moved)):
        if urls:
            console.print_line(f"{len(urls)} {label}: {permalinks.abbreviate_list(urls)}")
    for label, keys in (("published for good", result.issued), ("corrected or added to", result.corrected)):
        if keys:
            noun = "issue" if len(keys) == 1 else "issues"
            console.print_line(f"{len(keys)} {noun} {label}: {permalinks.abbreviate_list(keys)}")
    console.print_line(
        f"{result.total} addresses in content/permalinks.txt; commit it with content/anchors.txt and content/issues.txt"
    )
    return OK


def _declare_gone(args: argparse.Namespace) -> int:
    from site_gen.content import site_day
    from site_gen.publish import permalinks

    today = site_day.today(args.site)
    urls = permalinks.declare_gone(args.site, args.url, today, args.title)
    console.print_line(f"declared gone: {permalinks.abbreviate_list(urls)}")
    return OK
