"""The command line: what can be asked, and how it ends. What each command does is in `commands`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen import __version__, commands, console
from site_gen.commands import OK, SOME_FAILED, USED_WRONGLY
from site_gen.errors import SiteError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_DESCRIPTION = """\
Turns a folder of saved web pages into a site with a page per company and per topic.

  site-gen new my-digest             make a site
  site-gen add ~/Downloads/pages     put saved pages into it
  site-gen review                    look at what is doubtful in them
  site-gen suggest                   find names in it that you may want to follow
  site-gen build                     write the site to output/
  site-gen serve                     show it, and what you change, in the browser
"""
_EXIT_CODES = "exit status: 0 all well; 1 something failed and was told, the rest is done; 2 used wrongly"


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
        return OK if args.run is commands.extract else SOME_FAILED
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
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"site-gen {__version__}")
    known = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    new = _command(
        known,
        "new",
        commands.new,
        "make a new site",
        "Make a new site in DIR, with commented settings, an example company and an example topic.",
        site=False,
    )
    new.add_argument("dir", metavar="DIR", type=Path, help="the folder to make")

    add = _command(
        known, "add", commands.add, "put saved pages into the site",
        "Put saved pages into the site: each is copied to content/saved/, its article is extracted, tagged and "
        "written to content/articles/. Pages that are there already (same source or same bytes) are told and left "
        "alone. "
        "Reads HTML as browsers and SingleFile save it (also gzipped or zipped), MHTML, Safari's web archives, PDF "
        "prints, mails, copied plain text, notes of Obsidian's Web Clipper, and archives of many pages: WARC, WACZ, "
        "ZIP. An archive is kept once, and each of its pages becomes an article.",
    )  # fmt: skip
    add.add_argument("paths", metavar="PATH", nargs="+", help="a saved page, an archive, or a folder of them")
    _match(add)
    add.add_argument("--json", action="store_true", help="print one JSON object for each input")

    extract = _command(
        known, "extract", commands.extract, "show what would be extracted, write nothing",
        "Show the article that each saved page holds, and write nothing. Needs no site. With --again: what this "
        "version of the program would extract from the saved pages of the site's articles, as differences; exit "
        "with 1 if there are any. With --write too: put it into the articles, but never over what you changed.",
    )  # fmt: skip
    extract.add_argument("paths", metavar="PATH", nargs="*", help="a saved page, an archive, or a folder of them")
    _match(extract)
    extract.add_argument(
        "--again", action="store_true", help="show what would change in the site's articles, or in those at PATH"
    )
    extract.add_argument("--write", action="store_true", help="with --again: write what changes")
    extract.add_argument("--json", action="store_true", help="print one JSON object for each input")

    review = _command(
        known, "review", commands.review, "look at what is doubtful, and correct it",
        "Show the articles whose title, date or text the program is not sure of, one after the other in the browser, "
        "each beside the text of its saved page, with a form to correct it. Ctrl-C stops; what you saved stays.",
    )  # fmt: skip
    review.add_argument("--list", action="store_true", help="only list them")
    review.add_argument("--json", action="store_true", help="list them, one JSON object for each")
    review.add_argument("--port", metavar="N", type=int, help="the port (default: 8000, or the next free one)")
    review.add_argument("--open", action="store_true", help="open the browser")

    tag = _command(
        known, "tag", commands.tag, "tag all articles again",
        "Tag all articles with the companies, topics and other entities as they are now. What you put into an "
        "article or took out of it stays so; what you took out is noted under `ignore:`. Nothing but these keys is "
        "changed in a file.",
    )  # fmt: skip
    tag.add_argument("--check", action="store_true", help="only tell what would change; exit with 1 if anything would")
    tag.add_argument("--why", metavar="FILE", type=Path, help="only tell why an article has its tags; writes nothing")
    tag.add_argument("--json", action="store_true", help="print one JSON object for each article that changes")

    _suggest_parser(known)

    build = _command(
        known, "build", commands.build, "write the site to output/",
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

    check = _command(
        known, "check", commands.check, "tell what would go wrong once the site is published",
        "Build the site and follow every link, anchor and asset of it, read every feed and sitemap, and tell what "
        "GitHub Pages would drop or refuse and what does not fit the repository; each with its mend. `publish` does "
        "this first.",
    )  # fmt: skip
    check.add_argument("--output", metavar="DIR", type=Path, help="where to build (default: output/ in the site)")
    check.add_argument("--base-url", metavar="URL", help="as for build")
    check.add_argument("--json", action="store_true", help="print one JSON object for each complaint")
    _permalinks_parser(known)

    serve = _command(
        known, "serve", commands.serve, "show the site, and what you change, in the browser",
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


def _suggest_parser(known: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    suggest = _command(
        known, "suggest", commands.suggest, "find names in the articles that nothing stands for yet",
        "Find names that recur in the articles and that no company, topic or other entity has, the most telling first. "
        "On a terminal it asks what to do with each: make an entity, add it to one as another name, or never ask again "
        "(kept in content/never.txt). Elsewhere it prints the list. Nothing reaches the site without your answer; run "
        "`site-gen tag` afterwards.",
    )  # fmt: skip
    where = suggest.add_mutually_exclusive_group()
    where.add_argument("--to", metavar="FILE", type=Path, help="write the names to a text file, to be answered there")
    where.add_argument("--from", metavar="FILE", type=Path, dest="sheet", help="do what the answers in such a file say")
    suggest.add_argument("--least", metavar="N", type=int, default=2, help="in how many articles a name must stand")
    suggest.add_argument("--limit", metavar="N", type=int, default=100, help="how many names at most (default: 100)")
    suggest.add_argument("--no-model", action="store_true", help="do not ask spaCy's model, where it is installed")
    suggest.add_argument("--json", action="store_true", help="print one JSON object for each name, or for each answer")


def _permalinks_parser(known: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    permalinks = known.add_parser("permalinks", help="keep the ledger of published addresses", epilog=_EXIT_CODES)
    inner = permalinks.add_subparsers(title="commands", metavar="COMMAND", required=True)
    record = _command(
        inner, "record", commands.record, "write every address of the site into the ledger",
        "Write every address of the site as it is now into content/permalinks.txt, and the paragraphs of its articles "
        "into content/anchors.txt. From then on no build lets one of them go without a word. `publish` does this by "
        "itself; commit the two files.",
    )  # fmt: skip
    record.add_argument("--json", action="store_true", help="print one JSON object")
    gone = _command(
        inner, "gone", commands.gone, "declare that what stood at an address is no more",
        "Declare that what stood at an address, and at all below it, is no more: a page that says so stands there "
        "from then on.",
    )  # fmt: skip
    gone.add_argument("url", metavar="ADDRESS", help="as the ledger has it: /companies/acme/")
    gone.add_argument("--title", metavar="TEXT", help="what it was called (default: the address, made readable)")


def _match(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--match", metavar="TEXT", action="append", default=[],
        help="of an archive's pages take only those in whose address TEXT stands; * stands for anything; may be given "
        "several times",
    )  # fmt: skip


def _command(
    known: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: object,
    short: str,
    long: str,
    *,
    site: bool = True,
) -> argparse.ArgumentParser:
    parser = known.add_parser(name, help=short, description=long, epilog=_EXIT_CODES)
    parser.set_defaults(run=run)
    if site:
        parser.add_argument(
            "--site", metavar="DIR", type=Path, default=Path(), help="the site's folder (default: here)"
        )
    return parser
