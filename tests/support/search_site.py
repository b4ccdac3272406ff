"""A small site in several scripts, with a title that would like to be run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.sites import write_files

if TYPE_CHECKING:
    from pathlib import Path

EVIL = '<img src=x onerror=alert(1)> & "quay" <script>alert(2)</script>'
ARTICLES = {
    "2025/silo-stays": ("Silo stays", "2025-03-04", "en", "The harbour board let the grain silo of Voss stand."),
    "2025/crane-falls": ("A crane falls", "2025-11-30", "en", "Nobody was hurt when a crane of Voss fell on the pier."),
    "2026/evil": (EVIL, "2026-01-02", "en", f"Voss said {EVIL} to the silo."),
    "2026/chinese": (
        "海康威视在港口安装摄像机",
        "2026-02-03",
        "zh",
        "海康威视的Hik摄像机监视旧粮仓，港口委员会表示同意。",
    ),
    "2026/japanese": ("古い倉庫は残る", "2026-02-04", "ja", "港の古い倉庫はあと十年残ることになった。"),
    "2026/danish": ("Œuvres fra Æblø", "2026-02-06", "da", "Lugeåbningen på Ærø koster Łódź ingenting, ﬁnt nok."),
    "2026/gulls": ("A note on gulls", "", "ga", "A gull stood on the pier, and nobody wrote down when."),
    "2026/plain": ("Oeuvres of Aero", "2026-02-07", "ga", "The hatch of Lodz was left ajar."),
    "2026/bare": ("Only a title tells of the weir", "2026-02-08", "ga", ""),
    "2026/arabic": ("صومعة الميناء باقية", "2026-02-05", "ar", "قرر مجلس الميناء الإبقاء على صومعة الحبوب القديمة."),
}


def write_search_site(folder: Path) -> Path:
    """Write the site into a folder, which is returned."""
    files = {
        "content/site.yaml": "title: Quay Notes\nbase_url: https://notes.example/repo/\ntext: full\n",
        "content/companies/voss.md": "---\nname: Voss & Daughters\nnames: [Voss]\n---\nA maker of cranes.\n",
        "content/companies/hikvision.md": "---\nname: Hikvision\nnames: [海康威视]\n---\n",
        "content/topics/storage.md": "---\nname: Storage\nkeywords: [silo]\n---\n",
    }
    for name, (title, day, language, text) in ARTICLES.items():
        tags = "companies: [voss]\ntopics: [storage]\n" if "silo" in text else "companies: [voss]\n"
        tags = tags if language == "en" else "companies: [hikvision]\n" if language == "zh" else ""
        published = f"published: {day}\n" if day else ""
        head = f"title: '{title}'\n{published}language: {language}\nsite: Courier\n{tags}"
        files[f"content/articles/{name}.md"] = f"---\n{head}---\n{text}\n"
    return write_files(folder, files)
