"""`site-gen audit`: tell whether saved pages are as they were, and articles what they give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.cli.command_parser import OK, SOME_FAILED, add_command
from site_gen.core import console
from site_gen.core.formatting import format_count

if TYPE_CHECKING:
    import argparse


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `audit`."""
    audit = add_command(
        subparsers, "audit", _run_audit, "check that saved pages and articles are unchanged",
        "Read every saved page of the site's articles, compare it with the digest recorded then, and extract "
        "it again. Reports pages that are missing, changed or swapped, and texts and facts that differ from the page "
        "although nobody edited them. Changes nothing in the site, except with --record.",
    )  # fmt: skip
    audit.add_argument(
        "--record", action="store_true",
        help="record the digests of files as they are now in articles that have none (earlier versions had none for "
        "archives)",
    )  # fmt: skip
    audit.add_argument(
        "--manifest", metavar="FILE", type=Path,
        help="where all is whole, write the list of saved files with their digests, for a time stamp",
    )  # fmt: skip
    audit.add_argument("--json", action="store_true", help="print one JSON object for each finding, then one of counts")


def _run_audit(args: argparse.Namespace) -> int:
    from msgspec.structs import asdict

    from site_gen.content import site_day
    from site_gen.publish import audit_site

    counts = audit_site.AuditCounts()
    findings = 0
    for kind, problem in audit_site.audit(
        args.site,
        site_day.today(args.site),
        counts,
        record=args.record,
        progress=lambda articles, total: console.show_progress(articles, total, "articles"),
    ):
        findings += 1
        if args.json:
            what = {"what": problem.what, "mend": problem.mend}
            console.print_json({"kind": kind, "file": problem.file, "line": problem.line, **what})
        else:
            console.print_above_progress(str(problem), to_stderr=True)
    digests, root = counts.digests, None
    if args.manifest and not findings:
        root = audit_site.write_manifest(args.manifest, digests)
    if args.json:
        numbers = {key: value for key, value in asdict(counts).items() if key != "digests"}
        console.print_json({"kind": "counts", "findings": findings, **numbers, **({"root": root} if root else {})})
        return SOME_FAILED if findings else OK
    if counts.recorded:
        console.print_line(f"recorded in {format_count(counts.recorded, 'article')}")
    looked_at = f"{format_count(counts.files, 'saved file')}, {format_count(counts.articles, 'article')}"
    edited = f" ({counts.edited} edited by hand)" if counts.edited else ""
    console.print_line(f"{looked_at}{edited}: {format_count(findings, 'finding') if findings else 'whole'}")
    if args.manifest:
        written = (
            f"{format_count(len(digests), 'digest')}; its own is {root}" if root else "not written; mend that first"
        )
        console.print_line(f"{args.manifest}: {written}")
    return SOME_FAILED if findings else OK
