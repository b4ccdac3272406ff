"""Decode the files of `content/` (site.yaml, articles, entities, issues' notes): YAML mappings become records. Pure.

Each decoder reads its keys through `Fields`, which collects what is wrong; a record comes out all the same.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from site_gen.content import authorship, publish_settings, theme_settings
from site_gen.content.bounded_yaml import ScalarNode
from site_gen.content.records import (
    ABOUT_KIND,
    Article,
    Entity,
    IssueNote,
    Kind,
    MatchRule,
    Provenance,
    SiteConfig,
    StoryOverride,
    Tag,
)
from site_gen.core.slugs import is_slug, slugify, spell_signs
from site_gen.core.text import did_you_mean, is_language_tag, name_key, one_line, word_key
from site_gen.core.urls import parse_base_url, safe_href

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_gen.content.bounded_yaml import Node
    from site_gen.content.records import CardMode, MatchMode, NamesOf, TextMode
    from site_gen.content.typed_fields import Fields
    from site_gen.core.urls import UrlPath

TEXT_MODES: tuple[TextMode, ...] = ("excerpt", "full")
CARD_MODES: tuple[CardMode, ...] = ("entities", "all", "none")
NAMES_OF: tuple[NamesOf, ...] = ("companies", "people", "places")
MATCH_MODES: tuple[MatchMode, ...] = ("auto", "smart", "exact", "context")
MOST_TAGS = 1000  # of an article: each two of them are counted together, and 5,000 took 4 GB
_STORY_MEND = "write alone, {lead: ID} or {not: [ID, ID]}; an article's id is in its file, after `id:`"
DEFAULT_BASE_URL = "http://localhost:8000/"
# URL prefixes that pages of our own stand under.
RESERVED_PREFIXES = frozenset(
    {"articles", "archive", "about", "assets", "404", "cards", "feeds", "issues", "network", "search", "timeline"}
)
# Keys of articles, and folders of content/, that no kind may go by.
_RESERVED_KEYS = frozenset({
    "about", "articles", "author", "by_hand", "clip", "created", "description", "doubts", "id", "ignore", "is",
    "language", "published", "q",
    "saved", "site", "source", "story", "tagged", "tags", "text", "title", "year",
})  # fmt: skip
# Obsidian's own keys (https://help.obsidian.md/properties#Default+properties): they mean nothing here.
_VAULT_KEYS = ("tags", "aliases", "cssclasses")
_LONGEST_NAME = 300  # characters; longer ones are texts, and the search for them takes long to make
_COMPANIES = Kind(key="companies", label="Companies", singular="Company", prefix="companies")
_TOPICS = Kind(key="topics", label="Topics", singular="Topic", prefix="topics", by="keywords")


def decode_site_config(fields: Fields) -> SiteConfig:
    """Return `content/site.yaml` as a record; what is wrong is noted in `fields.problems`."""
    base_url_text = fields.text("base_url")
    base_url = parse_base_url(base_url_text) if base_url_text else None
    if base_url_text and not base_url:
        what = f"`base_url: {base_url_text}` is not a site's address"
        fields.complain(what, "write https://user.github.io/repo/", fields.node("base_url"))
    config = SiteConfig(
        title=fields.text("title", required=True) or "Untitled",
        tagline=fields.text("tagline") or "",
        base_url=base_url or DEFAULT_BASE_URL,
        language=_language(fields) or "en",
        text=cast("TextMode", fields.choice("text", TEXT_MODES, "excerpt")),
        kinds=_kinds(fields.inner("kinds", "people: {label: People, singular: Person}")),
        extra_keys=fields.texts("extra_keys"),
        home_articles=fields.number("home_articles", 24, 1, 500),
        timezone=fields.text("timezone") or "",
        cards=cast("CardMode", fields.choice("cards", CARD_MODES, "entities")),
        search=fields.choice("search", ("true", "false"), "true") == "true",
        theme=theme_settings.decode_theme(fields.inner("theme", 'accent: "#1d5c8f"')),
        publish=publish_settings.decode_publish_settings(fields.inner("publish", publish_settings.EXAMPLE)),
    )
    fields.finish()
    return config


def _kinds(fields: Fields | None) -> tuple[Kind, ...]:
    """Return the kinds of a site: companies and topics, which `kinds:` may change, then those that it adds."""
    kinds = {k.key: k for k in (_COMPANIES, _TOPICS)}
    if fields is None:
        return tuple(kinds.values())
    for key in [k.value for k, _ in fields.mapping.items]:
        inner = fields.inner(key, empty=True)
        if inner is None:
            continue
        if not is_slug(key):
            inner.complain(f"`{key}` cannot be a folder and URL", f"write {slugify(key)}")
            continue
        if key in _RESERVED_KEYS:
            inner.complain(f"`{key}` is already used in content/", "choose another word for this kind")
            continue
        default = kinds.get(key) or Kind(
            key=key,
            label=key.capitalize(),
            singular=key.capitalize(),
            prefix=key,
            only="about" if key == "media" else "named",
            names_of=key if key in NAMES_OF else "companies",
        )
        kind = Kind(
            key=key,
            label=inner.text("label") or default.label,
            singular=inner.text("singular") or default.singular,
            prefix=inner.text("prefix") or default.prefix,
            by="keywords" if inner.choice("by", ("names", "keywords"), default.by) == "keywords" else "names",
            only="about" if inner.choice("only", ("named", "about"), default.only) == "about" else "named",
            names_of=cast("NamesOf", inner.choice("names_of", NAMES_OF, default.names_of)),
        )
        if not is_slug(kind.prefix):
            what = f"the prefix `{kind.prefix}` cannot be used in a URL"
            inner.complain(what, f"write {slugify(kind.prefix)}", inner.node("prefix"))
        elif kind.prefix in RESERVED_PREFIXES or key in RESERVED_PREFIXES:
            what = f"`{kind.prefix}` is used by pages of the site itself"
            inner.complain(what, "choose another prefix", inner.node("prefix"))
        elif other := next((k for k in kinds.values() if k.prefix == kind.prefix and k.key != key), None):
            what = f"`{key}` and `{other.key}` have the same prefix, `{kind.prefix}`"
            inner.complain(what, "choose another", inner.node("prefix"))
        else:
            kinds[key] = kind
        inner.finish()
    return tuple(kinds.values())


def decode_article(
    fields: Fields,
    config: SiteConfig,
    *,
    year: str,
    slug: str,
    body: str,
    body_line: int,
    names: Mapping[str, Mapping[str, str]],
) -> Article:
    """Return one article file as a record.

    names: by kind, then by `name_key`, the slug of every name that an entity file holds, so that a tag may be written
    as slug or as name.
    """
    source = fields.text("source")
    href = safe_href(source) if source else None
    if source and not href:
        fields.complain(f"`source: {source}` is not a web address", "write it with https://", fields.node("source"))
    redirect_from = fields.paths("redirect_from")
    tag_texts = _tags(fields, config, names)
    ignore, tagged, by_hand = (_tag_list(fields, key, config) for key in ("ignore", "tagged", "by_hand"))
    about = _about(fields, config, names)
    # Who says what an article is about need not say again that it is tagged; but where it was, it was taken out.
    implied = tuple(tag for tag in about if tag not in {*tag_texts, *tagged, *by_hand, *ignore})
    mode = fields.choice("text", TEXT_MODES, "")
    record = Article(
        file=fields.file,
        id=_article_id(fields, href or _first_address(redirect_from, year, slug)),
        year=year,
        slug=slug,
        title=fields.text("title", required=True) or slug,
        author=tuple(_person(name) for name in fields.texts("author")),
        published=fields.date("published"),
        created=fields.date("created"),
        site=fields.text("site"),
        source=href,
        language=_language(fields),
        description=fields.text("description"),
        text=cast("TextMode", mode) if mode else None,
        tags=(*tag_texts, *implied),
        implied=implied,
        tag_texts={tag: text for tag, text in tag_texts.items() if text != tag.slug},
        about=about,
        ignore=ignore,
        tagged=tagged,
        by_hand=by_hand,
        redirect_from=redirect_from,
        saved=_saved(fields.inner("saved")),
        doubts=fields.pairs("doubts"),
        story=_story(fields),
        body=body,
        body_line=body_line,
    )
    if record.doubts:
        record = _without_settled_doubts(record)
    # `clip` has the keys of a clipped note, which mean nothing here and stay for the person.
    fields.finish(also=("clip", *_VAULT_KEYS, *config.extra_keys))
    return record


def _tags(fields: Fields, config: SiteConfig, names: Mapping[str, Mapping[str, str]]) -> dict[Tag, str]:
    """Return the tags of an article, each with how the person wrote it."""
    tag_texts: dict[Tag, str] = {}
    for kind in config.kinds:
        slugs = names.get(kind.key, {})
        for text, node in fields.texts_with_nodes(kind.key):
            slug = slugify(text, "")
            if not slug:
                fields.complain(
                    f"`{kind.key}`: {text} has no letter or digit to make an address from", "write a name", node
                )
                continue
            tag = Tag(kind.key, _slug_meant(text, slug, slugs))
            other = tag_texts.setdefault(tag, text)
            if other != text and name_key(other) != name_key(text) and word_key(other) == word_key(text):
                what = f"`{kind.key}`: {other} and {text} are one tag, {tag}"
                mend = f"remove one, or add content/{kind.key}/{spell_signs(text)}.md with `name: {text}`"
                fields.complain(what, mend, node)
    if len(tag_texts) > MOST_TAGS:
        fields.complain(f"has {len(tag_texts):,} tags", f"remove some; {MOST_TAGS:,} at most")
    # Keys of a kind that the site no longer has are no mistake of the person's: the program wrote them.
    for text in fields.texts("tagged"):
        fields.node(text.partition("/")[0])
    return tag_texts


def tag_meant(text: str, kind: str, names: Mapping[str, Mapping[str, str]]) -> Tag | None:
    """Return the tag that a text means in the list of a kind; None where it has no letter or digit.

    names: see `decode_article`.
    """
    slug = slugify(text, "")
    return Tag(kind, _slug_meant(text, slug, names.get(kind, {}))) if slug else None


def linked_entity(text: str, names: Mapping[str, Mapping[str, str]]) -> Tag | None:
    """Return the entity with a file that a link to a note of this name means; None where it is none, or of two kinds.

    names: see `decode_article`. All kinds are asked: a text hangs on each answer.
    """
    key = name_key(text)
    tags = [Tag(kind, slug) for kind, slugs in names.items() if (slug := slugs.get(key))] if key else []
    return tags[0] if len(tags) == 1 else None


def _slug_meant(text: str, slug: str, slugs: Mapping[str, str]) -> str:
    """Return the slug of the entity that a tag means, which may be written as slug or as name.

    slug: that of the text. slugs: of a kind's entities, by the `name_key` of each name.
    """
    if text.endswith(("+", "#")) and (exact := slugs.get(name_key(text))):  # C++ is no C
        return exact
    if slugs.get(slug) == slug:  # as in nearly all tags
        return slug
    return slugs.get(word_key(text), slug)


def _about(fields: Fields, config: SiteConfig, names: Mapping[str, Mapping[str, str]]) -> tuple[Tag, ...]:
    """Return what an article is about: a list of `kind/slug` or `kind/Name`."""
    tags: list[Tag] = []
    for text, node in fields.texts_with_nodes("about"):
        if tag := _tag(fields, "about", text, node, config):
            tags.append(Tag(tag.kind, _slug_meant(text.partition("/")[2], tag.slug, names.get(tag.kind, {}))))
    return tuple(dict.fromkeys(tags))


def _person(name: str) -> str:
    """Return an author's name; Web Clipper writes it as a wiki link, `[[A. Writer]]`."""
    return one_line(name.removeprefix("[[").removesuffix("]]").rpartition("|")[2])


def _first_address(redirect_from: Iterable[UrlPath], year: str, slug: str) -> str:
    """Return the address that an article had first, without slashes around it: what its id is made of stays."""
    addresses = (url.strip("/") for url in redirect_from)
    return next(filter(re.compile(r"articles/\d{4}/[^/]+").fullmatch, addresses), f"articles/{year}/{slug}")


def _article_id(fields: Fields, origin: str) -> str:
    """Return an article's id. origin: its source or first address, of which one is made where none is written."""
    identity = fields.text("id")
    if identity is None:
        return article_id(origin)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", identity):
        fields.complain(
            f"`id: {identity}` has characters other than a-z, 0-9 and -",
            "never change an id; restore it",
            fields.node("id"),
        )
    return identity


def article_id(origin: str) -> str:
    """Return eight letters and digits that stay for ever: BLAKE2b of the source URL (or of what stands for it)."""
    number = int.from_bytes(hashlib.blake2b(origin.encode(), digest_size=5).digest())
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread
    return "".join(alphabet[number >> shift & 31] for shift in range(35, -1, -5))


def _language(fields: Fields) -> str | None:
    text = fields.text("language")
    if text and not is_language_tag(text):
        fields.complain(f"`language: {text}` is not a language tag", "write en, de, zh-Hans …", fields.node("language"))
        return None
    return text


def _tag_list(fields: Fields, key: str, config: SiteConfig) -> tuple[Tag, ...]:
    """Return a list of `kind/slug`, and of marks `about/kind/slug` (see ABOUT_KIND)."""
    tags: list[Tag] = []
    for text, node in fields.texts_with_nodes(key):
        inner = text.removeprefix(f"{ABOUT_KIND}/")
        if tag := _tag(fields, key, inner, node, config):
            tags.append(tag if inner == text else Tag(ABOUT_KIND, str(tag)))
    return tuple(dict.fromkeys(tags))


def _tag(fields: Fields, key: str, text: str, node: Node, config: SiteConfig) -> Tag | None:
    """Return one `kind/slug`, None where it is none.

    In the lists that the program writes, kinds that are gone are passed over without a complaint.
    """
    kinds = [kind.key for kind in config.kinds]
    kind, slash, slug = text.partition("/")
    if not slash or not slug:
        fields.complain(f"`{key}`: {text} is not a tag", "write companies/name", node)
    elif kind in kinds:
        return Tag(kind, slugify(slug))
    elif key not in {"tagged", "by_hand", "about"}:
        mend = did_you_mean(kind, kinds, "write companies/name")
        fields.complain(f"`{key}`: {text} has a kind that this site does not have", mend, node)
    return None


def _story(fields: Fields) -> StoryOverride:
    """Return what stands under `story`: `alone`, or a mapping.

    In a mapping `lead` is the id of the article that leads, `not` ids of articles of other stories.
    """
    node = fields.node("story")
    if node is None:
        return StoryOverride()
    if isinstance(node, ScalarNode):
        return StoryOverride(alone=bool(fields.choice("story", ("alone",), "", _STORY_MEND)))
    inner = fields.inner("story", "lead: ID")
    if inner is None:
        return StoryOverride()
    override = StoryOverride(lead=inner.text("lead") or "", apart=inner.texts("not"))
    inner.finish()
    return override


def _saved(fields: Fields | None) -> Provenance | None:
    if fields is None:
        return None
    saved = Provenance(
        file=fields.text("file") or "",
        sha256=fields.text("sha256") or "",
        extractor=fields.text("extractor") or "",
        text_hash=fields.text("text") or "",
        fact_hashes=fields.text("facts") or "",
        page=fields.text("page"),
        archive_sha256=fields.text("archive_sha256") or "",
    )
    fields.finish()
    return saved


def _without_settled_doubts(record: Article) -> Article:
    """Return the article without the doubts about what a person has changed since they were written."""
    edited = authorship.edited_keys(record) or ()
    return replace(record, doubts=tuple(doubt for doubt in record.doubts if doubt[0] not in edited))


def decode_entity(fields: Fields, kind: str, slug: str, notes: str, extra_keys: Iterable[str] = ()) -> Entity:
    """Return one entity file as a record. `aliases` (Obsidian's word) is read as `names`.

    extra_keys: keys of the owner's, see `SiteConfig`.
    """
    rule = _match_rule(fields.inner("match", "case: exact"))
    name = fields.text("name", required=True) or slug
    if len(name) > _LONGEST_NAME:
        _complain_of_long_name(fields, "name", name, fields.node("name"))
    others: Iterable[str] = (*_names(fields, "names"), *_names(fields, "aliases"))
    wikidata = fields.text("wikidata")
    if wikidata and not re.fullmatch(r"Q\d{1,12}", wikidata, re.ASCII):
        fields.complain(f"`wikidata: {wikidata}` is not an item number", "write Q and digits", fields.node("wikidata"))
        wikidata = None
    record = Entity(
        kind=kind,
        slug=slug,
        file=fields.file,
        name=name,
        names=tuple(n for n in dict.fromkeys(others) if n != name),
        keywords=_names(fields, "keywords"),
        facts=fields.pairs("facts"),
        website=fields.href("website"),
        wikidata=wikidata,
        redirect_from=fields.paths("redirect_from"),
        match=rule,
        notes=notes,
    )
    fields.finish(also=(*_VAULT_KEYS, *extra_keys))
    return record


def decode_issue_note(fields: Fields, key: str, body: str) -> IssueNote:
    """Return an editor's note on an issue as a record. key: of the issue's period."""

    def stories(name: str) -> tuple[tuple[str, int], ...]:
        return tuple((text, fields.line(node)) for text, node in fields.texts_with_nodes(name))

    record = IssueNote(
        file=fields.file,
        key=key,
        title=fields.text("title") or "",
        pin=stories("pin"),
        order=stories("order"),
        drop=stories("drop"),
        body=body,
    )
    fields.finish(also=_VAULT_KEYS)
    return record


def name_keys(entity: Entity) -> set[str]:
    """Return all names of an entity, as `name_key`: its slug, its names, the last part of each `redirect_from`."""
    former = [url.rstrip("/").rpartition("/")[2] for url in entity.redirect_from]
    return {key for name in (entity.slug, entity.name, *entity.names, *former) if (key := name_key(name))}


def _names(fields: Fields, key: str) -> tuple[str, ...]:
    """Return a list of texts that are looked for in articles, without repeats."""
    texts = fields.texts_with_nodes(key)
    for text, node in texts:
        if len(text) > _LONGEST_NAME:
            _complain_of_long_name(fields, key, text, node)
    return tuple(dict.fromkeys(text for text, _ in texts))


def _complain_of_long_name(fields: Fields, key: str, text: str, node: Node | None) -> None:
    what = f"`{fields.within}{key}` has a name of {len(text):,} characters"
    fields.complain(what, f"at most {_LONGEST_NAME}", node)


def _match_rule(fields: Fields | None) -> MatchRule:
    if fields is None:
        return MatchRule()
    rule = MatchRule(
        case=cast("MatchMode", fields.choice("case", MATCH_MODES, "auto")),
        names=tuple((name, how) for how in MATCH_MODES[1:] for name in fields.texts(how)),
        never=_names(fields, "not"),
    )
    fields.finish()
    return rule


def names_by_kind(entities: Iterable[Entity]) -> dict[str, dict[str, str]]:
    """Return the slug of each name, by kind, then by `name_key`: how a tag written as a name finds its entity.

    The last part of a `redirect_from` counts as a name: articles tagged before a file was renamed still mean it.
    """
    entities = tuple(entities)
    slugs: dict[str, dict[str, str]] = {}
    for entity in entities:  # a slug means its own entity, whatever names others go by
        slugs.setdefault(entity.kind, {})[entity.slug] = entity.slug
    for entity in entities:
        for key in name_keys(entity):
            slugs[entity.kind].setdefault(key, entity.slug)
    return slugs
