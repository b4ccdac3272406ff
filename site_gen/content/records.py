"""The frozen records that pass from room to room: what the files of `content/` say, and what is made of saved pages.

Start with `Content`, which holds all of a site: its `SiteConfig`, its `Article`s and its `Entity`s. A saved page comes
in as a `SavedPage`, becomes a `Draft`, and is an `Article` once it has a file. A `Page` is a file of the built site.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec import Struct, field

from site_gen.core.contrast import DEFAULT_ACCENT, Accent
from site_gen.core.urls import Href, UrlPath, host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date


TextMode = Literal["excerpt", "full"]  # how much of an article's text its page shows
ContentReaders = Literal["", "private", "public"]  # its owner and whom that one lets, everybody, or not said
CardMode = Literal["entities", "all", "none"]  # which pages get a picture for messengers and social networks
PageFormat = Literal["html", "text", "clip", "pdf"]  # what a saved page is read as; a clip is an Obsidian note
MastheadMode = Literal["serif", "sans", "caps", "logo"]  # how the site's name is set; `logo`: as a picture instead
NamesOf = Literal["companies", "people", "places"]  # what else the names of a kind may stand for, see `Kind.names_of`
MatchMode = Literal["auto", "smart", "exact", "context"]  # how a name is looked for in a text, see `MatchRule`
Doubts = tuple[tuple[str, str], ...]  # what is not sure (`title`, `published`, …), and why

# The kind of a mark that an article is about a tag, Tag("about", "companies/hikvision"): no kind has this key.
ABOUT_KIND = "about"


class Tag(NamedTuple):
    """An entity as articles name it."""

    kind: str  # the key of its kind: `companies`
    slug: str  # the name of its file and the end of its address: `hikvision`

    def __str__(self) -> str:
        return f"{self.kind}/{self.slug}"


class Kind(Struct, frozen=True, kw_only=True):
    """A family of entities (companies, topics, people): a folder below `content/`, a URL prefix and an index page."""

    key: str  # the folder below `content/`, and the key of articles that lists their tags: `companies`
    label: str  # the name of its index page: `Companies`
    singular: str  # what one of its entities is called: `Company`
    prefix: str  # what the addresses of its pages begin with: `companies`
    # How its entities are found in a text: by their names, or (topics) by name and keywords.
    by: Literal["names", "keywords"] = "names"
    # Which become tags: all that a text names, or those that it is about (media: who is quoted as a source is not in
    # the news).
    only: Literal["named", "about"] = "named"
    # What else its names may stand for: a company's may be an ordinary word, a person's or place's is taken as it is.
    names_of: NamesOf = "companies"


class ThemeSettings(Struct, frozen=True, kw_only=True):
    """`theme:` of `content/site.yaml`: what an owner may change of the site's looks without templates."""

    accent: Accent = DEFAULT_ACCENT  # the colour of links and marks, by day and by night
    masthead: MastheadMode = "serif"  # the letters that the site's name is set in, or the logo instead of it
    name: str = ""  # what stands at the head of pages where the title is too long for that; empty: the title
    logo: str = ""  # a file, relative to `content/`; empty: none
    footer: str = ""  # Markdown at the foot of every page


class PublishSettings(Struct, frozen=True, kw_only=True):
    """`publish:` of `content/site.yaml`: where `site-gen publish` puts the built site."""

    remote: str = ""  # a remote of the content's repository by its name, or an address; empty: origin
    branch: str = ""  # empty: the branch that the remote's host shows
    content_is: ContentReaders = ""  # who may read the content's repository, by its owner's word; empty: not said


class Logo(Struct, frozen=True, kw_only=True):
    """A site's logo, checked, as it goes into the output."""

    suffix: str  # the sort of picture: `svg`, `png` or `webp`
    width: int  # pixels that it is shown in, not those that it has
    height: int  # pixels that it is shown in
    data: bytes  # the picture itself

    @property
    def url(self) -> UrlPath:
        """Its address. It has no hash in it: mails that went out show the picture that there is now."""
        return UrlPath(f"/logo.{self.suffix}")

    @property
    def embedded(self) -> str:
        """The picture as a `data:` URL, for a card that can load no other file."""
        kind = "svg+xml" if self.suffix == "svg" else self.suffix
        return f"data:image/{kind};base64,{base64.b64encode(self.data).decode()}"


class SiteConfig(Struct, frozen=True, kw_only=True):
    """`content/site.yaml`."""

    title: str  # the site's name
    tagline: str = ""  # a few words on it, at the foot of pages
    base_url: str  # where it is published: `https://user.github.io/repo/`
    language: str = "en"  # BCP 47 tag of its own words, and of articles that name no language
    text: TextMode = "excerpt"  # what pages show of articles that do not say it themselves
    kinds: tuple[Kind, ...] = ()  # in the order of the menu
    extra_keys: tuple[str, ...] = ()  # keys of articles and entities that mean nothing to us and are no mistake
    home_articles: int = 24  # how many articles the home page shows
    timezone: str = ""  # a name of the tz database; empty: that of the machine that publishes
    search: bool = True  # whether a search index is made
    search_part_size: int = 1500  # the most articles in a part of the search index; no key of the file
    cards: CardMode = "entities"  # which pages get a picture for messengers and social networks
    theme: ThemeSettings = ThemeSettings()  # its looks
    publish: PublishSettings = PublishSettings()  # no page depends on it

    def kind(self, key: str) -> Kind:
        """Return the kind of a key. Raises KeyError when the site has none."""
        for kind in self.kinds:
            if kind.key == key:
                return kind
        raise KeyError(key)


class MailHeader(Struct, frozen=True, kw_only=True):
    """What a mail's header lines say of the page that it holds. Of pages that came otherwise nothing is set."""

    title: str | None = None  # the subject, which beats the page's own title
    author: str | None = None  # the sender, where the page names no author
    site: str | None = None  # the sender, too: a newsletter is its own outlet
    published: date | None = None  # the day on which it was sent, which beats every day in the page


class SavedPage(Struct, frozen=True, kw_only=True):
    """One saved page, decoded, with what the saving tool wrote about it."""

    name: str  # of the file that it came from, without folders
    format: PageFormat  # what `text` is to be read as
    text: str  # the whole page: HTML, or the letters of a text or PDF
    sha256: str  # of the file's bytes; in an archive of several pages, of the page's own bytes
    source: str | None = None  # the address that it was saved from, where the saving tool wrote it down
    saved: date | None = None  # the day of saving, where the saving tool wrote it down
    page: str | None = None  # in an archive of several pages: which one, by its address there
    mail_header: MailHeader = MailHeader()  # of a page that came as a mail
    doubts: Doubts = ()  # what reading could not mend


class Draft(Struct, frozen=True, kw_only=True):
    """What was extracted from a saved page: an article that has no file yet."""

    title: str  # its headline
    markdown: str  # the body
    text: str  # the words of the body, without markup
    extractor: str  # what made it, with its version: `trafilatura 2.3.1`
    author: tuple[str, ...] = ()  # names in the order of the byline
    published: date | None = None  # the day of publication
    created: date | None = None  # the day of saving
    site: str | None = None  # the outlet's name
    source: str | None = None  # the address of the page
    language: str | None = None  # BCP 47 tag
    description: str | None = None  # what the page says of itself in a sentence
    tags: tuple[str, ...] = ()  # words of the note that it was clipped into, no tags of ours
    clip: Mapping[str, object] = field(default_factory=dict)  # keys of a clipped note that mean nothing to us
    doubts: Doubts = ()  # what extraction is not sure of


class Provenance(Struct, frozen=True, kw_only=True):
    """`saved:` of an article: the saved page that it was made of, and hashes of what the program wrote then.

    By the hashes a person's edit is told from the program's words, see `authorship`.
    """

    file: str  # the saved page, relative to `content/`
    sha256: str  # see `SavedPage.sha256`
    extractor: str  # see `Draft.extractor`
    text_hash: str  # of the body, 16 hexadecimal digits
    fact_hashes: str = ""  # of each fact, as `authorship.format_hashes` writes them; empty: not recorded
    page: str | None = None  # see `SavedPage.page`
    archive_sha256: str = ""  # of the bytes of the archive's file; empty: no archive, or not recorded


class StoryOverride(Struct, frozen=True):
    """`story:` of an article: what a person says of the story it belongs to, where the program errs."""

    lead: str = ""  # id of the article (it may be itself) that leads the story which it is joined to; empty: unsaid
    alone: bool = False  # it belongs to no story with others
    apart: tuple[str, ...] = ()  # ids of articles that belong to other stories


class RemovedTags(Struct, frozen=True):
    """Tags that a person took out of an article and that its `ignore:` does not hold yet."""

    file: str  # the article's, relative to the site
    id: str  # the article's
    tags: tuple[Tag, ...]  # those taken out, marks of what it is about (ABOUT_KIND) among them; empty: none


class Article(Struct, frozen=True, kw_only=True):
    """One file below `content/articles/`."""

    file: str  # relative to the site: `content/articles/2019/x.md`
    id: str  # eight letters and digits, or what `id:` says; never changes
    year: str  # the folder that the file is in: `2019`
    slug: str  # the file's name without suffix
    title: str  # its headline
    body: str  # Markdown
    body_line: int = 1  # the line of the file on which the body begins, for complaints
    author: tuple[str, ...] = ()  # names in the order of the byline
    published: date | None = None  # the day of publication
    created: date | None = None  # the day of saving
    site: str | None = None  # the outlet's name
    source: Href | None = None  # the address that it was saved from
    language: str | None = None  # BCP 47 tag; None: the site's
    description: str | None = None  # a sentence about it
    text: TextMode | None = None  # how much of its text is shown; None: as the site has it
    tags: tuple[Tag, ...] = ()  # in the written order, main entities first; then those of `implied`
    implied: tuple[Tag, ...] = ()  # tags that only `about` names
    about: tuple[Tag, ...] = ()  # the entities that it is about, not only mentions; one that is no tag was taken out
    ignore: tuple[Tag, ...] = ()  # tags, and marks of what it is about (ABOUT_KIND), that a person does not want
    tagged: tuple[Tag, ...] = ()  # tags and marks that the program gave it when it tagged last
    by_hand: tuple[Tag, ...] = ()  # tags and marks that a person had put in by then
    redirect_from: tuple[UrlPath, ...] = ()  # addresses that it had before
    saved: Provenance | None = None  # the page that it was made of; None: a person wrote it
    doubts: Doubts = ()  # what extraction was not sure of and nobody has settled since
    story: StoryOverride = StoryOverride()  # what a person says of its story
    tag_texts: Mapping[Tag, str] = field(default_factory=dict)  # as the person wrote them, of tags not written as slug

    @property
    def outlet(self) -> str:
        """The outlet's name, else the host of its address; empty where neither is known."""
        return self.site or host_of(self.source or "")


class MatchRule(Struct, frozen=True, kw_only=True):
    """`match:` of an entity file: how its names are looked for, where the default rule errs.

    `exact`: only as written. `smart`: in any case with a capital, wherever it stands. `context`: where what stands
    around it speaks for it. `auto`: smart, and for what is an ordinary word or part of other names, context.
    """

    case: MatchMode = "auto"  # for all of its names
    names: tuple[tuple[str, MatchMode], ...] = ()  # for one name each, which beats `case`
    never: tuple[str, ...] = ()  # texts that hold one of its names and do not mean it: `Port Halden`

    def mode_of(self, name: str) -> MatchMode:
        """Return how one name is looked for."""
        return next((mode for text, mode in self.names if text == name), self.case)


class Entity(Struct, frozen=True, kw_only=True):
    """One company, topic, person…: a file below its kind's folder, or a tag that has no file."""

    kind: str  # the key of its kind
    slug: str  # the name of its file and the end of its address
    name: str  # as readers see it
    file: str | None = None  # relative to the site; None: only articles name it
    names: tuple[str, ...] = ()  # what else texts call it
    keywords: tuple[str, ...] = ()  # words by which texts are found, for kinds that are found by keywords
    facts: tuple[tuple[str, str], ...] = ()  # lines of its record, label and text: ("Founded", "2001")
    website: Href | None = None  # its own site
    wikidata: str | None = None  # its item there: `Q1207`
    redirect_from: tuple[UrlPath, ...] = ()  # addresses that it had before
    match: MatchRule = MatchRule()  # how its names are looked for
    notes: str = ""  # Markdown of its page

    @property
    def tag(self) -> Tag:
        """The tag that articles name it by."""
        return Tag(self.kind, self.slug)


class IssueNote(Struct, frozen=True, kw_only=True):
    """What the editor says of an issue (`content/issues/2026-w47.md`).

    A story is named by the id or the address of one of its articles; with it stands the line on which it is written,
    for complaints.
    """

    file: str  # relative to the site
    key: str  # of the issue's period: `2026-w47`, `2026-11`
    title: str = ""  # a heading beside the name of its period
    pin: tuple[tuple[str, int], ...] = ()  # the stories that lead it
    order: tuple[tuple[str, int], ...] = ()  # those that come next
    drop: tuple[tuple[str, int], ...] = ()  # those that are left out
    body: str = ""  # Markdown


class Content(Struct, frozen=True, kw_only=True):
    """All that a person wrote: the whole of `content/`, read and checked."""

    config: SiteConfig  # `content/site.yaml`
    articles: tuple[Article, ...]  # sorted by file
    entities: tuple[Entity, ...]  # those with a file, in the order of kinds, then by file
    about: str = ""  # Markdown of `content/about.md`


class Page(NamedTuple):
    """One file of the site, and how it is made."""

    url: UrlPath  # its address
    template: str  # the name of the template that draws it
    make_view: Callable[..., Any]  # called with the site and `args`, returns what the template shows
    args: tuple[Any, ...]  # what tells this page from others of its sort: a slug, a year
    origin: str  # the content file that it stands for, to name in complaints
    # What the ledger of permalinks says of its address (`companies/acme`, see `permalink_ledger`); empty where no link
    # is promised to last.
    stands_for: str = ""

    def context(self, site: object) -> Any:
        """Return what the page's template shows."""
        return self.make_view(site, *self.args)
