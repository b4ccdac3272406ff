"""Write a new site to start from: the work of the `new` command."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from site_gen.content import json_schema, loader
from site_gen.core import git
from site_gen.core.atomic_files import replace_file
from site_gen.core.errors import UsageError, explain_write_error
from site_gen.core.text import one_line
from site_gen.publish import site_host

if TYPE_CHECKING:
    from collections.abc import Iterator

_STARTER = Path(__file__).with_name("starter")
# Files in the wheel cannot begin with a dot everywhere, nor be read as our own site's.
_TARGET_NAMES = {
    "gitattributes": ".gitattributes",
    "gitignore": ".gitignore",
    "publish.yml": ".github/workflows/publish.yml",
    "site-gen.txt": ".github/site-gen.txt",
}
_WORKFLOW_FILES = frozenset({"publish.yml", "site-gen.txt"})  # of a site that a workflow publishes
_ARTICLES_COMMENT = "\n# Articles, too"  # what begins the part of .gitignore that keeps them out
_SETTING = re.compile(r"^# (base_url|publish):.*$", re.MULTILINE)  # that is commented out in site.yaml
PublishWay = Literal["machine", "workflow"]  # who pushes the built site: `site-gen publish`, or GitHub
SITE_SCHEMA = ".schemas/site.json"  # named in the first line of site.yaml, for editors
_FOLDERS = ("content/articles", "content/saved", "templates")


def write_new_site(
    folder: Path, way: PublishWay = "machine", remote: str = "", title: str = "", *, has_examples: bool = True
) -> list[str]:
    """Write a new site and return the names of its files, sorted.

    way: how it is to be published. remote: the address that it is published to; empty: not known yet. title: the
    site's; empty: made of the folder's name. has_examples: whether it gets an example company and topic.

    Raises UsageError, before anything is written, where one of its files exists already.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder")
    files = {
        name: text
        for name, text in _files(folder, way, remote, title)
        if has_examples or not Path(name).name.startswith("example-")
    }
    existing = [name for name in files if (folder / name).exists()]
    if existing:
        raise UsageError(f"{folder / existing[0]} exists already; name another folder")
    try:
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            replace_file(folder / name, text.encode())
    except OSError as error:
        raise UsageError(str(explain_write_error(error.filename or folder, error))) from None
    return sorted(files)


def enclosing_repository(folder: Path) -> Path | None:
    """Return the repository that a new site lies in without being its root; None where there is none."""
    result = git.run(folder, "rev-parse", "--show-toplevel", "--show-prefix")
    top, _, prefix = result.out.partition("\n")
    return Path(top) if result.status == 0 and prefix.strip() else None


def _files(folder: Path, way: PublishWay, remote: str, title: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file of a new site; without a title it is made of the folder's name."""
    words = one_line(title or folder.resolve().name.replace("-", " ").replace("_", " "))
    title = words.replace('"', "").replace("\\", "")
    for path in sorted(_STARTER.rglob("*")):
        if path.is_file():
            name = path.relative_to(_STARTER).as_posix()
            text = path.read_text(encoding="utf-8")
            if way == "machine" and name in _WORKFLOW_FILES:
                continue
            if way == "workflow" and name == "gitignore":  # its repository is private, and needs them to build the site
                text = text.partition(_ARTICLES_COMMENT)[0]
            if name == "content/site.yaml":
                text = text.replace("TITLE", title[:1].upper() + title[1:] or "My digest")
                text = _write_settings(text, way, remote)
            if name == "site-gen.txt" and (origin := _requirement()):
                text += f"{origin}\n"
            yield _TARGET_NAMES.get(name, name), text
    yield SITE_SCHEMA, json_schema.json_schema_text("site", loader.parse_config(b"title: any", []))


def _write_settings(text: str, way: PublishWay, remote: str) -> str:
    """Return the text of a site.yaml with the lines that say how the site is published."""
    publish = {"remote": remote, "content_is": "private" if way == "workflow" else ""}
    listed = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in publish.items() if value)
    lines = {"publish": f"publish: {{{listed}}}"} if listed else {}
    if base_url := site_host.expected_base_url(remote):
        lines["base_url"] = f"base_url: {base_url}"
    return _SETTING.sub(lambda match: lines.get(match[1], match[0]), text)


def _requirement() -> str | None:
    """Return what pip can install this very program from, elsewhere too; None where that is not known.

    Its name alone says where it came from only when it was an index that it was installed from (PEP 610).
    """
    try:
        installed = metadata.distribution("site-gen")
        raw = installed.read_text("direct_url.json")
        if not raw:
            return f"site-gen=={installed.version}"
        origin = json.loads(raw)
        vcs = origin.get("vcs_info")
        return f"site-gen @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}" if vcs else None
    except (metadata.PackageNotFoundError, ValueError, KeyError, AttributeError):
        return None
