"""Decode `publish:` of `content/site.yaml`: where the site goes, and who may read what it is made of. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from site_gen.content.records import PublishSettings

if TYPE_CHECKING:
    from site_gen.content.records import ContentReaders
    from site_gen.content.typed_fields import Fields

CONTENT_READERS: tuple[ContentReaders, ...] = ("private", "public")
EXAMPLE = "remote: git@github.com:USER/REPO.git"
_REMOTE_NAME = re.compile(r"\w[\w.-]*")
_ADDRESS = re.compile(r"(?:(?:https?|ssh|git|file)://|[\w.-]+@[\w.-]+:|[/~]|\.\.?/|[A-Za-z]:[\\/])[^\s\x00-\x1f]+")
_PASSWORD = re.compile(r"\w+://(?:[^/@:]*:[^/]*|[^/@]{20,})@")  # or a token in the name's place
# What `git check-ref-format` takes, less signs that mean something to a shell.
_BRANCH = re.compile(r"(?!HEAD$)\w[\w.+-]*(?:/\w[\w.+-]*)*")


def decode_publish_settings(fields: Fields | None) -> PublishSettings:
    """Return `publish:` as a record; what is wrong is noted in the fields."""
    if fields is None:
        return PublishSettings()
    texts: dict[str, str] = {}
    for key, find_fault in (("remote", remote_fault), ("branch", branch_fault)):
        texts[key] = fields.text(key) or ""
        if texts[key] and (fault := find_fault(texts[key])):
            fields.complain(f"`publish.{key}` {fault[0]}", fault[1], fields.node(key))
            texts[key] = ""
    content_is = cast("ContentReaders", fields.choice("content_is", CONTENT_READERS, ""))
    fields.finish()
    return PublishSettings(**texts, content_is=content_is)


def is_address(remote: str) -> bool:
    """Tell whether a remote is an address, and not the name that a repository has for one."""
    return any(sign in remote for sign in "/:\\")


def remote_fault(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a remote, and what to do; None where it is a name or an address that git may use."""
    if _PASSWORD.match(text):
        return "holds a password", "leave it out: git asks for it, or gets it from a credential helper"
    if _REMOTE_NAME.fullmatch(text) or (_ADDRESS.fullmatch(text) and "::" not in text):
        return None
    return f"is {text}, neither a remote's name nor an address", f"write {EXAMPLE}"


def branch_fault(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a branch's name, and what to do; None where git takes it."""
    is_sound = _BRANCH.fullmatch(text) and ".." not in text and not re.search(r"(?:\.|\.lock)(?:/|$)", text)
    return None if is_sound else (f"is {text}, which is not a branch name", "write branch: gh-pages")
