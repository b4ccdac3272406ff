"""The frozen records that pass from room to room."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from site_gen.core.contrast import ACCENT, Accent
from site_gen.core.urls import UrlPath

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from site_gen.core.urls import Href

TextMode = Literal["excerpt", "full"]
CardMode = Literal["entities", "all", "none"]
PageFormat = Literal["html", "text", "clip", "pdf"]
MastheadMode = Literal["serif", "sans", "caps", "logo"]
NamesOf = Literal["companies", "people", "places"]
How = Literal["auto", "smart", "exact", "context"]
Doubts = tuple[tuple[str, str], ...]  # what is not sure (`title`, `published`, …), and why


ABOUT = "about"  # the kind of the items that say what an article is about; no kind of a site's


class Tag(NamedTuple):
    """An entity as articles name it: its kind and its slug (`companies`, `hikvision`)."""

    kind: str
    slug: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A family of entities: a folder below `content/`, a URL prefix and an index page.

    `by` says how its entities are found in a text: by their names, or (topics) by name and keywords.
    `only` says which become tags: all that a text names, or those that it is about (media: who is quoted as a
    source is not in the news). `names_of` says what else their names may stand for: a company's may be an
    ordinary word, a person's or a place's is taken as it is.
    """

    key: str
    label: str
    singular: str
    prefix: str
    by: Literal["names", "keywords"] = "names"
    only: Literal["named", "about"] = "named"
    names_of: NamesOf = "companies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """`theme:` of `content/site.yaml`. `masthead`: the letters that the site's name is set in, or the logo instead of
    it; `name` at the head of pages, where the title is too long for that; `logo`: a file below `content/`; `footer`:
    Markdown."""

    accent: Accent = ACCENT
    masthead: MastheadMode = "serif"
    name: str = ""
    logo: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A site's logo: the kind of picture (`svg`, `png`, `webp`), the pixels it is shown in, its bytes."""

    suffix: str
    width: int
    height: int
    data: bytes

    @property
    def url(self) -> UrlPath:
        """Its address. It has no hash in it: mails that went out show the picture that there is now."""
        return UrlPath(f"/logo.{self.suffix}")

    @property
    def embedded(self) -> str:
        """The picture as an address of its own, for a card."""
        kind = "svg+xml" if self.suffix == "svg" else self.suffix
        return f"data:image/{kind};base64,{base64.b64encode(self.data).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
    """`content/site.yaml`."""

    title: str
    tagline: str = ""
    base_url: str
    language: str = "en"
    text: TextMode = "excerpt"
    kinds: tuple[Kind, ...] = ()
    extra_keys: tuple[str, ...] = ()
    home_articles: int = 24
    timezone: str = ""  # a name of the tz database; empty: that of the machine that publishes
    search: bool = True
    cards: CardMode = "entities"
    style: Style = Style()

    def kind(self, key: str) -> Kind:
        """The kind of that key; KeyError when the site has none."""
        for kind in self.kinds:
            if kind.key == key:
                return kind
        raise KeyError(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What stands about a page outside of it: in the header lines of a mail. `published` is the day it was sent."""

    title: str | None = None
    author: str | None = None
    site: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """One saved page as a reader gives it: decoded text, and what the saving tool wrote about it.

    `page` tells it from the other pages of an archive that holds several: its address there. `sha256` is of
    the file's bytes, or of the page's own bytes in such an archive. `doubts`: what reading could not mend.
    """

    name: str
    format: PageFormat
    text: str
    sha256: str
    source: str | None = None
    saved: date | None = None
    page: str | None = None
    hints: Hints = Hints()
    doubts: Doubts = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was extracted from a saved page: an article that has no file yet."""

    title: str
    markdown: str
    text: str
    extractor: str
    author: tuple[str, ...] = ()
    published: date | None = None
    created: date | None = None
    site: str | None = None
    source: str | None = None
    language: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    clip: Mapping[str, object] = field(default_factory=dict)
    doubts: Doubts = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """Where an article's saved page is kept, and what made the text from it. `page`: which of an archive's.
    `text` and `facts` are hashes of what was written then, see `fingerprints`."""

    file: str
    sha256: str
    extractor: str
    text: str
    facts: str = ""
    page: str | None = None


@dataclass(frozen=True, slots=True)
class StoryWord:
    """`story:` of an article: what a person says of the story it belongs to, where the program errs.

    lead: the id of the article that leads its story (its own, too), to which it is joined.
    alone: it is no story of others. apart: the ids of articles that are of other stories.
    """

    lead: str = ""
    alone: bool = False
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenOut:
    """What a person took out of an article and `ignore:` does not hold yet: tags, and marks of what it is about
    (`tagging.merge`). `id` is the article's. No tags: there is nothing."""

    file: str
    id: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One file below `content/articles/`. `tags` keeps the written order: main entities first.

    implied: those that only `about` names.
    about: the entities that it is about, rather than only mentions; one that is no tag was taken out since.
    tagged, by_hand: tags that the program gave and that a person put in, as they were when it tagged last; and what
    it was about then, as tags of the kind `about`. ignore: of both, what a person does not want.
    """

    file: str
    id: str
    year: str
    slug: str
    title: str
    body: str
    body_line: int = 1
    author: tuple[str, ...] = ()
    published: date | None = None
    created: date | None = None
    site: str | None = None
    source: Href | None = None
    language: str | None = None
    description: str | None = None
    text: TextMode | None = None
    tags: tuple[Tag, ...] = ()
    implied: tuple[Tag, ...] = ()
    about: tuple[Tag, ...] = ()
    ignore: tuple[Tag, ...] = ()
    tagged: tuple[Tag, ...] = ()
    by_hand: tuple[Tag, ...] = ()
    redirect_from: tuple[UrlPath, ...] = ()
    saved: Saved | None = None
    doubts: Doubts = ()
    story: StoryWord = StoryWord()
    written: Mapping[Tag, str] = field(default_factory=dict)  # tags as the person wrote them

    @property
    def date(self) -> date | None:
        """The day it goes by: of publication, else of saving."""
        return self.published or self.created


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRule:
    """`match:` of an entity file: where the default rule for its names errs.

    `case` is for all of its names, `names` for one each. `exact`: only as written. `smart`: in any case with a
    capital, wherever it stands. `context`: where what stands around it speaks for it. `auto`: smart, and for what is
    an ordinary word or part of other names, context.
    """

    case: How = "auto"
    names: tuple[tuple[str, How], ...] = ()
    never: tuple[str, ...] = ()

    def how(self, name: str) -> How:
        """How one name is looked for."""
        return next((how for text, how in self.names if text == name), self.case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One company, topic, person…: a file below its kind's folder, or a bare tag (`file` is None)."""

    kind: str
    slug: str
    name: str
    file: str | None = None
    names: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    website: Href | None = None
    wikidata: str | None = None
    redirect_from: tuple[UrlPath, ...] = ()
    match: MatchRule = MatchRule()
    notes: str = ""

    @property
    def tag(self) -> Tag:
        """What articles call it."""
        return Tag(self.kind, self.slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueNote:
    """What the editor says of an issue (`content/issues/2026-w47.md`), by its period's key.

    pin: the stories that lead it; order: those that come next; drop: those that are left out; each by the id or the
    address of one of its articles, with the line where it is written.
    """

    file: str
    key: str
    title: str = ""
    pin: tuple[tuple[str, int], ...] = ()
    order: tuple[tuple[str, int], ...] = ()
    drop: tuple[tuple[str, int], ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that a person wrote: the whole of `content/`, read and checked."""

    config: SiteConfig
    articles: tuple[Article, ...]
    entities: tuple[Entity, ...]
    about: str = ""


class Page(NamedTuple):
    """One file of the site. `make(site, *args)` gives what its template shows. `origin` is the content
    file that it stands for, to name in complaints; `stands_for` what the ledger of permalinks says of its
    address, nothing where no link is promised to last."""

    url: UrlPath
    template: str
    make: Callable[..., Any]
    args: tuple[Any, ...]
    origin: str
    stands_for: str = ""

    def context(self, site: object) -> Any:
        """What the page's template shows."""
        return self.make(site, *self.args)
