"""`site-gen new`, `add`, `extract`, `review`: make a site, and put saved pages into it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command, site_option
from site_gen.core import console
from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from site_gen.cli.new_site import PublishWay


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parsers of `new`, `add`, `extract` and `review`."""
    new = add_command(
        subparsers,
        "new",
        _run_new,
        "make an empty site",
        "Make a new site in DIR, with commented settings, an example company and an example topic. On a terminal it "
        "asks how the site will be published; saved pages stay out of git either way.",
        has_site=False,
    )
    new.add_argument("dir", metavar="DIR", type=Path, help="the folder to make")
    new.add_argument(
        "--publish", choices=("machine", "workflow"),
        help="machine: `site-gen publish` pushes the built site from here (default); workflow: a private repository at "
        "GitHub builds it and pushes it to a public one",
    )  # fmt: skip
    new.add_argument(
        "--remote", metavar="ADDRESS", default="", help="of the repository that will show the site, and nothing else"
    )

    add = add_command(
        subparsers, "add", _run_add, "add saved pages, archives or folders of them",
        "Put saved pages into the site: each is copied to content/saved/, its article is extracted, tagged and "
        "written to content/articles/. Pages that are there already (same source or same bytes) are told and left "
        "alone. "
        "Reads HTML as browsers and SingleFile save it (also gzipped or zipped), MHTML, Safari's web archives, PDF "
        "prints, mails, copied plain text, notes of Obsidian's Web Clipper, and archives of many pages: WARC, WACZ, "
        "ZIP. An archive is kept once, and each of its pages becomes an article.",
    )  # fmt: skip
    add.add_argument("paths", metavar="PATH", nargs="+", help="a saved page, an archive, or a folder of them")
    _add_match_option(add)
    add.add_argument("--json", action="store_true", help="print one JSON object for each input")

    parser = add_command(
        subparsers, "extract", _run_extract, "show what would be extracted from a page; writes nothing",
        "Show the article that each saved page holds, and write nothing. Needs no site. With --again: what this "
        "version of the program would extract from the saved pages of the site's articles, as differences; exit "
        "with 1 if there are any. With --write too: put it into the articles, but never over what you changed.",
    )  # fmt: skip
    parser.add_argument("paths", metavar="PATH", nargs="*", help="a saved page, an archive, or a folder of them")
    _add_match_option(parser)
    parser.add_argument(
        "--again", action="store_true", help="show what would change in the site's articles, or in those at PATH"
    )
    parser.add_argument("--write", action="store_true", help="with --again: write what changes")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each input")

    review = add_command(
        subparsers, "review", _run_review, "check and correct doubtful articles in the browser",
        "Show the articles whose title, date or text the program is not sure of, one after the other in the browser, "
        "each beside the text of its saved page, with a form to correct it. What readers see most comes first; what is "
        "doubtful alike can be answered at once. Ctrl-C stops; what you saved stays.",
    )  # fmt: skip
    review.add_argument("--list", action="store_true", help="only list them")
    review.add_argument("--json", action="store_true", help="list them, one JSON object for each")
    review.add_argument("--port", metavar="N", type=int, help="the port (default: 8000, or the next free one)")
    review.add_argument("--open", action="store_true", help="open the browser")


def _add_match_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--match", metavar="TEXT", action="append", default=[],
        help="of an archive's pages take only those in whose address TEXT stands; * stands for anything; may be given "
        "several times",
    )  # fmt: skip


def _run_new(args: argparse.Namespace) -> int:
    from site_gen.cli import new_site
    from site_gen.content.publish_settings import remote_fault

    if args.remote and (fault := remote_fault(args.remote)):
        raise UsageError(f"--remote {fault[0]}; {fault[1]}")
    way = args.publish or (_ask_publish_way() if console.is_interactive() else "machine")
    files = new_site.write_new_site(args.dir, way, args.remote)
    for name in files:
        console.print_line(f"  {args.dir / name}")
    if top := new_site.enclosing_repository(args.dir):
        mend = "if that is not yours, move it out, or give it a repository of its own: git init"
        console.print_error(f"note: {args.dir} lies in the repository {top}; {mend}")
    console.print_line(
        f"A new site in {args.dir}. Next: cd {args.dir}; site-gen add PAGES; site-gen suggest; site-gen build"
    )
    return OK


def _ask_publish_way() -> PublishWay:
    """Ask how a new site will be published; what is no answer is the way that keeps most to oneself."""
    console.print_line("How will the site be published?")
    console.print_line("  1  from this machine: its content stays here, `site-gen publish` pushes the built site alone")
    console.print_line(
        "  2  by a workflow: a private repository at GitHub builds the site and pushes it to a public one"
    )
    return "workflow" if (console.ask("1 or 2 (Enter: 1) > ") or "").strip() == "2" else "machine"


def _run_add(args: argparse.Namespace) -> int:
    from site_gen.content import site_day
    from site_gen.ingest import add_pages, extract_pool
    from site_gen.ingest.extract.html.page_kind import may_be_answered

    paths = extract_pool.list_files(args.paths)
    if not paths:
        raise UsageError("no files there")
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
    )
    for outcome in outcomes:
        if outcome.status != "summary":
            counts[outcome.status] += 1
        doubtful += may_be_answered(outcome.doubts)
        if args.json:
            keys = ("input", "page", "status", "article", "reason")
            console.print_json({key: getattr(outcome, key) for key in keys} | {"doubts": dict(outcome.doubts)})
        elif outcome.status == "added":
            console.print_above_progress(f"added      {outcome.name} → {outcome.article}")
            if outcome.doubts:
                console.print_above_progress(f"           look at {console.format_doubts(outcome.doubts)}")
        elif outcome.status == "duplicate":
            console.print_above_progress(f"here       {outcome.name} is {outcome.article} already ({outcome.reason})")
        else:
            label = "archive" if outcome.status == "summary" else "failed"
            console.print_above_progress(f"{label:10} {outcome.name}: {outcome.reason}")
    if not args.json:
        console.print_line(f"{counts['added']} added, {counts['duplicate']} here already, {counts['failed']} failed")
        if doubtful:
            console.print_line(f"{_article_count(doubtful)} to look at: site-gen review{site_option(args)}")
    return SOME_FAILED if counts["failed"] else OK


def _article_count(count: int) -> str:
    return f"{count} {'article' if count == 1 else 'articles'}"


def _run_extract(args: argparse.Namespace) -> int:
    import datetime as dt

    from site_gen.ingest import extract_pool

    if args.again:
        return _extract_again(args)
    if args.write:
        raise UsageError("--write goes with --again: a saved page is put into the site with site-gen add")
    if not args.paths:
        raise UsageError("name a saved page, or a folder of them; or --again for the site's articles")
    paths = extract_pool.list_files(args.paths)
    if not paths:
        raise UsageError("no files there")
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
                + (f"look at {console.format_doubts(draft.doubts)}\n" if draft.doubts else "")
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
                "their tags stay until: site-gen tag" if args.write else "write it: site-gen extract --again --write"
            )
            console.print_line(next_step + site_option(args))
    return SOME_FAILED if failed or (changes and not args.write) else OK


def _run_review(args: argparse.Namespace) -> int:
    from site_gen.serve.review import review_queue

    queue = review_queue.find_doubtful(args.site)
    articles = queue.articles
    console.print_problems(queue.problems)
    is_list = args.json or args.list
    for article in articles if is_list else ():
        if args.json:
            facts = {"article": article.file, "title": article.title, "source": article.source}
            console.print_json(facts | {"doubts": dict(article.doubts)})
        else:
            console.print_line(f"{article.file}  {console.format_doubts(article.doubts)}")
    if not args.json and (args.list or not articles):
        console.print_line(f"{_article_count(len(articles))} to look at")
    if not args.json and queue.not_asked:
        console.print_line(
            f"{queue.not_asked} more are forum pages, lists or the like: there is nothing to correct in them"
        )
    if articles and not is_list:
        from site_gen.serve.review import review_server

        review_server.serve(args.site, articles, port=args.port, open_browser=args.open)
    return SOME_FAILED if queue.problems else OK
