"""What stands at the ends of a PDF's pages: running heads and numbers go, rows and sentences stay."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
from matplotlib.figure import Figure

from corpus.readers.metadata import Metadata
from corpus.readers.pdf import read_pdf

PROSE = "The ferry crossed the sound {} times before the ice came, and the harbour was quiet until the end of winter."


def lines_of(pages: Sequence[Sequence[str]]) -> list[str]:
    """The lines that are read of a PDF whose pages have these, the first of each at the top, the last at the foot."""
    packed = io.BytesIO()
    with rc_context({"pdf.fonttype": 42}), PdfPages(packed) as printed:
        for lines in pages:
            figure = Figure(figsize=(8.3, 11.7))
            FigureCanvasPdf(figure)
            for place, line in enumerate(lines):
                figure.text(0.1, 0.95 - place * 0.9 / (len(lines) - 1), line, fontsize=7, parse_math=False)
            printed.savefig(figure)
    article = read_pdf(packed.getvalue(), article_id="x", known=Metadata(title="Of the ferry"))
    return [line for line in article.text.split("\n") if line]


def story(page: int) -> list[str]:
    """Eight lines of a page that are at its ends on none."""
    names = ("one", "two", "three", "four", "five", "six", "seven", "eight")
    return [PROSE.format(f"{name} and {'many ' * page}more") for name in names]


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("The Example Review", "{page}"),
        ("The Example Review {page}", "Printed in Kiel"),
        ("Vol. 12 (2024), {page}", "- {page} -"),
        ("Page {page} of 4", "Page {page} ({page} of 4)"),
        ("Report 17", "Seite {page} von 4"),
        ("All rights reserved by the Review, Kiel 2024.", "S. {page}"),
    ],
)
def test_running_heads_and_numbers_go(head: str, foot: str) -> None:
    pages = [[head.format(page=n + 57), *story(n), foot.format(page=n + 57)] for n in range(4)]
    assert lines_of(pages) == [line for page in pages for line in page[1:-1]]


@pytest.mark.parametrize(
    "line",
    [
        "Kiel {} {}",
        "{} {}",
        "{}. The ferry to Oslo",
        "In the year {} the ferry carried {} people to the island.",
    ],
)
def test_rows_items_and_sentences_that_differ_in_a_number_stay(line: str) -> None:
    rows = [[line.format(1900 + n * 9 + end, 30 + n * 7 + end) for end in (0, 5)] for n in range(4)]
    pages = [[first, *story(n), last, str(n + 1)] for n, (first, last) in enumerate(rows)]
    assert lines_of(pages) == [line for page in pages for line in page[:-1]]


def test_a_number_beside_those_of_the_pages_stays() -> None:
    pages = [["1990" if n == 2 else "1895", *story(n), str(n + 1)] for n in (0, 2)]
    pages.insert(1, ["Of the ferry", *story(1), "2"])
    assert lines_of(pages) == [line for page in pages for line in page[:-1]]


def test_a_row_at_the_end_of_a_single_page_stays_and_its_number_goes() -> None:
    assert lines_of([["Winter", *story(0), "Kiel 12", "57"]]) == ["Winter", *story(0), "Kiel 12"]


def test_a_sentence_that_comes_twice_stays_and_one_on_every_page_goes() -> None:
    twice = "The harbour of Kiel is closed in winter."
    always = "Nothing of this may be printed again without leave."
    pages = [[twice if n in (0, 3) else f"The ice {'of the north ' * n}", *story(n), always] for n in range(6)]
    assert lines_of(pages) == [line.strip() for page in pages for line in page[:-1]]


def test_lines_alike_in_the_middle_of_pages_stay() -> None:
    pages = [
        ["Of ferries", "The proof of the", f"Definition {n}", "is left to those who read", *story(n)] for n in range(4)
    ]
    found = " ".join(lines_of(pages))
    assert [f"Definition {n}" in found for n in range(4)] == [True] * 4
