"""What of a site's content others can read: told before anything is public, and answered for by its owner alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_gen.core import console
from tests.support.publishing import URL, SiteRepository, identity, repository, run_git, set_publish
from tests.support.sites import SMALL_SITE, copy_site, edit_file, set_base_url, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

__all__ = ["identity", "repository"]  # fixtures

EXCERPT = "---\ntitle: A story\nsource: https://a.example/{}\ntext: excerpt\n---\nWords that no page shows.\n"


@pytest.fixture
def content(repository: SiteRepository) -> SiteRepository:
    """Return a site whose repository has three saved pages and three texts that no page shows, some of old."""
    set_publish(repository.site)
    saved = {f"content/saved/{name}.html": f"<p>{name}" for name in ("a", "b", "gone")}
    articles = {f"content/articles/2026/{name}.md": EXCERPT.format(name) for name in ("kept", "gone")}
    write_files(repository.site, {**saved, **articles})
    repository.save("with saved pages")
    for name in ("content/saved/gone.html", "content/articles/2026/gone.md"):
        (repository.site / name).unlink()
    repository.save("without some")
    return repository


def test_yes_does_not_answer_for_who_may_read_the_content(content: SiteRepository) -> None:
    done = content.publish("--yes")
    assert done.status == 2
    line = f"anyone who can read origin ({content.remote}) can also read 3 saved pages, 3 full texts"
    assert line in done.out.splitlines()
    assert line in done.err
    assert "publish: {content_is: private}" in done.err
    assert content.commits() == []
    (exposure,) = content.publish("--dry-run", "--json").record["readable"]
    assert (exposure["remote"], exposure["saved"], exposure["texts"]) == ("origin", 3, 3)


def test_a_site_that_hides_nothing_is_published_as_ever(repository: SiteRepository) -> None:
    """One repository with both, all texts shown whole: as sites were made before there was `publish:`."""
    set_publish(repository.site)
    edit_file(repository.site / "content/articles/2026/pier-closes.md", "text: excerpt", "text: full")
    repository.save("nothing to hide")
    run_git(repository.site, "push", "--quiet", "origin", "main")
    assert repository.publish("--yes").status == 0


def test_it_is_said_before_the_question(content: SiteRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(question: str) -> str:
        console.print_line("ASKED")
        return "n"

    monkeypatch.setattr(console, "is_interactive", lambda: True)
    monkeypatch.setattr(console, "ask", answer)
    out = content.publish().out
    assert out.index("3 saved pages, 3 full texts") < out.index("ASKED")


@pytest.mark.parametrize("answer", ["private", "public"])
def test_its_owner_answers_for_it_in_the_settings(content: SiteRepository, tmp_path: Path, answer: str) -> None:
    run_git(tmp_path, "init", "--quiet", "--bare", "shown.git")
    set_publish(content.site, remote="../shown.git", content_is=answer)
    done = content.publish("--yes")
    assert done.status == 0, done.err
    assert ("anyone who can read" in done.out) == (answer == "public")
    assert "index.html" in run_git(tmp_path / "shown.git", "ls-tree", "--name-only", "gh-pages").split()
    assert content.commits() == []


def test_private_content_is_not_published_where_it_lies_unless_that_is_named(content: SiteRepository) -> None:
    set_publish(content.site, content_is="private")
    done = content.publish("--yes")
    assert done.status == 2
    assert "the content is private, and origin is the repository that holds it" in done.err
    set_publish(content.site, content_is="private", remote="origin")
    done = content.publish("--yes")
    assert done.status == 0
    assert "3 saved pages, 3 full texts" in done.out


def test_what_lies_at_a_remote_counts_though_the_branch_does_not_go_there(content: SiteRepository) -> None:
    run_git(content.site, "push", "--quiet", "origin", "main")
    run_git(content.site, "reset", "--quiet", "--hard", "HEAD~2")
    run_git(content.site, "config", "branch.main.pushRemote", "elsewhere")
    set_publish(content.site)
    assert "3 saved pages, 3 full texts" in content.publish("--dry-run").out
    run_git(content.site, "update-ref", "-d", "refs/remotes/origin/main")
    assert "anyone who can read" not in content.publish("--dry-run").out


def test_check_notes_it_and_finds_nothing_wrong(content: SiteRepository) -> None:
    done = content.call("check", "--site", content.site)
    assert done.status == 0, done.err
    assert "note: content/site.yaml: anyone who can read origin" in done.err
    set_publish(content.site, content_is="public")
    assert "anyone who can read" not in content.call("check", "--site", content.site).err


def test_nobody_is_told_to_commit_saved_pages_or_texts(content: SiteRepository) -> None:
    names = ("content/saved/new.html", "content/articles/2026/new.md", "content/topics/new.md")
    write_files(content.site, dict(zip(names, ("<p>New", EXCERPT.format("new"), "---\nname: New\n---\n"), strict=True)))
    assert content.publish("--dry-run", "--json").record["uncommitted"] == ["content/topics/new.md"]
    set_publish(content.site, content_is="private", remote="origin")
    listed = content.publish("--dry-run", "--json").record["uncommitted"]
    assert listed == ["content/articles/2026/new.md", "content/site.yaml", "content/topics/new.md"]


class LooseSite:
    """A site in no repository, or in a folder of somebody else's, and a remote that shows it."""

    def __init__(self, folder: Path, call: Call) -> None:
        self.site, self.remote, self.call = folder / "loose", folder / "shown.git", call
        self.site.parent.mkdir(exist_ok=True)
        copy_site(SMALL_SITE, self.site)
        set_base_url(self.site, URL)
        write_files(self.site, {"content/saved/a.html": "<p>A saved page"})
        run_git(folder, "init", "--quiet", "--bare", str(self.remote))

    def publish(self, *args: str) -> tuple[int, str]:
        done = self.call("publish", "--yes", "--site", self.site, *args)
        return done.status, done.out + done.err

    def commits(self) -> int:
        return int(run_git(self.remote, "rev-list", "--all", "--count"))


@pytest.fixture
def loose(tmp_path: Path, call: Call) -> LooseSite:
    return LooseSite(tmp_path, call)


def test_a_site_in_no_repository_is_published(loose: LooseSite) -> None:
    set_publish(loose.site, remote="../shown.git")
    assert loose.publish()[0] == 0
    assert (loose.site / "content/permalinks.txt").is_file()
    assert "holds this already" in loose.publish()[1]
    (loose.site / "content/about.md").write_text("Another word.\n", encoding="utf-8")
    assert loose.publish()[0] == 0
    assert loose.commits() == 2
    assert "no repository of the site to commit in" in loose.publish("--commit")[1]
    assert run_git(loose.remote, "for-each-ref", "--format=%(refname)") == "refs/heads/gh-pages\n"


def test_its_branch_may_have_any_name_and_the_options_beat_the_settings(loose: LooseSite) -> None:
    set_publish(loose.site, remote="../nowhere.git", branch="elsewhere")
    assert loose.publish("--remote", str(loose.remote), "--branch", "pages")[0] == 0
    assert run_git(loose.remote, "for-each-ref", "--format=%(refname)") == "refs/heads/pages\n"


@pytest.mark.parametrize("is_program", [False, True])
def test_a_folder_of_somebody_elses_repository_is_refused(tmp_path: Path, call: Call, *, is_program: bool) -> None:
    clone = tmp_path / "clone"
    write_files(clone, {"site_gen/__main__.py" if is_program else "README": "theirs"})
    run_git(clone, "init", "--quiet", "--initial-branch=main")
    loose = LooseSite(clone, call)
    run_git(clone, "remote", "add", "origin", str(loose.remote))
    if is_program:  # it is told even where the site was committed there
        run_git(clone, "add", "--all")
        run_git(clone, "commit", "--quiet", "-m", "Mistaken")
    status, text = loose.publish()
    assert status == 2
    assert f"is only a folder in somebody else's repository, {clone}" in text
    assert "move it out of there" in text
    assert loose.commits() == 0
    assert loose.publish("--remote", str(loose.remote))[0] == 0, "what is named is not theirs"
    assert "refs/site-gen" not in run_git(clone, "for-each-ref")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("publish: {remote: -oProxyCommand=x}", "`publish.remote` is -oProxyCommand=x, neither a remote's name"),
        ("publish: {remote: 'ext::sh -c id'}", "neither a remote's name nor an address"),
        ("publish: {remote: 'https://ada:secret@x.example/r.git'}", "`publish.remote` holds a password"),
        ("publish: {branch: '../x'}", "`publish.branch` is ../x, which is not a branch name"),
        ("publish: {branch: '-f'}", "`publish.branch` is -f"),
        ("publish: {content_is: secret}", "`publish.content_is: secret` is not private or public"),
        ("publish: {remot: origin}", "did you mean remote?"),
        ("publish: origin", "write publish: {remote:"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(loose: LooseSite, line: str, words: str) -> None:
    path = loose.site / "content/site.yaml"
    text = path.read_text("utf-8")
    path.write_text(f"{text}{line}\n", encoding="utf-8")
    status, message = loose.publish()
    assert status == 1
    assert f"content/site.yaml:{len(text.splitlines()) + 1}: " in message
    assert words in message
    assert "secret@" not in message


@pytest.mark.parametrize("args", [("--remote", "-u"), ("--branch", "a..b"), ("--remote", "ext::sh -c id")])
def test_a_wrong_option_is_told(loose: LooseSite, args: tuple[str, str]) -> None:
    status, message = loose.publish(f"{args[0]}={args[1]}")
    assert (status, f"--{args[0][2:]} is {args[1]}" in message) == (2, True)


def test_a_folder_gets_the_site_and_nothing_else(loose: LooseSite, tmp_path: Path) -> None:
    public = tmp_path / "public"
    assert loose.publish("--folder", str(public))[0] == 0
    names = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    assert {"index.html", "feed.xml"} <= names
    assert not [name for name in names if name.startswith(".")]
    assert (loose.site / "content/permalinks.txt").is_file()
    status, message = loose.publish("--folder", str(public))
    assert (status, "is not empty" in message) == (2, True)
