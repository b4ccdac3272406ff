"""The environment in which git runs nothing that a repository names: no hook, filter, transport or helper of its own.

A repository that came as a folder, or lies inside another, may name programs in its config that git runs for a mere
look (git documentation, "SECURITY"; git-config). What the person's own config says, or the system's, is used.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Settings that make git run a program, with what takes their place where the person set nothing: (pattern, value).
_NEUTRAL_VALUES = tuple(
    (re.compile(rf"\A{pattern}", re.DOTALL), value)  # so that each is tried at the beginning alone
    for pattern, value in (
        (r"core\.fsmonitor", "false"),
        (r"core\.sshcommand", "ssh"),
        (r"core\.(?:editor|pager)", "cat"),
        (r"core\.(?:askpass|alternaterefscommand)", ""),
        (r"credential\.(?:.*\.)?helper", ""),  # an empty one makes git forget those before it
        (r"filter\..*\.(?:clean|smudge|process)", ""),
        (r"filter\..*\.required", "false"),
        (r"diff\.(?:.*\.)?(?:external|textconv|command)", ""),
        (r"merge\..*\.driver", ""),
        (r"remote\..*\.vcs", ""),
        (r"gpg\.(?:.*\.)?(?:program|defaultkeycommand)", ""),
        (r"hook\..*\.command", ""),
    )
)
_HELPERS = re.compile(r"credential\.(?:.*\.)?helper", re.DOTALL)
_TRANSPORTS = re.compile(r"protocol\.(?:.*\.)?allow", re.DOTALL)
_OF_REPOSITORY = frozenset({"local", "worktree"})  # scopes
_FETCHING = frozenset({"ls-remote", "fetch"})  # commands
LIST_SETTINGS = ("config", "--list", "--show-scope", "--includes", "-z")  # the command whose output `variables` reads


def split_options(args: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return the options of git itself that stand before a command, and the command with its own."""
    at = 0
    while at < len(args) and args[at].startswith("-"):
        at += 2 if args[at] == "-c" else 1
    return args[:at], args[at:]


def without_upload_program(command: Sequence[str]) -> Sequence[str]:
    """Return a command that takes no program of `remote.NAME.uploadpack`.

    Of that setting the first counts, which is the repository's; an option beats it.
    """
    fetches = bool(command) and command[0] in _FETCHING
    return (command[0], "--upload-pack=git-upload-pack", *command[1:]) if fetches else command


def variables(listing: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return variables for git's environment under which it runs nothing that a repository names.

    listing: what git prints for LIST_SETTINGS there. environment: what git would get without them.
    """
    words = listing.split("\0")
    settings = [
        (scope, key, value)
        for scope, entry in zip(words[::2], words[1::2], strict=False)
        for key, _, value in [entry.partition("\n")]
    ]
    ours = {key: value for scope, key, value in settings if scope not in _OF_REPOSITORY}
    theirs = dict.fromkeys(key for scope, key, _ in settings if scope in _OF_REPOSITORY)
    overrides = [("core.hookspath", os.devnull), ("safe.barerepository", "explicit")]
    for key in theirs:
        neutral = next((value for pattern, value in _NEUTRAL_VALUES if pattern.fullmatch(key)), None)
        if neutral is not None:
            overrides.append((key, "" if _HELPERS.fullmatch(key) else ours.get(key, neutral)))
    if any(_HELPERS.fullmatch(key) for key in theirs):
        overrides += [
            (key, value) for scope, key, value in settings if scope not in _OF_REPOSITORY and _HELPERS.fullmatch(key)
        ]
    result = {"GIT_PROXY_COMMAND": environment.get("GIT_PROXY_COMMAND", "")}  # of core.gitproxy the first counts
    if any(_TRANSPORTS.fullmatch(key) for key in theirs):
        result["GIT_ALLOW_PROTOCOL"] = environment.get("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh")
    # Not by `git -c`: a name in a key may hold a sign of equality.
    first = int(environment.get("GIT_CONFIG_COUNT") or 0)
    for number, (key, value) in enumerate(overrides, first):
        result |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return {**result, "GIT_CONFIG_COUNT": str(first + len(overrides))}
