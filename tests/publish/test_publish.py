"""`site-gen publish`: a real push to a bare repository, served as GitHub Pages would."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from site_gen.build import build_session
from site_gen.core import console
from site_gen.publish import git_branch
from tests.support.pages_host import crawled, hosting
from tests.support.publishing import LEDGERS, URL, Home, home, identity, run_git
from tests.support.sites import REPO, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

__all__ = ["home", "identity"]  # fixtures


def test_what_is_published_is_whole_and_the_rest_untouched(home: Home) -> None:
    (home.site / "content/topics/new.md").write_text("---\nname: New\n---\n", encoding="utf-8")
    run_git(home.site, "add", "content/topics/new.md")
    (home.site / "output").mkdir()
    (home.site / "output/private.html").write_text("mine", encoding="utf-8")
    before = home.standing()
    done = home.publish("--yes")
    assert done.status == 0, done.err
    assert "not committed: content/topics/new.md" in done.out
    for name in LEDGERS:
        assert f"?? {name}\n" in run_git(home.site, "status", "--porcelain")
        (home.site / name).unlink()
    assert home.standing() == before
    clone = home.clone()
    assert (clone / ".nojekyll").read_bytes() == b""
    assert not (clone / "CNAME").exists()
    assert not (clone / "private.html").exists()
    assert not list(clone.glob(".site-gen*"))
    with hosting(clone, "/repo/") as host:
        seen, broken = crawled(host, URL)
        assert broken == []
        names = [name.removesuffix("index.html") for name in host.files if name.endswith("index.html")]
        pages = {f"/repo/{quote(name)}" for name in names}
        assert len(pages) > 20
        orphans = {path for path in pages - seen if b'http-equiv="refresh"' not in host.get(path).body}
        assert orphans == set()
        bare = host.get("/repo/companies")
        assert (bare.status, bare.location) == (301, "/repo/companies/")
        lost = host.get("/repo/a/b/c/")
        assert (lost.status, lost.body) == (404, host.files["404.html"])
        assert host.get("/repo/Companies/").status == 404


@pytest.mark.slow
def test_the_person_is_told_what_will_be_public(home: Home) -> None:
    done = home.publish("--dry-run")
    assert done.status == 0, done.err
    assert home.commits() == []
    assert home.ledger is None
    told = home.publish("--dry-run", "--json").record
    assert told["base_url"] == URL
    assert told["full"] + told["excerpts"] > 0
    assert f"by other people: {told['full']} article" in done.out
    assert f"{told['pages']} pages; {told['files']} files" in done.out
    assert f"{len(told['new'])} new addresses" in done.out
    assert told["commit"] is None
    settings = home.site / "content/site.yaml"
    settings.write_text(settings.read_text("utf-8").replace("text: full", "text: excerpt"), encoding="utf-8")
    other = home.publish("--dry-run", "--json").record
    assert other["full"] < told["full"]
    assert other["full"] + other["excerpts"] == told["full"] + told["excerpts"]
    assert other["uncommitted"] == ["content/site.yaml"]


def test_a_second_time_nothing_is_pushed(home: Home) -> None:
    first = home.publish("--yes", "--commit", "--json").record
    assert first["ledger_committed"]
    assert home.commits() == [first["commit"]]
    assert run_git(home.site, "status", "--porcelain") == ""
    again = home.publish("--yes", "--commit")
    assert again.status == 0
    assert "holds this already; nothing was published" in again.out
    assert "commit content/" not in again.out
    assert len(home.commits()) == 1
    about = home.site / "content/about.md"
    about.write_text("Another word.\n", encoding="utf-8")
    home.save("about")
    second = home.publish("--yes", "--json").record
    assert second["changed"] == ["about/index.html"]
    assert home.commits() == [second["commit"], first["commit"]]
    assert second["new"] == []


def test_commit_takes_the_two_files_only(home: Home) -> None:
    (home.site / "content/about.md").write_text("Staged.\n", encoding="utf-8")
    run_git(home.site, "add", "content/about.md")
    assert home.publish("--yes", "--commit").status == 0
    assert run_git(home.site, "show", "--name-only", "--format=", "HEAD").split() == sorted(LEDGERS)
    assert run_git(home.site, "status", "--porcelain") == "M  content/about.md\n"


def test_a_trial_records_nothing_and_freezes_no_issue(home: Home) -> None:
    assert home.publish("--yes", "--no-ledger").status == 0
    assert not any((home.site / name).exists() for name in LEDGERS)
    trial = {path.name: path.read_text("utf-8") for path in (home.clone() / "issues").glob("*/index.html")}
    assert trial
    assert not any("published <time" in text for text in trial.values())
    assert home.publish("--yes", "--no-ledger", "--commit").status == 2
    assert home.publish("--yes").status == 0
    texts = [path.read_text("utf-8") for path in (home.clone() / "issues").glob("*/index.html")]
    assert all("published <time" in text for text in texts)


def test_a_refused_push_is_told_and_not_noted(home: Home) -> None:
    hook = home.bare / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'the quay is closed' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    before = home.standing()
    done = home.publish("--yes", "--commit")
    assert done.status == 1
    assert done.err.startswith("gh-pages of origin: refused it (the quay is closed")
    assert home.ledger is None
    assert home.commits() == []
    assert home.standing() == before
    hook.unlink()
    assert home.publish("--yes").status == 0
    assert home.ledger


@pytest.mark.slow
def test_a_ledger_that_cannot_be_written_is_written_next_time(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("site_gen.publish.permalinks.replace_file", full)
        done = home.publish("--yes")
    assert done.status == 1
    assert "content/permalinks.txt: cannot be written" in done.err
    assert "published " in done.err
    assert len(home.commits()) == 1
    assert home.publish("--yes").status == 0
    assert len(home.commits()) == 1
    assert home.ledger


@pytest.mark.slow
def test_what_others_put_on_the_branch_is_not_lost_unasked(home: Home) -> None:
    assert home.publish("--yes").status == 0
    home.edit_branch("hello.html", "by hand")
    refused = home.publish("--yes")
    assert refused.status == 2
    assert "hello.html on gh-pages of origin: put there by somebody else" in refused.err
    assert len(home.commits()) == 2
    forced = home.publish("--yes", "--force", "--json").record
    assert forced["by_others"] == ["hello.html"]
    assert len(home.commits()) == 3, "the history stays"
    assert not (home.clone() / "hello.html").exists()
    assert home.publish("--yes").status == 0


@pytest.mark.slow
def test_a_branch_of_another_tool_is_not_replaced_unasked(home: Home) -> None:
    other = home.bare.parent / "other"
    run_git(home.site, "clone", "--quiet", str(home.bare), str(other))
    (other / "index.html").write_text("an old site", encoding="utf-8")
    run_git(other, "checkout", "--quiet", "-b", "gh-pages")
    run_git(other, "add", ".")
    run_git(other, "commit", "--quiet", "-m", "old")
    run_git(other, "push", "--quiet", "origin", "gh-pages")
    assert home.publish("--yes").status == 2
    assert home.publish("--yes", "--force").status == 0
    assert len(home.commits()) == 2


@pytest.mark.slow
def test_somebody_pushes_at_the_same_moment(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.publish("--yes").status == 0
    (home.site / "content/about.md").write_text("More.\n", encoding="utf-8")
    push = git_branch.Branch.push

    def late(self: git_branch.Branch, commit: str) -> None:
        home.edit_branch("CNAME.txt", "x")
        push(self, commit)

    with monkeypatch.context() as patched:
        patched.setattr(git_branch.Branch, "push", late)
        done = home.publish("--yes")
    assert done.status == 1
    assert "was changed by somebody else meanwhile; give the command again" in done.err
    assert len(home.commits()) == 2


@pytest.mark.slow
def test_a_domain_gets_its_file(tmp_path: Path, call: Call) -> None:
    home = Home(tmp_path, call, base_url="https://quay.example/")
    assert home.publish("--yes").status == 0
    assert (home.clone() / "CNAME").read_text("utf-8") == "quay.example\n"
    with hosting(home.clone(), "/") as host:
        assert crawled(host, "https://quay.example/")[1] == []
    settings = home.site / "content/site.yaml"
    settings.write_text(settings.read_text("utf-8").replace("//quay.example", "//pier.example"), encoding="utf-8")
    assert home.publish("--yes").status == 0
    assert (home.clone() / "CNAME").read_text("utf-8") == "pier.example\n"
    settings.write_text(settings.read_text("utf-8").replace("https://pier.example/", URL), encoding="utf-8")
    done = home.publish("--yes")
    assert done.status == 1
    assert "names the domain pier.example" in done.err


@pytest.mark.slow
def test_a_renamed_company_is_found_at_its_old_address(tmp_path: Path, call: Call) -> None:
    home = Home(tmp_path, call)
    assert home.publish("--yes", "--commit").status == 0
    old = min(path.stem for path in (home.site / "content/companies").glob("*.md"))
    done = call("entity", "rename", old, "Renamed Quays", "--slug", "renamed-quays", "--site", home.site)
    assert done.status == 0, done.err
    home.save("rename")
    published = home.publish("--yes", "--json").record
    assert "/companies/renamed-quays/" in published["new"]
    with hosting(home.clone(), "/repo/") as host:
        body = host.get(f"/repo/companies/{old}/").body.decode()
        assert "0; url=/repo/companies/renamed-quays/" in body
        assert host.get("/repo/companies/renamed-quays/").status == 200
        assert crawled(host, URL)[1] == []


@pytest.mark.slow
def test_bytes_go_out_as_they_were_built(home: Home, tmp_path: Path) -> None:
    """No attribute, filter or ignore rule of the repository changes or drops what a build made."""
    (home.site / ".git/info/attributes").write_text("*.html filter=loud\n*.xml filter=loud\n", encoding="utf-8")
    (home.site / ".git/info/exclude").write_text("*.css\nfeed.xml\n", encoding="utf-8")
    run_git(home.site, "config", "filter.loud.clean", "tr a-z A-Z")
    assert home.publish("--yes").status == 0
    assert home.call("build", "--site", home.site, "--output", tmp_path / "out").status == 0
    names = run_git(home.bare, "ls-tree", "-r", "-z", "--name-only", "gh-pages").split("\0")[:-1]
    built = read_files(tmp_path / "out")
    assert set(names) - {".nojekyll"} == set(built)
    for name in ("index.html", "feed.xml"):
        sent = subprocess.run(["git", "-C", home.bare, "show", f"gh-pages:{name}"], capture_output=True, check=True)
        assert sent.stdout == built[name]


@pytest.mark.slow
def test_a_site_in_a_folder_of_its_repository(home: Home) -> None:
    for name in ("content", ".gitignore"):
        (home.site / "pages").mkdir(exist_ok=True)
        run_git(home.site, "mv", name, f"pages/{name}")
    home.save("move")
    home.site /= "pages"
    (home.site / "content/about.md").write_text("Not committed.\n", encoding="utf-8")
    first = home.publish("--yes", "--commit", "--json").record
    assert first["uncommitted"] == ["content/about.md"]
    assert run_git(home.site, "show", "--name-only", "--format=", "HEAD").split() == sorted(
        f"pages/{name}" for name in LEDGERS
    )
    assert "index.html" in run_git(home.bare, "ls-tree", "--name-only", "gh-pages").split()
    home.edit_branch("hello.html", "by hand")
    again = home.publish("--yes", "--force", "--json").record
    assert (again["changed"], again["removed"], again["by_others"]) == ([], ["hello.html"], ["hello.html"])


@pytest.mark.slow
@pytest.mark.parametrize("article", ["2026/late.md", "2025/silo-stays.md"])
def test_content_that_changes_meanwhile(home: Home, monkeypatch: pytest.MonkeyPatch, article: str) -> None:
    """The ledger says what was built: what comes or goes between is not guessed at."""
    refresh = build_session.IncrementalBuilder.refresh

    def slow(self: build_session.IncrementalBuilder) -> build_session.Report:
        report = refresh(self)
        path = home.site / "content/articles" / article
        if path.exists():
            path.unlink()
        else:
            path.write_text("---\ntitle: Late\n---\nA text.\n", encoding="utf-8")
        return report

    monkeypatch.setattr(build_session.IncrementalBuilder, "refresh", slow)
    done = home.publish("--yes")
    assert done.status == 2
    assert "the content changed while it was built" in done.err
    assert home.commits() == []


def test_what_is_wrong_is_not_published(home: Home) -> None:
    (home.site / "content/about.md").write_text("See [nothing](/companies/no-such-thing/).\n", encoding="utf-8")
    done = home.publish("--yes")
    assert done.status == 1
    assert "no-such-thing" in done.err
    assert "/tmp" not in done.err
    assert home.commits() == []


@pytest.mark.parametrize(("typed", "status", "commits"), [("y", 0, 1), ("n", 1, 0), ("", 1, 0), (None, 1, 0)])
def test_the_question(
    home: Home, monkeypatch: pytest.MonkeyPatch, typed: str | None, status: int, commits: int
) -> None:
    asked: list[str] = []

    def answer(question: str) -> str | None:
        asked.append(question)
        return typed

    monkeypatch.setattr(console, "is_interactive", lambda: True)
    monkeypatch.setattr(console, "ask", answer)
    assert home.publish().status == status
    assert len(asked) == 1
    assert "gh-pages of origin" in asked[0]
    assert len(home.commits()) == commits
    assert (home.ledger is not None) == bool(commits)


def test_nobody_to_be_asked(home: Home) -> None:
    done = home.publish()
    assert (done.status, done.out) == (2, "")
    assert "--yes" in done.err


@pytest.mark.slow
def test_the_demo_is_whole_where_it_is_published(tmp_path: Path, call: Call) -> None:
    home = Home(tmp_path, call, REPO)
    base_url = "https://somebody.github.io/elsewhere/"
    assert home.publish("--yes", "--base-url", base_url).status == 0
    with hosting(home.clone(), "/elsewhere/") as host:
        seen, broken = crawled(host, base_url)
    assert broken == []
    assert len(seen) > 100
