"""Tests of saved pages as evidence: what `check`, `audit` and `publish` tell of those that are not as they were."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from site_gen.content import authorship
from tests.support.archives import WarcRecord, warc
from tests.support.publishing import SiteRepository, identity
from tests.support.sites import edit_file, write_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.conftest import Call, CommandResult, HtmlPage

__all__ = ["identity"]  # a fixture

SETTINGS = "title: Quay\nbase_url: https://example.github.io/repo/\ncards: none\nsearch: false\n"
NAMES = ("silo", "quay", "mast")


@pytest.fixture
def site(tmp_path: Path, html_page: HtmlPage, call: Call) -> Path:
    """Make a site with three articles that were added."""
    site = write_files(tmp_path / "site", {"content/site.yaml": SETTINGS})
    for name in NAMES:
        link = f'<link rel="canonical" href="https://a.example/{name}">'
        page = html_page(f"The {name} stays for ten more years", head=link)
        write_files(tmp_path / "pages", {f"{name}.html": page})
    assert call("add", tmp_path / "pages", "--site", site).status == 0
    return site


def warc_of(pages: Mapping[str, str]) -> bytes:
    """Return an archive of pages by their addresses."""
    return warc(*(WarcRecord(url=url, body=html.encode()) for url, html in pages.items()), compress="not")


def article_of(site: Path, name: str) -> Path:
    return next((site / "content/articles").rglob(f"the-{name}-stays-for-ten-more-years.md"))


def page_of(site: Path, name: str) -> Path:
    return site / f"content/saved/{name}.html"


def change_bytes(path: Path) -> None:
    """Change one byte of a file, and neither its size nor the time of its change."""
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def complaints(result: CommandResult) -> list[str]:
    return [line for line in result.err.splitlines() if "saved" in line]


def test_a_site_as_it_was_added_is_whole(site: Path, call: Call) -> None:
    for command in ("check", "audit", "check"):
        result = call(command, "--site", site)
        assert result.status == 0
        assert not complaints(result)
    assert result.out == "no problems\n"
    assert call("audit", "--site", site).out == "3 saved files, 3 articles: whole\n"


@pytest.mark.parametrize("command", ["check", "audit"])
def test_one_byte_is_told_with_file_and_mend(command: str, site: Path, call: Call) -> None:
    assert call("check", "--site", site).status == 0
    change_bytes(page_of(site, "silo"))
    for _ in range(2):
        result = call(command, "--site", site)
        assert result.status == 1
        (line,) = complaints(result)
        assert line.startswith("content/saved/silo.html: is not as it was: the saved page of content/articles/")
        assert hashlib.sha256(page_of(site, "silo").read_bytes()).hexdigest() in line
    digest = re.search(r"sha256: (\w{64})", article_of(site, "silo").read_text("utf-8"))
    assert digest
    edit_file(article_of(site, "silo"), digest[1], hashlib.sha256(page_of(site, "silo").read_bytes()).hexdigest())
    assert call("check", "--site", site).status == 0  # as the complaint says


@pytest.mark.parametrize("command", ["check", "audit"])
def test_a_page_that_is_gone_renamed_or_swapped_is_told(command: str, site: Path, call: Call) -> None:
    page_of(site, "silo").unlink()
    (line,) = complaints(call(command, "--site", site))
    assert "is not there" in line
    assert "git checkout -- 'content/saved/silo.html'" in line
    assert "remove `saved:` from the article" in line
    page_of(site, "quay").rename(site / "content/saved/other.html")
    assert "it lies in content/saved/other.html" in complaints(call(command, "--site", site))[0]
    shutil.copytree(site.parent / "pages", site / "content/saved", dirs_exist_ok=True)
    first, second = page_of(site, "silo"), page_of(site, "quay")
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)
    lines = complaints(call(command, "--site", site))
    assert len(lines) == 2
    assert "which lies in content/saved/silo.html; put each back" in lines[0]


def test_a_saved_page_is_never_read_outside_of_its_folder(site: Path, call: Call) -> None:
    secret = site.parent / "secret.html"
    secret.write_bytes(page_of(site, "silo").read_bytes())
    page_of(site, "silo").unlink()
    page_of(site, "silo").symlink_to(secret)
    edit_file(article_of(site, "quay"), "saved/quay.html", "../../secret.html")
    for command in ("check", "audit"):
        assert [line.split(": ")[1] for line in complaints(call(command, "--site", site))] == ["is not there"] * 2


def test_a_copy_without_saved_pages_is_told_once(site: Path, call: Call) -> None:
    shutil.rmtree(site / "content/saved")
    result = call("check", "--site", site)
    assert result.status == 0
    (line,) = complaints(result)
    assert line.startswith("note: content/saved: holds none of the pages")
    assert call("audit", "--site", site).status == 1


def test_a_text_that_no_longer_follows_is_told_unless_a_person_edited_it(site: Path, call: Call) -> None:
    path = article_of(site, "silo")
    edit_file(path, "ten years", "twelve years")
    result = call("audit", "--site", site)
    assert (result.status, result.out) == (0, "3 saved files, 3 articles (1 edited by hand): whole\n")
    text = path.read_text("utf-8")
    forged = authorship.text_hash(text.split("---\n", 2)[2])
    path.write_text(re.sub(r"text: \w{16}", f"text: {forged}", text), encoding="utf-8")
    result = call("audit", "--site", site, "--json")
    assert [record["kind"] for record in result.records] == ["text", "counts"]
    assert call("check", "--site", site).status == 0  # that takes a look at the page itself


def test_a_fact_that_no_longer_follows_is_told(site: Path, call: Call) -> None:
    path = article_of(site, "silo")
    edit_file(path, "title: The silo stays", "title: The silo falls")
    assert call("audit", "--site", site).status == 0
    title = "The silo falls for ten more years"
    digest = hashlib.sha256(title.encode()).hexdigest()[:8]
    path.write_text(re.sub(r"title-\w{8}", f"title-{digest}", path.read_text("utf-8")), encoding="utf-8")
    result = call("audit", "--site", site)
    assert (result.status, "its `title` differs from its saved page" in result.err) == (1, True)


def test_publish_refuses_unless_told(tmp_path: Path, site: Path, call: Call) -> None:
    repository = SiteRepository(tmp_path / "published", call, site)
    assert repository.publish("--dry-run").status == 0
    change_bytes(page_of(repository.site, "silo"))
    result = repository.publish("--yes")
    assert result.status == 1
    assert "publish with --despite-evidence" in result.err
    assert not repository.commits()
    result = repository.publish("--yes", "--despite-evidence")
    assert result.status == 0, result.err
    assert "is not as it was: the saved page of" in result.out
    assert repository.commits()


def test_the_page_of_an_article_names_its_kept_copy(site: Path, call: Call) -> None:
    assert call("build", "--site", site).status == 0
    page = next((site / "output").rglob("the-silo-stays*/index.html")).read_text("utf-8")
    digest = hashlib.sha256(page_of(site, "silo").read_bytes()).hexdigest()
    assert re.search(rf"<dt>Kept copy</dt><dd>sha256 <code>{digest}</code>, saved \d+ \w+ \d{{4}}</dd>", page)


def test_an_archive_is_checked_as_a_file_and_page_for_page(tmp_path: Path, html_page: HtmlPage, call: Call) -> None:
    site = write_files(tmp_path / "site", {"content/site.yaml": SETTINGS})
    pages = {f"https://a.example/{name}": html_page(f"The {name} stays for ten more years") for name in NAMES}
    archive = tmp_path / "pages.warc"
    archive.write_bytes(warc_of(pages))
    assert call("add", archive, "--site", site).status == 0
    kept = site / "content/saved/pages.warc"
    texts = [path.read_text("utf-8") for path in sorted((site / "content/articles").rglob("*.md"))]
    digest = hashlib.sha256(kept.read_bytes()).hexdigest()
    assert all(f"archive_sha256: {digest}" in text for text in texts)
    assert [call(command, "--site", site).status for command in ("check", "audit")] == [0, 0]
    change_bytes(kept)
    for command in ("check", "audit"):
        (line,) = complaints(call(command, "--site", site))
        assert "content/saved/pages.warc: is not as it was" in line
        assert "and 2 more" in line


def test_digests_that_an_earlier_version_did_not_note_are_told_once_and_recorded(
    tmp_path: Path, html_page: HtmlPage, call: Call
) -> None:
    site = write_files(tmp_path / "site", {"content/site.yaml": SETTINGS})
    archive = tmp_path / "pages.warc"
    archive.write_bytes(warc_of({f"https://a.example/{n}": html_page(f"The {n} stays for long") for n in NAMES}))
    assert call("add", archive, "--site", site).status == 0
    paths = sorted((site / "content/articles").rglob("*.md"))
    before = {path: path.read_bytes() for path in paths}
    for path in paths:
        path.write_text(re.sub(r", archive_sha256: \w+", "", path.read_text("utf-8")), encoding="utf-8")
    result = call("check", "--site", site)
    assert result.status == 0
    (line,) = [line for line in result.err.splitlines() if "not recorded" in line]
    assert "and 2 more" in line
    assert "site-gen audit --record" in line
    assert call("audit", "--site", site).status == 1
    result = call("audit", "--record", "--site", site)
    assert (result.status, result.out.splitlines()[0]) == (0, "recorded in 3 articles")
    assert {path: path.read_bytes() for path in paths} == before
    assert call("audit", "--site", site).status == 0
    assert call("undo", "--site", site).status == 0
    assert call("audit", "--site", site).status == 1


def test_a_manifest_is_what_sha256sum_reads(site: Path, tmp_path: Path, call: Call) -> None:
    manifest = tmp_path / "manifest.txt"
    result = call("audit", "--manifest", manifest, "--site", site)
    assert result.status == 0
    lines = manifest.read_text("utf-8").splitlines()
    assert lines == [
        f"{hashlib.sha256(page_of(site, name).read_bytes()).hexdigest()}  content/saved/{name}.html"
        for name in sorted(NAMES)
    ]
    root = hashlib.sha256(manifest.read_bytes()).hexdigest()
    assert result.lines[-1] == f"{manifest}: 3 digests; its own is {root}"
    assert call("audit", "--manifest", manifest, "--json", "--site", site).record["root"] == root
    manifest.unlink()
    change_bytes(page_of(site, "quay"))
    assert "not written" in call("audit", "--manifest", manifest, "--site", site).out
    assert not manifest.exists()


TSA = """[req]
distinguished_name = name
prompt = no
x509_extensions = tsa
[name]
CN = Stamps
[tsa]
extendedKeyUsage = critical, timeStamping
[stamps]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
"""


@pytest.mark.skipif(shutil.which("openssl") is None, reason="asks openssl")
def test_a_time_stamp_of_a_manifest_is_verified_until_a_page_changes(site: Path, tmp_path: Path, call: Call) -> None:
    write_files(tmp_path, {"tsa.cnf": TSA.format(folder=tmp_path), "serial": "01\n"})

    def openssl(*words: str) -> int:
        return subprocess.run(["openssl", *words], cwd=tmp_path, capture_output=True, check=False).returncode

    key = ("-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.pem", "-days", "2")
    assert openssl("req", "-x509", "-config", "tsa.cnf", *key) == 0
    assert call("audit", "--manifest", tmp_path / "manifest.txt", "--site", site).status == 0
    assert openssl("ts", "-query", "-data", "manifest.txt", "-sha256", "-cert", "-out", "manifest.tsq") == 0
    signer = ("-config", "tsa.cnf", "-section", "stamps", "-signer", "tsa.pem", "-inkey", "tsa.key")
    assert openssl("ts", "-reply", *signer, "-queryfile", "manifest.tsq", "-out", "manifest.tsr") == 0
    verification = ("ts", "-verify", "-data", "manifest.txt", "-in", "manifest.tsr", "-CAfile", "tsa.pem")
    assert openssl(*verification) == 0
    assert call("audit", "--manifest", tmp_path / "manifest.txt", "--site", site).status == 0
    assert openssl(*verification) == 0, "the list of pages that stayed is the list that was stamped"
    digest = hashlib.sha256(page_of(site, "quay").read_bytes()).hexdigest()
    edit_file(tmp_path / "manifest.txt", digest, "0" * 64)
    assert openssl(*verification) != 0
