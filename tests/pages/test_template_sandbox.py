"""Tests that no template runs a program, reads a file or sees the environment, and that content is never a template.

The strings are the kinds that lists of template injections hold (PayloadsAllTheThings, HackTricks, advisories of
Jinja), written anew for what our templates are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session, theme_reader
from site_gen.core.errors import SiteError
from site_gen.pages.renderer import Renderer
from tests.support.sites import SMALL_SITE, copy_site, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_gen.content.records import Page
    from site_gen.site.database import SiteDatabase
    from tests.conftest import Call

SECRET = "quayside-canary"  # in the environment and in a file that templates could reach

RUN = "popen('echo ' ~ 'ran > ran.txt; echo quayside''-canary').read()"
BUILTINS = "__globals__.__builtins__"
# Each is tried in a template, in texts of site.yaml and in an article.
ATTACKS = (
    # Functions and classes that Jinja gives to every template
    f"{{{{ cycler.__init__.__globals__.os.{RUN} }}}}",
    f"{{{{ joiner.__init__.__globals__.os.{RUN} }}}}",
    f"{{{{ namespace.__init__.__globals__.os.{RUN} }}}}",
    f"{{{{ lipsum.__globals__.os.{RUN} }}}}",
    f"{{{{ lipsum.__globals__['os'].{RUN} }}}}",
    f"{{{{ lipsum['__globals__']['os'].{RUN} }}}}",
    f"{{{{ (lipsum | attr('__globals__'))['os'].{RUN} }}}}",
    f"{{{{ (lipsum | attr('__glo' ~ 'bals__'))['os'].{RUN} }}}}",
    f"{{{{ (lipsum | attr('\\x5f\\x5fglobals\\x5f\\x5f'))['os'].{RUN} }}}}",
    f"{{{{ (lipsum | attr(['__glo', 'bals__'] | join))['os'].{RUN} }}}}",
    f"{{{{ (lipsum | attr('%sglobals%s' | format('__', '__')))['os'].{RUN} }}}}",
    f"{{{{ (lipsum | attr('__slabolg__'[::-1]))['os'].{RUN} }}}}",
    f"{{{{ (lipsum | attr('__GLOBALS__' | lower))['os'].{RUN} }}}}",
    f"{{% set name = '_' * 2 ~ 'globals' ~ '_' * 2 %}}{{{{ lipsum[name]['os'].{RUN} }}}}",
    f"{{{{ ([lipsum] | map(attribute='__globals__') | first).os.{RUN} }}}}",
    f"{{{{ ([lipsum] | map('attr', '__globals__') | first).os.{RUN} }}}}",
    "{{ [lipsum] | selectattr('__globals__') | list }}",
    "{{ [lipsum] | rejectattr('__globals__.os') | list }}",
    "{{ [lipsum] | groupby('__globals__.os.environ') }}",
    "{{ [lipsum, lipsum] | sort(attribute='__globals__.os.environ.HOME') }}",
    "{{ [lipsum] | sum(attribute='__globals__', start=0) }}",
    "{{ [lipsum, dict] | unique(attribute='__module__') | list }}",
    "{{ [lipsum] | max(attribute='__globals__') }}",
    f"{{{{ cycler.next.{BUILTINS}.open('secret.txt').read() }}}}",
    f"{{{{ dict.fromkeys.{BUILTINS} }}}}",
    "{{ dict.mro() }}",
    "{{ dict.mro()[-1].__subclasses__() }}",
    "{{ range.__class__.mro(range) }}",
    # Plain values
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ [].__class__.__base__.__subclasses__()[0] }}",
    "{{ ()['__class__']['__bases__'][0] }}",
    "{{ 7 .__class__ }}",
    "{{ ''['__class__'] is defined }}",
    "{{ (''.__class__ | default('hidden')) }}",
    "{{ {}.__init__.__self__ }}",
    "{% set ns = namespace(x='') %}{{ ns.x.__class__ }}",
    "{{ namespace(x=1).__class__.__init__.__globals__ }}",
    "{{ namespace.__dict__ }}",
    # Format strings
    "{{ '{0.__class__}'.format('') }}",
    "{{ '{0.__init__.__globals__[os]}'.format(cycler) }}",
    "{{ '{a.__class__.__mro__}'.format(a='') }}",
    "{{ '{a.__class__}'.format_map({'a': ''}) }}",
    "{{ ('{0.__class__}' | attr('format'))('') }}",
    "{{ (['{0.__class__}'] | map('attr', 'format') | first)('') }}",
    "{{ ('<b>{0.__class__}</b>' | safe).format('') }}",
    "{% set f = '{0.__globals__}'.format %}{{ f(lipsum) }}",
    "{{ '{0[__class__]}'.format(()) }}",
    # What this program gives to templates
    "{{ logo.func }}",
    "{{ logo.args }}",
    "{{ footer.args[0] }}",
    "{{ (logo | attr('args'))[0].folder }}",
    "{{ [logo] | map(attribute='args.0') | list }}",
    "{{ asset.__self__ }}",
    "{{ body.__func__.__globals__ }}",
    "{{ body.__self__._env.globals }}",
    "{{ site.__class__.__init__.__globals__ }}",
    "{{ page.__class__ }}",
    "{{ page.__dataclass_fields__ }}",
    "{{ page.head._replace.__func__.__globals__ }}",
    "{{ page.head._fields }}",
    "{{ offline.real.__class__ }}",
    # What Jinja makes in a template
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ self._TemplateReference__context.environment }}",
    "{% for x in [1] %}{{ loop._iterable }}{{ loop.__init__.__globals__ }}{% endfor %}",
    "{% macro m() %}{{ caller.__init__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m.__init__.__globals__ }}",
    "{% block own %}{{ super.__self__ }}{% endblock %}",
    "{% import 'macros.html' as parts %}{{ parts.__dict__ }}",
    "{% import 'macros.html' as parts %}{{ parts.outlet._environment }}",
    "{{ ([1] | map('string')).gi_frame }}",
    "{{ ([1] | map('string')).gi_frame.f_globals }}",
    "{{ ([1] | map('string')).gi_code }}",
    # Values that others use, too
    "{% set x = site.sections.append(1) %}",
    "{% set x = [] %}{% if x.append(1) %}{% endif %}{{ x.pop() }}",
    "{% set x = {} %}{% if x.update(a=1) %}{% endif %}",
    "{{ range(10 ** 9) | length }}",
    # Files outside of templates/
    "{% include '../content/site.yaml' %}",
    "{% include '/etc/passwd' %}",
    "{% include 'secret.txt' %}",
    "{% extends '../../secret.txt' %}",
    "{% import '/etc/hostname' as x %}",
    "{% from '..\\\\secret.txt' import x %}",
    "{% include ['../secret.txt', '/proc/self/environ'] %}",
    "{% include 'assets/style.css' %}",
    # Names that other programs know
    "{{ config.items() }}",
    "{{ request.application.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ url_for.__globals__ }}",
    "{% debug %}",
    "{% do 1 %}",
    "{{ open('secret.txt').read() }}",
    "{{ ''|open }}",
    "{{ environment }}",
    "{% import os %}",
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SiteDatabase, Page, dict[str, str]]]:
    """Yield the small site, one of its pages, and the theme's templates."""
    folder = copy_site(SMALL_SITE, tmp_path_factory.mktemp("sandbox") / "site")
    options = build_session.BuildOptions("https://quay.example/")
    with build_session.open_builder(folder, folder.parent / "out", options) as builder:
        site, routes = builder.load()
        page = next(page for page in routes.pages if page.template == "404.html")
        yield site, page, dict(theme_reader.read_theme(folder).templates)


@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_a_template_that_would_run_or_read_is_refused_with_its_line(
    attack: str,
    loaded: tuple[SiteDatabase, Page, dict[str, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, page, templates = loaded
    (tmp_path / "secret.txt").write_text(SECRET, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUAY_SECRET", SECRET)
    renderer = Renderer({**templates, "404.html": f"<p>\n\n{attack}"}, site)
    with pytest.raises(SiteError) as error:
        renderer.render(page)
    (problem,) = error.value.problems
    assert (problem.file, problem.line) == ("templates/404.html", 3), problem
    assert problem.what
    assert problem.mend
    assert SECRET not in str(problem)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.txt"]


def test_what_templates_use_is_let_through(loaded: tuple[SiteDatabase, Page, dict[str, str]]) -> None:
    site, page, templates = loaded
    text = """
{%- set ns = namespace(n=1) %}{% set ns.n = ns.n + 1 %}{% set part = joiner("-") %}{% set odd = cycler("a", "b") -%}
{{ ns.n }} {{ part() }}{{ part() }} {{ odd.next() }}{{ odd.next() }} {{ dict(a=1).items() | list }}
{{ "{:>3}".format(7) }} {{ "%02d" | format(7) }} {{ [site] | map(attribute="language") | first }} {{ range(3) | list }}
"""
    page_text = Renderer({**templates, "404.html": text}, site).render(page).decode()
    assert page_text.split("\n")[0] == "2 - ab [(&#39;a&#39;, 1)]"
    assert page_text.split("\n")[1].split()[:3] == ["7", "07", site.config.language]


def test_content_is_never_a_template(tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAY_SECRET", SECRET)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text(SECRET, encoding="utf-8")
    words = [*ATTACKS, "{{ 41 * 271 }}", "{% raw %}", "{# a #}", "{{ site.title"]
    quoted = ["'" + text.replace("'", "''") + "'" for text in words]
    facts = "".join(f"  Fact {n}: {text}\n" for n, text in enumerate(quoted))
    files = {
        f"content/articles/2026/a-{n}.md": f"---\ntitle: {text}\npublished: 2026-11-10\ncompanies: [voss]\n---\n"
        f"A story of Voss.\n\n{words[n]}\n"
        for n, text in enumerate(quoted)
    }
    files["content/companies/voss.md"] = f"---\nname: Voss\nfacts:\n{facts}---\n" + "\n\n".join(words)
    files["content/site.yaml"] = (
        f"title: {quoted[0]}\ntagline: {quoted[3]}\nbase_url: https://quay.example/\ncards: none\nsearch: false\n"
        f"text: full\ntheme: {{footer: {quoted[28]}}}\n"
    )
    write_files(tmp_path / "site", files)
    result = call("build", "--site", tmp_path / "site")
    assert result.status == 0, result.err
    pages = [path.read_text("utf-8") for path in (tmp_path / "site/output").rglob("*") if path.suffix == ".html"]
    assert len(pages) > len(words)
    assert not [page for page in pages if SECRET in page or "11111" in page or "uid=" in page]
    assert any("{{ 41 * 271 }}" in page for page in pages)
    assert not (tmp_path / "ran.txt").exists()


@pytest.mark.parametrize("name", ["entity.html", "assets/own.css", "parts", ""])
def test_a_link_in_templates_is_refused_as_in_content(name: str, tmp_path: Path, call: Call) -> None:
    site = copy_site(SMALL_SITE, tmp_path / "site")
    outside = tmp_path / "outside"
    write_files(outside, {"entity.html": SECRET, "x/a.html": SECRET})
    place = site / "templates" / name
    if name:
        place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside if name in {"", "parts"} else outside / "entity.html")
    result = call("build", "--site", site)
    assert (result.status, f"templates/{name}".rstrip("/") in result.err) == (1, True), result.err
    assert "is a link" in result.err
    assert not (site / "output/index.html").exists()


def test_a_strangers_site_is_built_with_the_programs_templates_alone(tmp_path: Path, call: Call) -> None:
    site = copy_site(SMALL_SITE, tmp_path / "site")
    plain = call("build", "--site", site, "--output", tmp_path / "plain")
    assert plain.status == 0
    write_files(
        site,
        {
            "templates/404.html": "{{ cycler.__init__ }}",
            "templates/assets/own.css": "*{}",
            ".site-gen/state.sqlite": "x",
        },
    )
    (site / "templates/home.html").symlink_to("/etc/passwd")
    assert call("build", "--site", site, "--output", tmp_path / "own").status == 1
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if not path.is_symlink()}
    for _ in range(2):  # the second finds what the first left
        result = call("build", "--untrusted", "--site", site, "--output", tmp_path / "out")
        assert result.status == 0, result.err
    assert files_of(tmp_path / "out") == files_of(tmp_path / "plain")
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*") if not path.is_symlink()} == before


@pytest.mark.parametrize("options", [[], ["--output", "site/output"], ["--output", "out", "--clean"]])
def test_a_strangers_site_is_built_into_a_folder_outside_of_it(
    options: list[str], tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_site(SMALL_SITE, tmp_path / "site")
    monkeypatch.chdir(tmp_path)
    assert call("build", "--untrusted", "--site", "site", *options).status == 2


def files_of(out: Path) -> dict[str, bytes]:
    """Return the bytes of a built site's files by name."""
    files = (path for path in out.rglob("*") if path.is_file() and not path.name.startswith(".site-gen"))
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}
