"""split_article: whole sentences with exact offsets, nothing lost, what belongs together together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus
from corpus.article import Article
from corpus.language import language_of
from corpus.passages import MAX_WORDS, split_article, split_with_sentences
from corpus.readers import read_articles
from corpus.sentences import MAX_SENTENCE_WORDS, count_words, split_sentences

BUNDLED = Path(corpus.__file__).parent / "articles"
SENTENCES = st.sampled_from([
    "South Korea and NATO agreed.",
    "Who spoke?",
    "Key Takeaways",
    "• Deepening ties.",
    "- a list item",
    "“It is,” he said.",
    "He said: ",
    "\n",
    "\n\n",
    " ",
    "U.S. and U.K. officials met Dr. Kim at 3.5 p.m. ",
    "日本とNATOは合意した。",
    "ประเทศไทยและเกาหลี",
    "…",
    "word " * 130,
    "x" * 500,
    "नाटो ने कहा।",
    "👩‍👧 ",
])
TEXTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.lists(st.one_of(SENTENCES, st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20))).map(
        "".join
    ),
)


def article(text: str) -> Article:
    return Article("a", "", text)


def bundled(number: int) -> Article:
    one = list(read_articles([str(BUNDLED)]))[number]
    assert isinstance(one, Article)
    return one


@settings(deadline=None)
@given(TEXTS, st.integers(0, 2))
def test_a_passage_is_its_slice_of_the_text(text: str, overlap: int) -> None:
    for passage in split_article(article(text), overlap=overlap):
        assert text[passage.start : passage.end] == passage.text
        assert passage.text.strip() == passage.text != ""
        assert passage.passage_id == f"a:{passage.start}-{passage.end}"


@settings(deadline=None)
@given(TEXTS, st.integers(0, 2))
def test_every_visible_character_is_in_a_passage(text: str, overlap: int) -> None:
    covered = {at for p in split_article(article(text), overlap=overlap) for at in range(p.start, p.end)}
    assert [at for at, character in enumerate(text) if not character.isspace() and at not in covered] == []


@settings(deadline=None)
@given(TEXTS)
def test_passages_without_overlap_follow_one_another(text: str) -> None:
    passages = split_article(article(text), overlap=0)
    for before, after in zip(passages, passages[1:], strict=False):
        assert before.end <= after.start


@settings(deadline=None)
@given(TEXTS, st.integers(1, 2))
def test_passages_with_overlap_move_on(text: str, overlap: int) -> None:
    passages = split_article(article(text), overlap=overlap)
    for before, after in zip(passages, passages[1:], strict=False):
        assert before.start < after.start
        assert before.end < after.end


@settings(deadline=None)
@given(TEXTS)
def test_sentences_are_ordered_slices_within_a_line(text: str) -> None:
    cursor = 0
    for sentence in split_sentences(text, language_of(text)):
        assert cursor <= sentence.start < sentence.end <= len(text)
        found = text[sentence.start : sentence.end]
        assert found == found.strip()
        assert "\n" not in found
        cursor = sentence.end


@settings(deadline=None)
@given(TEXTS)
def test_the_same_text_is_split_the_same_way(text: str) -> None:
    assert split_article(article(text)) == split_article(article(text))


@settings(deadline=None)
@given(TEXTS, st.integers(0, 2))
def test_a_passage_comes_with_its_sentences_each_once(text: str, overlap: int) -> None:
    pairs = list(split_with_sentences(article(text), overlap=overlap))
    assert [passage for passage, _ in pairs] == split_article(article(text), overlap=overlap)
    whole = split_sentences(text, language_of(text))
    for passage, sentences in pairs:
        assert sentences == [one for one in whole if passage.start <= one.start and one.end <= passage.end]
        assert (sentences[0].start, sentences[-1].end) == (passage.start, passage.end)


def test_a_short_rest_does_not_double_the_sentence_that_passages_share() -> None:
    text = " ".join(map(sentence, (100, 15, 20)))
    ((passage, sentences),) = split_with_sentences(article(text))
    assert passage.text == text
    assert sentences == split_sentences(text, language_of(text))
    assert len(sentences) == 3


def test_overlap_repeats_the_last_sentence() -> None:
    text = " ".join(f"Sentence {number} has {'very ' * 20}many words." for number in range(12))
    apart, shared = split_article(article(text), overlap=0), split_article(article(text), overlap=1)
    assert all(before.end < after.start for before, after in zip(apart, apart[1:], strict=False))
    for before, after in zip(shared, shared[1:], strict=False):
        last = split_sentences(before.text)[-1]
        assert after.text.startswith(before.text[last.start :])


def sentence(words: int) -> str:
    return f"{'Word ' * (words - 1)}end."


def sizes(*sentences: int) -> list[int]:
    """Words of each passage of a text whose sentences have so many words."""
    text = " ".join(map(sentence, sentences))
    return [count_words(passage.text) for passage in split_article(article(text))]


def test_by_default_passages_share_one_sentence() -> None:
    text = " ".join(f"Sentence {number} has {'very ' * 20}many words." for number in range(12))
    default, none, one, two = (
        split_article(article(text), **overlap) for overlap in ({}, {"overlap": 0}, {"overlap": 1}, {"overlap": 2})
    )
    assert default == one
    assert none != one != two


@pytest.mark.parametrize(
    ("sentences", "wanted"),
    [
        ((60, 60), [120]),
        ((60, 61), [60, 61]),
        # The last sentence of a passage is repeated where the next one leaves room for it.
        ((50, 50, 50), [100, 100]),
        ((40, 81, 39), [40, 120]),
        ((40, 81, 40), [40, 81, 40]),
    ],
)
def test_a_passage_has_at_most_120_words(sentences: tuple[int, ...], wanted: list[int]) -> None:
    assert sizes(*sentences) == wanted


@pytest.mark.parametrize(("rest", "wanted"), [(39, [149]), (40, [110, 40]), (1, [111])])
def test_a_last_passage_has_at_least_40_words(rest: int, wanted: list[int]) -> None:
    assert sizes(110, rest) == wanted


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t \n"])
def test_no_text_no_passage(text: str) -> None:
    assert split_article(article(text)) == []


def test_a_short_article_is_one_passage() -> None:
    text = "Headline\n\nOne sentence. Another."
    assert [passage.text for passage in split_article(article(text))] == [text]


@pytest.mark.parametrize("number", range(5))
def test_bundled_passages_are_of_a_size_to_encode(number: int) -> None:
    sizes = [count_words(passage.text) for passage in split_article(bundled(number))]
    assert max(sizes) <= MAX_SENTENCE_WORDS
    assert min(sizes) >= 40


def test_a_question_of_an_faq_stays_with_its_answer() -> None:
    questions = {
        "What was the primary focus of the talks between South Korea and NATO?": "The main focus was on deepening",
        "Who represented South Korea in the discussions with NATO?": "South Korea was represented by President",
        "What are the expected outcomes of the new consultative body?": "The new consultative body aims to enhance",
        "How does this partnership align with global security trends?": "This partnership aligns with global",
        "What other countries are involved in similar discussions with NATO?": "Countries such as Japan, Australia,",
    }
    passages = [passage.text for passage in split_article(bundled(1))]
    assert [passage for passage in passages if passage.endswith("?")] == []
    for question, answer in questions.items():
        # Twice where it is what two passages share; never the question alone.
        holding = [passage for passage in passages if question in passage]
        assert holding
        assert [passage for passage in holding if f"{question}\n{answer}" not in passage] == []


def test_a_list_stays_with_its_heading() -> None:
    passages = [one.text for one in split_article(bundled(1)) if "Key Takeaways" in one.text]
    assert passages
    for passage in passages:
        assert "Key Takeaways\n\n• Deepening ties" in passage
        assert "• Enhanced cooperation in defence capabilities is anticipated." in passage


def test_a_heading_never_ends_a_passage() -> None:
    paragraph = "The minister spoke at length of trade and of defence in Seoul. " * 8
    text = "\n\n".join(f"Part {number}\n{paragraph}" for number in range(6))
    for passage in split_article(article(text)):
        assert not passage.text.splitlines()[-1].startswith("Part")


def test_headings_with_nothing_below_are_cut_like_sentences() -> None:
    text = "\n".join(["Two words"] * 100)
    assert [count_words(passage.text) for passage in split_article(article(text))] == [120, 80]


@pytest.mark.slow
def test_a_megabyte_without_a_space_is_cut() -> None:
    passages = split_article(article("x" * 1_000_000))
    assert passages[0].start == 0
    assert passages[-1].end == 1_000_000
    assert "".join(passage.text for passage in passages) == "x" * 1_000_000
    assert max(count_words(passage.text) for passage in passages) <= MAX_SENTENCE_WORDS + MAX_WORDS


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["a ", "• a\n", "a?\n", "A\n", "a. ", "日", "\n"])
def test_a_long_text_of_anything_is_split(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    passages = split_article(article(text))
    kept = sum(not character.isspace() for passage in passages for character in passage.text)
    assert kept == sum(not character.isspace() for character in text)
    assert all(text[passage.start : passage.end] == passage.text for passage in passages)
