"""`site-gen publish`: a real push to a bare repository, served as GitHub Pages would."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from site_gen.build import build_session
from site_gen.core import console, git
from site_gen.publish import git_branch
from tests.support.pages_host import crawl, host_pages
from tests.support.publishing import LEDGERS, URL, SiteRepository, identity, repository, run_git
from tests.support.sites import REPO, edit_file, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

__all__ = ["identity", "repository"]  # fixtures


def test_what_is_published_is_whole_and_the_rest_of_the_repository_untouched(repository: SiteRepository) -> None:
    (repository.site / "content/topics/new.md").write_text("---\nname: New\n---\n", encoding="utf-8")
    run_git(repository.site, "add", "content/topics/new.md")
    (repository.site / "output").mkdir()
    (repository.site / "output/private.html").write_text("mine", encoding="utf-8")
    before = repository.own_state()
    done = repository.publish("--yes")
    assert done.status == 0, done.err
    assert "not committed: content/topics/new.md" in done.out
    for name in LEDGERS:
        assert f"?? {name}\n" in run_git(repository.site, "status", "--porcelain")
        (repository.site / name).unlink()
    assert repository.own_state() == before
    clone = repository.clone()
    assert (clone / ".nojekyll").read_bytes() == b""
    assert not (clone / "CNAME").exists()
    assert not (clone / "private.html").exists()
    assert not list(clone.glob(".site-gen*"))
    with host_pages(clone, "/repo/") as host:
        seen, broken = crawl(host, URL)
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
def test_a_dry_run_says_what_will_be_public(repository: SiteRepository) -> None:
    done = repository.publish("--dry-run")
    assert done.status == 0, done.err
    assert repository.commits() == []
    assert repository.ledger is None
    record = repository.publish("--dry-run", "--json").record
    assert record["base_url"] == URL
    assert record["full"] + record["excerpts"] > 0
    assert f"other people's articles: {record['full']} in full" in done.out
    assert f"{record['pages']} pages; {record['files']} files" in done.out
    assert f"{len(record['new'])} new addresses" in done.out
    assert record["commit"] is None
    edit_file(repository.site / "content/site.yaml", "text: full", "text: excerpt")
    other = repository.publish("--dry-run", "--json").record
    assert other["full"] < record["full"]
    assert other["full"] + other["excerpts"] == record["full"] + record["excerpts"]
    assert other["uncommitted"] == ["content/site.yaml"]


def test_without_a_change_nothing_is_pushed_again(repository: SiteRepository) -> None:
    first = repository.publish("--yes", "--commit", "--json").record
    assert first["ledger_committed"]
    assert repository.commits() == [first["commit"]]
    assert run_git(repository.site, "status", "--porcelain") == ""
    again = repository.publish("--yes", "--commit")
    assert again.status == 0
    assert "holds this already; nothing was published" in again.out
    assert "commit content/" not in again.out
    assert len(repository.commits()) == 1
    about = repository.site / "content/about.md"
    about.write_text("Another word.\n", encoding="utf-8")
    repository.save("about")
    second = repository.publish("--yes", "--json").record
    assert second["changed"] == ["about/index.html"]
    assert repository.commits() == [second["commit"], first["commit"]]
    assert second["new"] == []


@pytest.mark.parametrize("way", ["merge", "rebase"])
def test_commit_is_refused_while_files_are_in_conflict(repository: SiteRepository, way: str) -> None:
    site, about = repository.site, repository.site / "content/about.md"
    run_git(site, "checkout", "--quiet", "-b", "other")
    for branch in ("other", "main"):
        run_git(site, "checkout", "--quiet", branch)
        about.write_text(f"About {branch}.\n", encoding="utf-8")
        repository.save(branch)
    assert git.run(site, way, "other", is_trusted=True).status
    run_git(site, "checkout", "--ours", "content/about.md")
    before = repository.own_state()
    done = repository.publish("--yes", "--commit")
    assert done.status == 2
    assert "not finished: content/about.md; end it, or give it up" in done.err
    assert repository.commits() == []
    assert repository.own_state() == before
    assert repository.publish("--yes").status == 0


def test_commit_takes_the_ledgers_only(repository: SiteRepository) -> None:
    (repository.site / "content/about.md").write_text("Staged.\n", encoding="utf-8")
    run_git(repository.site, "add", "content/about.md")
    assert repository.publish("--yes", "--commit").status == 0
    assert run_git(repository.site, "show", "--name-only", "--format=", "HEAD").split() == sorted(LEDGERS)
    assert run_git(repository.site, "status", "--porcelain") == "M  content/about.md\n"


def test_a_trial_records_nothing_and_freezes_no_issue(repository: SiteRepository) -> None:
    assert repository.publish("--yes", "--no-ledger").status == 0
    assert not any((repository.site / name).exists() for name in LEDGERS)
    trial = {path.name: path.read_text("utf-8") for path in (repository.clone() / "issues").glob("*/index.html")}
    assert trial
    assert not any("published <time" in text for text in trial.values())
    assert repository.publish("--yes", "--no-ledger", "--commit").status == 2
    assert repository.publish("--yes").status == 0
    texts = [path.read_text("utf-8") for path in (repository.clone() / "issues").glob("*/index.html")]
    assert all("published <time" in text for text in texts)


def test_a_refused_push_is_reported_and_not_recorded(repository: SiteRepository) -> None:
    hook = repository.remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'the quay is closed' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    before = repository.own_state()
    done = repository.publish("--yes", "--commit")
    assert done.status == 1
    assert done.err.startswith("gh-pages of origin: refused it (the quay is closed")
    assert repository.ledger is None
    assert repository.commits() == []
    assert repository.own_state() == before
    hook.unlink()
    assert repository.publish("--yes").status == 0
    assert repository.ledger


@pytest.mark.slow
def test_a_ledger_that_cannot_be_written_is_written_next_time(
    repository: SiteRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("site_gen.publish.permalinks.replace_file", fail)
        done = repository.publish("--yes")
    assert done.status == 1
    assert "content/permalinks.txt: cannot be written" in done.err
    assert "published " in done.err
    assert len(repository.commits()) == 1
    assert repository.publish("--yes").status == 0
    assert len(repository.commits()) == 1
    assert repository.ledger


@pytest.mark.slow
def test_what_others_put_on_the_branch_is_replaced_only_by_force(repository: SiteRepository) -> None:
    assert repository.publish("--yes").status == 0
    repository.edit_branch("hello.html", "by hand")
    refused = repository.publish("--yes")
    assert refused.status == 2
    assert "hello.html on gh-pages of origin: put there by somebody else" in refused.err
    assert len(repository.commits()) == 2
    forced = repository.publish("--yes", "--force", "--json").record
    assert forced["by_others"] == ["hello.html"]
    assert len(repository.commits()) == 3, "the history stays"
    assert not (repository.clone() / "hello.html").exists()
    assert repository.publish("--yes").status == 0


@pytest.mark.slow
def test_a_branch_of_another_tool_is_replaced_only_by_force(repository: SiteRepository) -> None:
    clone = repository.remote.parent / "other"
    run_git(repository.site, "clone", "--quiet", str(repository.remote), str(clone))
    (clone / "index.html").write_text("an old site", encoding="utf-8")
    run_git(clone, "checkout", "--quiet", "-b", "gh-pages")
    run_git(clone, "add", ".")
    run_git(clone, "commit", "--quiet", "-m", "old")
    run_git(clone, "push", "--quiet", "origin", "gh-pages")
    assert repository.publish("--yes").status == 2
    assert repository.publish("--yes", "--force").status == 0
    assert len(repository.commits()) == 2


@pytest.mark.slow
def test_a_push_of_somebody_else_at_the_same_moment_is_not_overwritten(
    repository: SiteRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert repository.publish("--yes").status == 0
    (repository.site / "content/about.md").write_text("More.\n", encoding="utf-8")
    commit = git_branch.Branch._commit

    def commit_late(self: git_branch.Branch, *args: Any) -> str:
        repository.edit_branch("CNAME.txt", "x")
        return commit(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(git_branch.Branch, "_commit", commit_late)
        done = repository.publish("--yes")
    assert done.status == 1
    assert "was changed by someone else in the meantime; run the command again" in done.err
    assert len(repository.commits()) == 2


@pytest.mark.slow
def test_a_site_on_a_domain_of_its_own_gets_a_cname_file(tmp_path: Path, call: Call) -> None:
    repository = SiteRepository(tmp_path, call, base_url="https://quay.example/")
    assert repository.publish("--yes").status == 0
    assert (repository.clone() / "CNAME").read_text("utf-8") == "quay.example\n"
    with host_pages(repository.clone(), "/") as host:
        assert crawl(host, "https://quay.example/")[1] == []
    edit_file(repository.site / "content/site.yaml", "//quay.example", "//pier.example")
    assert repository.publish("--yes").status == 0
    assert (repository.clone() / "CNAME").read_text("utf-8") == "pier.example\n"
    edit_file(repository.site / "content/site.yaml", "https://pier.example/", URL)
    done = repository.publish("--yes")
    assert done.status == 1
    assert "names the domain pier.example" in done.err


@pytest.mark.slow
def test_a_renamed_company_is_found_at_its_old_address(tmp_path: Path, call: Call) -> None:
    repository = SiteRepository(tmp_path, call)
    assert repository.publish("--yes", "--commit").status == 0
    old = min(path.stem for path in (repository.site / "content/companies").glob("*.md"))
    done = call("entity", "rename", old, "Renamed Quays", "--slug", "renamed-quays", "--site", repository.site)
    assert done.status == 0, done.err
    repository.save("rename")
    published = repository.publish("--yes", "--json").record
    assert "/companies/renamed-quays/" in published["new"]
    with host_pages(repository.clone(), "/repo/") as host:
        body = host.get(f"/repo/companies/{old}/").body.decode()
        assert "0; url=/repo/companies/renamed-quays/" in body
        assert host.get("/repo/companies/renamed-quays/").status == 200
        assert crawl(host, URL)[1] == []


@pytest.mark.slow
def test_bytes_go_out_as_they_were_built(repository: SiteRepository, tmp_path: Path) -> None:
    """No attribute, filter or ignore rule of the repository changes or drops what a build made."""
    (repository.site / ".git/info/attributes").write_text("*.html filter=loud\n*.xml filter=loud\n", encoding="utf-8")
    (repository.site / ".git/info/exclude").write_text("*.css\nfeed.xml\n", encoding="utf-8")
    run_git(repository.site, "config", "filter.loud.clean", "tr a-z A-Z")
    assert repository.publish("--yes").status == 0
    assert repository.call("build", "--site", repository.site, "--output", tmp_path / "out").status == 0
    names = run_git(repository.remote, "ls-tree", "-r", "-z", "--name-only", "gh-pages").split("\0")[:-1]
    built = read_files(tmp_path / "out")
    assert set(names) - {".nojekyll"} == set(built)
    for name in ("index.html", "feed.xml"):
        sent = subprocess.run(
            ["git", "-C", repository.remote, "show", f"gh-pages:{name}"], capture_output=True, check=True
        )
        assert sent.stdout == built[name]


@pytest.mark.slow
def test_a_site_in_a_folder_of_its_repository_is_published(repository: SiteRepository) -> None:
    for name in ("content", ".gitignore"):
        (repository.site / "pages").mkdir(exist_ok=True)
        run_git(repository.site, "mv", name, f"pages/{name}")
    repository.save("move")
    repository.site /= "pages"
    (repository.site / "content/about.md").write_text("Not committed.\n", encoding="utf-8")
    first = repository.publish("--yes", "--commit", "--json").record
    assert first["uncommitted"] == ["content/about.md"]
    assert run_git(repository.site, "show", "--name-only", "--format=", "HEAD").split() == sorted(
        f"pages/{name}" for name in LEDGERS
    )
    assert "index.html" in run_git(repository.remote, "ls-tree", "--name-only", "gh-pages").split()
    repository.edit_branch("hello.html", "by hand")
    again = repository.publish("--yes", "--force", "--json").record
    assert (again["changed"], again["removed"], again["by_others"]) == ([], ["hello.html"], ["hello.html"])


@pytest.mark.slow
@pytest.mark.parametrize("article", ["2026/late.md", "2025/silo-stays.md"])
def test_content_that_changes_while_it_is_built_is_not_published(
    repository: SiteRepository, monkeypatch: pytest.MonkeyPatch, article: str
) -> None:
    """The ledger says what was built: what comes or goes between is not guessed at."""
    refresh = build_session.IncrementalBuilder.refresh

    def slow(self: build_session.IncrementalBuilder) -> build_session.Report:
        report = refresh(self)
        path = repository.site / "content/articles" / article
        if path.exists():
            path.unlink()
        else:
            path.write_text("---\ntitle: Late\n---\nA text.\n", encoding="utf-8")
        return report

    monkeypatch.setattr(build_session.IncrementalBuilder, "refresh", slow)
    done = repository.publish("--yes")
    assert done.status == 2
    assert "the content changed while it was built" in done.err
    assert repository.commits() == []


def test_wrong_content_is_not_published(repository: SiteRepository) -> None:
    (repository.site / "content/about.md").write_text("See [nothing](/companies/no-such-thing/).\n", encoding="utf-8")
    done = repository.publish("--yes")
    assert done.status == 1
    assert "no-such-thing" in done.err
    assert "/tmp" not in done.err
    assert repository.commits() == []


@pytest.mark.parametrize(("answer_text", "status", "commits"), [("y", 0, 1), ("n", 1, 0), ("", 1, 0), (None, 1, 0)])
def test_it_publishes_only_when_the_question_is_answered_with_yes(
    repository: SiteRepository, monkeypatch: pytest.MonkeyPatch, answer_text: str | None, status: int, commits: int
) -> None:
    questions: list[str] = []

    def answer(question: str) -> str | None:
        questions.append(question)
        return answer_text

    monkeypatch.setattr(console, "is_interactive", lambda: True)
    monkeypatch.setattr(console, "ask", answer)
    assert repository.publish().status == status
    assert len(questions) == 1
    assert "gh-pages of origin" in questions[0]
    assert len(repository.commits()) == commits
    assert (repository.ledger is not None) == bool(commits)


def test_without_a_terminal_it_wants_the_option_yes(repository: SiteRepository) -> None:
    done = repository.publish()
    assert (done.status, done.out) == (2, "")
    assert "--yes" in done.err


@pytest.mark.slow
def test_the_demo_is_whole_where_it_is_published(tmp_path: Path, call: Call) -> None:
    repository = SiteRepository(tmp_path, call, REPO)
    base_url = "https://somebody.github.io/elsewhere/"
    assert repository.publish("--yes", "--base-url", base_url).status == 0
    with host_pages(repository.clone(), "/elsewhere/") as host:
        seen, broken = crawl(host, base_url)
    assert broken == []
    assert len(seen) > 100


def test_ledgers_that_are_lost_are_missed_where_the_published_site_was_recorded(repository: SiteRepository) -> None:
    note = "content/permalinks.txt: is missing, though gh-pages of origin shows a site that was recorded"
    assert note not in repository.publish("--dry-run").out
    assert repository.publish("--yes", "--no-ledger").status == 0
    assert note not in repository.publish("--dry-run").out
    assert repository.publish("--yes").status == 0
    assert note not in repository.publish("--dry-run").out
    for name in LEDGERS:  # in no commit
        (repository.site / name).unlink()
    assert note in repository.publish("--dry-run").out
