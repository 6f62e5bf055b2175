from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest

from qa.answer import Answer, Citation, Copy, Written, WrittenSentence
from qa.show.wording import confidence_in_words
from qa.web.chat.answer_html import additions, answer_html, question_html
from qa.web.escape import as_entities

TEXT = "It was quiet. The mission opened in November 2022. Nobody objected."
START, END = TEXT.index("The mission"), TEXT.index(" Nobody")
CITATION = Citation(
    rank=1, article_id="a", passage_id="a:100-167", title="A mission", source="The Herald",
    published=date(2023, 12, 13), url=None, start=100, end=100 + len(TEXT), quote=TEXT, answer_start=100 + START,
    answer_end=100 + END, score=0.9, text_sha256="",
)  # fmt: skip
ANSWER = Answer(
    question="When?", query="When?", is_answerable=True, confidence=0.9, text=CITATION.answer, citations=(CITATION,)
)
NAUGHTY = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![a](https://evil.example/a.png) [b](javascript:alert(1))",
    "**bold** `code` $$x$$ http://evil.example",
    "</figure></div>\n\n# heading\n\n- item",
    "\u202eright to left\u202c",
)


class Page(HTMLParser):
    """Tags, links and text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_how_a_time_was_understood() -> None:
    page = Page(answer_html(replace(ANSWER, understood="“this week” counted from 3 July 2025")))
    assert "Understood: “this week” counted from 3 July 2025." in page.text


def test_a_reply_is_all_there_is() -> None:
    reply = "There is one article:\n3 July 2025: <b>bold</b>"
    page = Page(answer_html(replace(ANSWER, is_answerable=False, text=None, citations=(), reply=reply)))
    assert page.text == reply.replace("\n", "")
    assert page.tags == ["div", "p", "br", "button"]


def test_answer_shows_the_passage_its_sentence_and_where_it_stands() -> None:
    html = answer_html(ANSWER)
    page = Page(html)
    # Once: the passage unfolds around its sentence.
    assert page.text.index(TEXT) < page.text.index("A mission") < page.text.index("The whole passage")
    assert page.text.count(CITATION.answer) == 1
    assert "<mark>The mission opened in November 2022&#46;</mark>" in html
    assert page.links == [
        f"../articles/a?start=100&end={100 + len(TEXT)}&answer_start={100 + START}&answer_end={100 + END}#quote"
    ]
    for words in ("A mission", "The Herald", "13 December 2023", "Very likely, 90%"):
        assert words in page.text


def test_the_page_it_stands_on() -> None:
    paged = answer_html(replace(ANSWER, citations=(replace(CITATION, page=12),)))
    assert "The Herald · 13 December 2023 · p. 12" in Page(paged).text
    assert "p. " not in Page(answer_html(ANSWER)).text


def with_short(citation: Citation, words: str) -> Citation:
    """The citation with `words` of its quote as the short answer."""
    start = citation.start + citation.quote.index(words)
    return replace(citation, short_start=start, short_end=start + len(words))


def test_the_words_that_answer_are_bold() -> None:
    short = with_short(CITATION, "November 2022")
    html = answer_html(replace(ANSWER, citations=(short,)))
    sentence = "The mission opened in <b>November 2022</b>&#46;"
    assert f"<mark>{sentence}</mark>" in html
    assert html.count("<b>") == 1
    assert (
        Page(html)
        .links[0]
        .endswith(f"&answer_end={100 + END}&short_start={short.short_start}&short_end={short.short_end}#quote")
    )


def test_nothing_is_bold_without_such_words() -> None:
    later = replace(CITATION, rank=2, article_id="b")
    assert "<b>" not in answer_html(replace(ANSWER, citations=(CITATION, later)))


def test_they_are_bold_in_further_passages_and_in_those_of_several_years() -> None:
    short = with_short(CITATION, "November 2022")
    older = replace(short, rank=2, article_id="b", published=date(2021, 12, 13))
    marked = "<mark>The mission opened in <b>November 2022</b>&#46;</mark>"
    years = answer_html(replace(ANSWER, citations=(short, older)))
    assert "Articles of different years" in years
    assert years.count(marked) == 2
    further = answer_html(replace(ANSWER, citations=(CITATION, replace(older, published=CITATION.published))))
    assert further.count(marked) == 1
    nearest = answer_html(replace(ANSWER, citations=(short,), is_answerable=False, text=None))
    assert nearest.count(marked) == 1


def test_a_title_that_answers_is_not_bold() -> None:
    html = answer_html(replace(ANSWER, citations=(replace(CITATION, headline_answers=True),), text="A mission"))
    assert '<blockquote dir="auto">A mission</blockquote>' in html
    assert "<b>" not in html


@pytest.mark.parametrize("naughty", NAUGHTY)
def test_naughty_words_that_answer_are_escaped(naughty: str) -> None:
    whole = f"He said {naughty} today."
    named = replace(CITATION, quote=whole, start=0, end=len(whole), answer_start=0, answer_end=len(whole))
    html = answer_html(replace(ANSWER, citations=(with_short(named, naughty),), text=whole))
    page = Page(html)
    assert page.tags.count("b") == 1
    assert not {"script", "img", "li"} & set(page.tags)
    assert "".join(whole.split()) in "".join(page.text.split())


def test_several_articles_come_with_their_dates() -> None:
    later = replace(CITATION, rank=2, article_id="b", title="Another", published=date(2023, 7, 3))
    page = Page(answer_html(replace(ANSWER, citations=(CITATION, later))))
    assert (
        page.text.index("13 December 2023") < page.text.index("Also in the articles") < page.text.index("3 July 2023")
    )


def test_further_passages_are_cut_around_their_sentence() -> None:
    long = replace(
        CITATION, rank=2, quote="a " * 100 + "Here it is." + " b" * 100, start=0, answer_start=200, answer_end=211
    )
    html = answer_html(replace(ANSWER, citations=(CITATION, long)))
    shown = Page(html).text
    assert "… a a" in shown
    assert "a Here it is. b" in shown
    assert "b b …" in shown
    assert "a " * 50 not in shown


def test_refusal_says_so_and_folds_the_nearest_passages_away() -> None:
    page = Page(answer_html(replace(ANSWER, is_answerable=False, text=None)))
    assert "The articles do not say." in page.text
    assert "The nearest passages" in page.text
    assert "Very likely" not in page.text
    assert page.tags.index("details") < page.tags.index("blockquote")
    assert "whole" not in answer_html(replace(ANSWER, is_answerable=False, text=None))


def test_refusal_without_any_passage() -> None:
    page = Page(answer_html(replace(ANSWER, is_answerable=False, text=None, citations=())))
    assert "The articles do not say." in page.text
    assert "details" not in page.tags


def test_follow_up_shows_how_it_was_understood() -> None:
    assert (
        "Understood as: When did Lawler do it?"
        in Page(answer_html(replace(ANSWER, query="When did Lawler do it?"))).text
    )
    assert "Understood" not in answer_html(ANSWER)


@pytest.mark.parametrize("naughty", NAUGHTY)
def test_foreign_text_stays_text(naughty: str) -> None:
    citation = replace(
        CITATION, title=naughty, source=naughty, article_id=naughty, quote=naughty, answer_start=100,
        end=100 + len(naughty), answer_end=100 + len(naughty),
    )  # fmt: skip
    html = answer_html(
        replace(ANSWER, question=naughty, query=f"{naughty}?", citations=(citation, replace(citation, rank=2)))
    )
    whole = replace(CITATION, answer_start=100, answer_end=100 + len(TEXT))
    plain = answer_html(replace(ANSWER, query="other", citations=(whole, replace(whole, rank=2))))
    assert Page(html.replace('<span class="gap"> </span>', "")).tags == Page(plain).tags
    assert all(link.startswith("../articles/") for link in Page(html).links)
    assert " ".join(naughty.split()) in " ".join(Page(html).text.split())
    assert Page(question_html(naughty)).tags == ["h2"]
    assert Page(question_html(naughty)).text == naughty
    # One line: a blank one would end the HTML block, and Markdown would begin.
    assert "\n" not in html + question_html(naughty)


def test_answers_of_different_years_are_a_timeline() -> None:
    later = replace(CITATION, rank=2, article_id="b", published=date(2025, 7, 3), score=0.8)
    undated = replace(CITATION, rank=3, article_id="c", published=None, score=0.7)
    html = answer_html(replace(ANSWER, citations=(CITATION, later, undated)))
    assert re.findall(r'<p class="day">(.*?)</p>', html) == ["3 July 2025", "13 December 2023"]
    assert "Articles of different years say:" in html
    assert html.count('class="passage lead"') == 2
    assert html.count('class="passage further"') == 1
    # Of each how likely it is: one of them may well be beside the point.
    likely = [as_entities(confidence_in_words(each.score)) for each in (later, CITATION)]
    assert re.findall(r'<span class="confidence">(.*?)</span>', html) == likely


def test_a_refusal_says_why_when_it_can() -> None:
    html = answer_html(replace(ANSWER, is_answerable=False, text=None, newest=date(2025, 7, 3)))
    assert '<p class="reason">The newest article is of 3 July 2025&#46;</p>' in html
    assert 'class="reason"' not in answer_html(replace(ANSWER, is_answerable=False, text=None))


def test_copies_of_a_story_are_links_behind_it() -> None:
    copy = Copy(
        article_id="b/1",
        title="<b>Another</b> paper",
        source="The Post",
        published=date(2023, 12, 14),
        url=None,
        start=5,
        end=30,
    )
    html = answer_html(replace(ANSWER, citations=(replace(CITATION, also_in=(copy,)),)))
    page = Page(html)
    assert "Also in one other" in page.text
    assert "<b>Another</b> paper" in page.text
    assert page.links[-1] == "../articles/b%2F1?start=5&end=30#quote"
    assert "The Post · 14 December 2023" in page.text
    assert (
        "Also in 2 others"
        in Page(answer_html(replace(ANSWER, citations=(replace(CITATION, also_in=(copy, copy)),)))).text
    )


def test_a_relative_time_is_explained_beside_the_quote() -> None:
    quote = "The mission opened last November."
    citation = replace(CITATION, quote=quote, start=0, end=len(quote), answer_start=0, answer_end=len(quote))
    html = answer_html(replace(ANSWER, citations=(replace(citation, published=date(2023, 7, 11)),)))
    assert "“last November”: November 2022" in Page(html).text
    assert (
        "November 2022" not in Page(answer_html(replace(ANSWER, citations=(replace(citation, published=None),)))).text
    )


def test_further_passages_are_shown_when_they_add_something() -> None:
    first = with_short(CITATION, "November 2022")
    same = replace(first, rank=2, start=0, end=len(TEXT))
    other_words = with_short(replace(CITATION, rank=3), "mission")
    other_article = replace(CITATION, rank=4, article_id="b")
    unlikely = replace(CITATION, rank=5, article_id="c", score=0.1)
    third = replace(CITATION, rank=6, article_id="d")
    cited = (first, same, other_words, other_article, unlikely, third)
    assert [citation.rank for citation in additions(cited)] == [3, 4]
    html = answer_html(replace(ANSWER, citations=cited))
    assert (
        html.index("Also in the articles") < html.index("3 more passages") < html.index('<details class="more">') + 99
    )
    # What one may do with the answer stands with it, not behind what others say.
    assert html.index('class="actions"') < html.index("Also in the articles")
    lone = answer_html(replace(ANSWER, citations=(first, same)))
    assert "Also in the articles" not in lone
    assert "One more passage" in lone


def test_a_copy_of_what_answers_adds_nothing() -> None:
    copy = Copy(article_id="b", title="B", source=None, published=None, url=None, start=0, end=9)
    assert additions((replace(CITATION, also_in=(copy,)), replace(CITATION, rank=2, article_id="b"))) == []


def test_of_many_years_the_newest_are_shown() -> None:
    cited = [replace(CITATION, rank=n, article_id=f"a{n}", published=date(2000 + n, 1, 1)) for n in range(1, 6)]
    html = answer_html(replace(ANSWER, citations=tuple(cited)))
    assert re.findall(r'<p class="day">(.*?)</p>', html) == ["1 January 2005", "1 January 2004", "1 January 2003"]
    assert "2 more passages" in html


def test_a_corrected_word_can_be_had_as_typed() -> None:
    corrected = replace(
        ANSWER, question="Who is presdent Yun?", query="Who is president Yoon?",
        corrected=(("presdent", "president"), ("Yun", "Yoon")),
    )  # fmt: skip
    html = answer_html(corrected)
    assert unescape(re.findall(r'<button class="as-typed" value="(.*?)">', html)[0]) == 'Who is "presdent" "Yun"?'
    assert "Understood as: Who is president Yoon? Ask for “presdent”, “Yun” as typed" in Page(html).text
    assert "as-typed" not in answer_html(replace(corrected, corrected=()))


def test_numbers_go_by_the_page() -> None:
    between = replace(CITATION, rank=2, article_id="b", score=0.1)
    newer = replace(CITATION, rank=3, article_id="c", published=date(2025, 7, 3), score=0.8)
    html = answer_html(replace(ANSWER, citations=(CITATION, between, newer)))
    assert re.findall(r'<span class="number">(\d+)</span>', html) == ["1", "2", "3"]
    links = Page(html).links
    assert ["/c?" in links[0], "/a?" in links[1], "/b?" in links[2]] == [True, True, True]
    sentences = (WrittenSentence("It opened.", (1, 3)),)
    told = answer_html(replace(ANSWER, citations=(CITATION, between, newer), written=Written("m", sentences)))
    assert re.findall(r'aria-label="(\d+)&#46;', told) == ["2", "1"]


def test_of_long_sentences_of_several_years_two_are_shown_at_once() -> None:
    years = tuple(
        replace(CITATION, rank=rank, article_id=str(rank), published=date(2020 + rank, 1, 1)) for rank in (1, 2, 3)
    )
    assert answer_html(replace(ANSWER, citations=years)).count("passage lead") == 3
    long = "The mission opened" + ", and opened again" * 10 + "."
    whole = [replace(each, quote=long, start=0, end=len(long), answer_start=0, answer_end=len(long)) for each in years]
    html = answer_html(replace(ANSWER, citations=tuple(whole), text=long))
    assert html.count("passage lead") == 2
    assert "One more passage" in Page(html).text
    assert ["/articles/1?" in link for link in Page(html).links] == [False, False, True]
