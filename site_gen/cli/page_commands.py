"""`site-gen add`, `extract`, `review`: add saved pages to a site, and correct what was made of them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command, print_next_step, site_option
from site_gen.core import console
from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    from site_gen.ingest.add_pages import Outcome


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parsers of `add`, `extract` and `review`."""
    add = add_command(
        subparsers, "add", _run_add, "add saved pages, archives or folders of them",
        "Add saved pages to the site. Each page is copied to content/saved/; its article is extracted, tagged and "
        "written to content/articles/. A page that the site has already (same source or same bytes) is reported and "
        "skipped. Reads HTML saved by browsers or SingleFile (also gzipped or zipped), MHTML, Safari web archives, PDF "
        "printouts, email, copied plain text, notes from Obsidian Web Clipper, and archives of many pages: WARC, WACZ, "
        "ZIP. An archive is kept once, and each of its pages becomes an article.",
    )  # fmt: skip
    add.add_argument("paths", metavar="PATH", nargs="+", help="a saved page, an archive, or a folder of them")
    _add_match_option(add)
    add.add_argument(
        "--dry-run", action="store_true", help="show what would be added, skipped or refused, and write nothing"
    )
    add.add_argument("--quiet", action="store_true", help="show only what failed, and the counts")
    add.add_argument("--json", action="store_true", help="print one JSON object for each input")

    parser = add_command(
        subparsers, "extract", _run_extract, "print the text of a saved page; --again: update articles",
        "Print the title, facts and text found in each saved page. Needs no site and writes nothing; "
        "`site-gen add --dry-run` shows instead which pages would be added to your site. With --again, show how the "
        "site's articles would differ if this version of the program extracted them from their saved pages; exit with "
        "1 if they would. With --again --write, update the articles, except where you changed them.",
    )  # fmt: skip
    parser.add_argument("paths", metavar="PATH", nargs="*", help="a saved page, an archive, or a folder of them")
    _add_match_option(parser)
    parser.add_argument(
        "--again", action="store_true", help="compare the site's articles, or those at PATH, with a new extraction"
    )
    parser.add_argument("--write", action="store_true", help="with --again, write the changes")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each input")

    review = add_command(
        subparsers, "review", _run_review, "check and correct doubtful articles in the browser",
        "Show the articles whose title, date or text is uncertain, one after another in the browser, each next to the "
        "text of its saved page and with a form to correct it. The articles that readers see most come first. Articles "
        "with the same doubt can be answered together. Press Ctrl-C to stop; what you saved is kept.",
    )  # fmt: skip
    for option in ("--list", "--json"):  # what `list --doubtful` does now
        review.add_argument(option, action="store_true", help=argparse.SUPPRESS)
    review.add_argument("--port", metavar="N", type=int, help="the port (default: 8000, or the next free one)")
    review.add_argument("--open", action="store_true", help="open the browser")


def _add_match_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--match", metavar="TEXT", action="append", default=[],
        help="from an archive take only pages whose address contains TEXT; * matches anything; can be repeated",
    )  # fmt: skip


def _run_add(args: argparse.Namespace) -> int:
    from site_gen.content import site_day
    from site_gen.ingest import add_pages, extract_pool
    from site_gen.ingest.extract.html.page_kind import may_be_answered

    paths = extract_pool.list_files(args.paths)
    if not paths:
        raise UsageError("no files found there")
    counts = {"added": 0, "duplicate": 0, "failed": 0}
    doubtful = 0
    today = site_day.today(args.site)
    page_count = extract_pool.PageCount(len(paths))
    outcomes = add_pages.add(
        args.site,
        paths,
        today,
        lambda pages: console.show_progress(pages, lambda: page_count.total, "pages"),
        is_wanted=extract_pool.address_filter(args.match),
        page_count=page_count,
        dry_run=args.dry_run,
    )
    for outcome in outcomes:
        if outcome.status != "summary":
            counts[outcome.status] += 1
        doubtful += may_be_answered(outcome.doubts)
        if args.json:
            keys = ("input", "page", "status", "article", "reason")
            console.print_json({key: getattr(outcome, key) for key in keys} | {"doubts": dict(outcome.doubts)})
        elif not args.quiet or outcome.status == "failed":
            _print_outcome(outcome)
    if not args.json:
        would = "would be added" if args.dry_run else "added"
        console.print_line(f"{counts['added']} {would}, {counts['duplicate']} already here, {counts['failed']} failed")
        if doubtful and not args.dry_run:
            console.print_line(f"{_article_count(doubtful)} to check: site-gen review{site_option(args)}")
        if not args.quiet:
            print_next_step(args, "site-gen serve --open")
    return SOME_FAILED if counts["failed"] else OK


def _print_outcome(outcome: Outcome) -> None:
    """Print what became of one page."""
    if outcome.status == "added":
        console.print_above_progress(f"added      {outcome.name} → {outcome.article}")
        if outcome.doubts:
            console.print_above_progress(f"           check {console.format_doubts(outcome.doubts)}")
    elif outcome.status == "duplicate":
        console.print_above_progress(f"here       {outcome.name} is {outcome.article} already ({outcome.reason})")
    else:
        label = "archive" if outcome.status == "summary" else "failed"
        console.print_above_progress(f"{label:10} {outcome.name}: {outcome.reason}")


def _article_count(count: int) -> str:
    return f"{count} {'article' if count == 1 else 'articles'}"


def _run_extract(args: argparse.Namespace) -> int:
    import datetime as dt

    from site_gen.ingest import extract_pool

    if args.again:
        return _extract_again(args)
    if args.write:
        raise UsageError("--write needs --again; to add a saved page to the site, use site-gen add")
    if not args.paths:
        raise UsageError("name a saved page or a folder, or use --again for the site's articles")
    paths = extract_pool.list_files(args.paths)
    if not paths:
        raise UsageError("no files found there")
    failed = 0
    today = dt.datetime.now().astimezone().date()
    page_count = extract_pool.PageCount(len(paths))
    results = extract_pool.extract_all(
        paths, today, is_wanted=extract_pool.address_filter(args.match), page_count=page_count
    )
    for result in console.show_progress(results, lambda: page_count.total, "pages"):
        draft = result.draft
        failed += draft is None and not result.summary
        if args.json and draft:
            console.print_json(
                {
                    "input": result.input, "page": result.page, "status": "extracted",
                    "title": draft.title, "author": list(draft.author),
                    "published": draft.published, "site": draft.site, "source": draft.source,
                    "language": draft.language,
                    "description": draft.description, "text": draft.text, "markdown": draft.markdown,
                    "doubts": dict(draft.doubts),
                }
            )  # fmt: skip
        elif args.json:
            keys = ("title", "author", "published", "site", "source", "language", "description", "text", "markdown")
            empty: dict[str, object] = dict.fromkeys(keys) | {"author": [], "doubts": {}}
            status = "summary" if result.summary else "failed"
            console.print_json(
                {"input": result.input, "page": result.page, "status": status, **empty, "reason": result.reason}
            )
        elif draft:
            byline = ", ".join(draft.author) or "no byline"
            console.print_line(
                f"# {draft.title}\n{byline} · {draft.site or 'no outlet'} · {draft.published or 'no date'} · "
                f"{draft.source or 'no source'}\n"
                + (f"check {console.format_doubts(draft.doubts)}\n" if draft.doubts else "")
                + f"\n{draft.markdown}"
            )
        else:
            console.print_error(f"{result.name}: {result.reason}")
    return SOME_FAILED if failed else OK


def _extract_again(args: argparse.Namespace) -> int:
    """Run `extract --again`: print what a new extraction of the site's pages changes, and with `--write` write it."""
    from site_gen.content import site_day
    from site_gen.ingest import reextract

    today = site_day.today(args.site)
    changes = failed = 0
    for difference in reextract.find_differences(
        args.site,
        args.paths,
        today,
        write=args.write,
        progress=lambda articles, total: console.show_progress(articles, total, "articles"),
    ):
        failed += difference.problem is not None
        changes += difference.has_changes
        if args.json:
            console.print_json(difference.to_json())
            continue
        console.print_above_progress(difference.file)
        for fact in difference.facts:
            reason = f"   ({fact.kept_because})" if fact.kept_because else ""
            console.print_above_progress(f"  {fact.key:<12} {fact.old or 'nothing'} → {fact.new or 'nothing'}{reason}")
        if difference.diff:
            console.print_above_progress(
                "  text" + (f"         {difference.text_kept_because}" if difference.text_kept_because else "")
            )
            for line in difference.diff:
                console.print_above_progress(f"    {line}")
        if difference.problem:
            console.print_above_progress(str(difference.problem), to_stderr=True)
    if not args.json:
        console.print_line(f"{_article_count(changes)} {'changed' if args.write else 'would change'}")
        if changes:
            next_step = (
                "to update their tags: site-gen tag" if args.write else "to write it: site-gen extract --again --write"
            )
            console.print_line(next_step + site_option(args))
    return SOME_FAILED if failed or (changes and not args.write) else OK


def _run_review(args: argparse.Namespace) -> int:
    from site_gen.serve.review import review_queue

    if args.list or args.json:
        from site_gen.cli.list_command import is_doubtful, list_articles

        console.print_error(f"note: this is now site-gen list --doubtful{site_option(args)}")
        return list_articles(args.site, is_doubtful, 0, has_reasons=True, as_json=args.json)

    queue = review_queue.find_doubtful(args.site)
    articles = queue.articles
    console.print_problems(queue.problems)
    if not articles:
        console.print_line("0 articles to check")
    if queue.not_asked:
        console.print_line(f"{queue.not_asked} more are forum pages, lists or similar, with nothing to correct")
    if articles:
        from site_gen.serve.review import review_server

        review_server.serve(args.site, articles, port=args.port, open_browser=args.open)
    return SOME_FAILED if queue.problems else OK
