"""The commands: each calls one function and prints what it gives. No logic.

Imports of the rooms stand in the commands that use them: `--help` answers in 0.2 s, trafilatura alone
takes 0.3 s to import.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from site_gen import console
from site_gen.errors import UsageError

if TYPE_CHECKING:
    import argparse

OK, SOME_FAILED, USED_WRONGLY = 0, 1, 2


def new(args: argparse.Namespace) -> int:
    """`site-gen new`."""
    from site_gen import scaffold

    files = scaffold.new(args.dir)
    for name in files:
        console.line(f"  {args.dir / name}")
    console.line(f"A new site in {args.dir}. Next: cd {args.dir}; site-gen add PAGES; site-gen build")
    return OK


def add(args: argparse.Namespace) -> int:
    """`site-gen add`."""
    import datetime as dt

    from site_gen import add, intake

    paths = intake.inputs(args.paths)
    if not paths:
        raise UsageError("no files there")
    counts = {"added": 0, "duplicate": 0, "failed": 0}
    doubtful = 0
    today = dt.datetime.now().astimezone().date()
    tally = intake.Tally(len(paths))
    outcomes = add.add(
        args.site,
        paths,
        today,
        lambda found: console.progress(found, lambda: tally.total, "pages"),
        wanted=intake.matcher(args.match),
        tally=tally,
    )
    for outcome in outcomes:
        if outcome.status != "summary":
            counts[outcome.status] += 1
        doubtful += bool(outcome.doubts)
        if args.json:
            keys = ("input", "page", "status", "article", "reason")
            console.record({key: getattr(outcome, key) for key in keys} | {"doubts": dict(outcome.doubts)})
        elif outcome.status == "added":
            console.above_progress(f"added      {outcome.name} → {outcome.article}")
            if outcome.doubts:
                console.above_progress(f"           look at {console.doubts(outcome.doubts)}")
        elif outcome.status == "duplicate":
            console.above_progress(f"here       {outcome.name} is {outcome.article} already ({outcome.reason})")
        else:
            word = "archive" if outcome.status == "summary" else "failed"
            console.above_progress(f"{word:10} {outcome.name}: {outcome.reason}")
    if not args.json:
        console.line(f"{counts['added']} added, {counts['duplicate']} here already, {counts['failed']} failed")
        if doubtful:
            console.line(f"{_articles(doubtful)} to look at: site-gen review{_site_option(args)}")
    return SOME_FAILED if counts["failed"] else OK


def _articles(count: int) -> str:
    return f"{count} {'article' if count == 1 else 'articles'}"


def _site_option(args: argparse.Namespace) -> str:
    """How the next command finds the same site."""
    return "" if str(args.site) == "." else f" --site {shlex.quote(str(args.site))}"


def extract(args: argparse.Namespace) -> int:
    """`site-gen extract`."""
    import datetime as dt

    from site_gen import intake

    if args.again:
        return _again(args)
    if args.write:
        raise UsageError("--write goes with --again: a saved page is put into the site with site-gen add")
    if not args.paths:
        raise UsageError("name a saved page, or a folder of them; or --again for the site's articles")
    paths = intake.inputs(args.paths)
    if not paths:
        raise UsageError("no files there")
    failed = 0
    today = dt.datetime.now().astimezone().date()
    tally = intake.Tally(len(paths))
    results = intake.extract_all(paths, today, wanted=intake.matcher(args.match), tally=tally)
    for found in console.progress(results, lambda: tally.total, "pages"):
        draft = found.draft
        failed += draft is None and not found.summary
        if args.json and draft:
            console.record(
                {
                    "input": found.input, "page": found.page, "status": "extracted",
                    "title": draft.title, "author": list(draft.author),
                    "published": draft.published, "site": draft.site, "source": draft.source,
                    "language": draft.language,
                    "description": draft.description, "text": draft.text, "markdown": draft.markdown,
                    "doubts": dict(draft.doubts),
                }
            )  # fmt: skip
        elif args.json:
            keys = ("title", "author", "published", "site", "source", "language", "description", "text", "markdown")
            nothing: dict[str, object] = dict.fromkeys(keys) | {"author": [], "doubts": {}}
            status = "summary" if found.summary else "failed"
            console.record(
                {"input": found.input, "page": found.page, "status": status, **nothing, "reason": found.reason}
            )
        elif draft:
            by = ", ".join(draft.author) or "no byline"
            console.line(
                f"# {draft.title}\n{by} · {draft.site or 'no outlet'} · {draft.published or 'no date'} · "
                f"{draft.source or 'no source'}\n"
                + (f"look at {console.doubts(draft.doubts)}\n" if draft.doubts else "")
                + f"\n{draft.markdown}"
            )
        else:
            console.error(f"{found.name}: {found.reason}")
    return SOME_FAILED if failed else OK


def _again(args: argparse.Namespace) -> int:
    import datetime as dt

    from site_gen import again

    today = dt.datetime.now().astimezone().date()
    changes = failed = 0
    for found in again.again(
        args.site, args.paths, today, write=args.write, progress=lambda a, n: console.progress(a, n, "articles")
    ):
        failed += found.problem is not None
        changes += found.changes
        if args.json:
            console.record(found.to_json())
            continue
        console.above_progress(found.file)
        for fact in found.facts:
            kept = f"   ({fact.kept})" if fact.kept else ""
            console.above_progress(f"  {fact.key:<12} {fact.now or 'nothing'} → {fact.new or 'nothing'}{kept}")
        if found.diff:
            console.above_progress("  text" + (f"         {found.text_kept}" if found.text_kept else ""))
            for line in found.diff:
                console.above_progress(f"    {line}")
        if found.problem:
            console.above_progress(str(found.problem), to_stderr=True)
    if not args.json:
        console.line(f"{_articles(changes)} {'changed' if args.write else 'would change'}")
        if changes:
            after = (
                "their tags stay until: site-gen tag" if args.write else "write it: site-gen extract --again --write"
            )
            console.line(after + _site_option(args))
    return SOME_FAILED if failed or (changes and not args.write) else OK


def review(args: argparse.Namespace) -> int:
    """`site-gen review`."""
    from site_gen.review import queue

    found, problems = queue.doubtful(args.site)
    console.complain(problems)
    for item in found if args.json or args.list else ():
        if args.json:
            about = {"article": item.file, "title": item.title, "source": item.source}
            console.record(about | {"doubts": dict(item.doubts)})
        else:
            console.line(f"{item.file}  {console.doubts(item.doubts)}")
    if not args.json and (args.list or not found):
        console.line(f"{_articles(len(found))} to look at")
    if found and not (args.json or args.list):
        from site_gen.review import run as reviewing

        reviewing.serve(args.site, found, port=args.port, open_browser=args.open)
    return SOME_FAILED if problems else OK


def tag(args: argparse.Namespace) -> int:
    """`site-gen tag`."""
    from site_gen import retag

    if args.why:
        return _tell_why(args)
    changes = failed = 0
    for change in retag.retag(args.site, check=args.check, progress=lambda a: console.progress(a, len(a), "articles")):
        changes += 1
        failed += change.problem is not None
        if args.json:
            lists = {key: [str(tag) for tag in getattr(change, key)] for key in ("added", "removed", "ignored")}
            about = None if change.about is None else [str(tag) for tag in change.about]
            problem = change.problem and str(change.problem)
            console.record({"article": change.file, **lists, "about": about, "problem": problem})
            continue
        signs = (
            [f"+{t}" for t in change.added]
            + [f"-{t}" for t in change.removed]
            + [f"ignored {t}" for t in change.ignored]
            + ([f"about {', '.join(map(str, change.about)) or 'nobody'}"] if change.about is not None else [])
        )
        console.above_progress(f"{change.file}  {'  '.join(signs) or 'the same tags; what was found is noted'}")
        if change.problem:
            console.above_progress(str(change.problem), to_stderr=True)
    if not args.json:
        would = "would change" if args.check else "changed"
        console.line(f"{_articles(changes)} {would}")
    return SOME_FAILED if failed or (args.check and changes) else OK


def _tell_why(args: argparse.Namespace) -> int:
    from site_gen import retag

    for reason in retag.why(args.site, args.why):
        if args.json:
            console.record(
                {
                    "tag": str(reason.tag), "name": reason.name, "rule": reason.rule, "about": reason.about or None,
                    "passage": reason.passage, "but": reason.but or None,
                }
            )  # fmt: skip
            continue
        name = f"“{reason.name}” " if reason.name else ""
        about = f"; about it: {reason.about}" if reason.about else ""
        console.line(f"{reason.tag}{f' ({reason.but})' if reason.but else ''}  {name}{reason.rule}{about}")
        if reason.passage:
            console.line(f"    … {reason.passage} …")
    return OK


def build(args: argparse.Namespace) -> int:
    """`site-gen build`."""
    from site_gen import build
    from site_gen.workers import relax_collector

    options = build.Options(_base_url(args), args.offline, args.keep_going, args.jobs)
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


def serve(args: argparse.Namespace) -> int:
    """`site-gen serve`."""
    from site_gen import build, content
    from site_gen.serve import run
    from site_gen.serve.incremental import Incremental

    base_url = _base_url(args)
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


def _base_url(args: argparse.Namespace) -> str | None:
    from site_gen.urls import parse_base_url

    base_url = parse_base_url(args.base_url) if args.base_url is not None else None
    if args.base_url is not None and base_url is None:
        raise UsageError(f"--base-url {args.base_url} is no site's address; write https://user.github.io/repo/")
    return base_url


def check(args: argparse.Namespace) -> int:
    """`site-gen check`."""
    from site_gen import build, check

    options = build.Options(_base_url(args))
    wrong = check.check(args.site, args.output or args.site / "output", options, console.progress)
    for problem in wrong if args.json else ():
        console.record({"file": problem.file, "line": problem.line, "what": problem.what, "mend": problem.mend})
    if not args.json:
        console.complain(wrong)
        console.line(f"{len(wrong)} to mend" if wrong else "nothing to mend")
    return SOME_FAILED if wrong else OK


def record(args: argparse.Namespace) -> int:
    """`site-gen permalinks record`."""
    import datetime as dt

    from site_gen import permalinks

    done = permalinks.record(args.site, dt.datetime.now().astimezone().date(), console.progress)
    if args.json:
        console.record({"addresses": done.total, "new": list(done.new), "moved": list(done.moved)})
        return OK
    for label, urls in (("new", done.new), ("lead on", done.moved)):
        if urls:
            console.line(f"{len(urls)} {label}: {permalinks.addresses(urls)}")
    console.line(f"{done.total} addresses in content/permalinks.txt; commit it with content/anchors.txt")
    return OK


def gone(args: argparse.Namespace) -> int:
    """`site-gen permalinks gone`."""
    import datetime as dt

    from site_gen import permalinks

    today = dt.datetime.now().astimezone().date()
    urls = permalinks.declare_gone(args.site, args.url, today, args.title)
    console.line(f"declared gone: {permalinks.addresses(urls)}")
    return OK


def suggest(args: argparse.Namespace) -> int:
    """`site-gen suggest`."""
    from site_gen import asking, ner, suggest

    if args.least < 1 or args.limit < 1:
        raise UsageError("--least and --limit take a number from 1 up")
    desk = suggest.Desk(args.site)
    if args.sheet:
        done = 0
        for applied in suggest.apply_sheet(desk, args.sheet):
            done += 1
            if args.json:
                console.record({"name": applied.name, "answer": applied.verb, "file": applied.file})
            else:
                console.line(f"{applied.verb:6} {applied.name} → {applied.file}")
        return _told_to_tag(done, quiet=args.json)
    found = suggest.suggestions(
        desk,
        least=args.least,
        opinion=None if args.no_model else ner.opinion(),
        progress=lambda articles: console.progress(articles, len(articles), "articles"),
    )
    listed = found[: args.limit]
    if args.to:
        suggest.write_sheet(args.to, listed)
        if not args.json:
            console.line(f"{len(listed)} names in {args.to}; answer there, then: site-gen suggest --from {args.to}")
    if args.json:
        for one in listed:
            console.record(suggest.as_record(one))
    elif not args.to and listed and console.has_person():
        return _told_to_tag(len(asking.ask(desk, listed, console.ask, console.line)))
    elif not args.to:
        for one in listed:
            near = f"; near {one.near}" if one.near else ""
            console.line(f"{one.name}  ({one.kind}? {one.facts}{near})")
        more = f", {len(found) - len(listed)} more with --limit {len(found)}" if len(found) > len(listed) else ""
        console.line(f"{len(listed)} {'name' if len(listed) == 1 else 'names'}{more}")
    return OK


def _told_to_tag(done: int, *, quiet: bool = False) -> int:
    """The status after answers were done, with a word on what to do next."""
    if not quiet:
        console.line(f"{done} {'answer' if done == 1 else 'answers'} done" + ("; next: site-gen tag" if done else ""))
    return OK
