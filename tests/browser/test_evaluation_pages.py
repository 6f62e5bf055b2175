"""The "Evaluation" pages in a browser: the list, a report whose failures can be filtered and read, a comparison."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
from chatting import DESKTOP, PHONE, Site, models, violations, width_beyond_the_screen
from playwright.sync_api import Page, expect
from tabs import Tabs

from index.generations import IndexFolder
from qa.build import Models
from qa.evaluate import pipeline
from qa.evaluate.measure.evaluation import summarise
from qa.evaluate.report.save import save
from qa.evaluate.run.ask import Asked

pytestmark = pytest.mark.slow

REPORT = "real & <b>run"


def upside_down(asked: Asked) -> Asked:
    """The last citation first: a run that is clearly worse."""
    citations = asked.answer.citations[::-1]
    return replace(asked, answer=replace(asked.answer, citations=citations), articles=asked.articles[::-1])


@pytest.fixture(scope="module")
def site_with_runs(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The bundled articles served, with two saved runs of some of their questions."""
    gold = pipeline.read_bundled().sample(24)
    folder = IndexFolder(site.folder)
    run = pipeline.ask_set(gold, folder, tmp_path_factory.mktemp("cache"), Models(models().encoder))
    for name, asked in ((REPORT, run), ("upside down", [upside_down(each) for each in run])):
        judgements = pipeline.judge_run(gold, asked, folder)
        evaluation = summarise(gold, judgements, folder.path)
        save(evaluation, pipeline.explain(judgements, folder), site.runs / name)
    return site


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_from_the_list_to_a_lost_question_in_its_article(
    site_with_runs: Site, open_page: Callable[..., Page], size: tuple[int, int]
) -> None:
    page = open_page(f"{site_with_runs.url}/evaluation", size=size)
    page.get_by_role("link", name=REPORT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Evaluation: bundled")
    # All of it is there.
    expect(page.get_by_role("status")).to_contain_text("shown")
    failures = page.locator(".failure:visible")
    number = failures.count()
    page.get_by_label("Stage").select_option("outcome: retrieved but outranked")
    assert 0 < failures.count() < number
    words = failures.first.locator(".question").text_content()
    assert words
    page.get_by_label("Search").fill(words)
    expect(failures).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text(f"1 of {number} shown")
    failures.first.locator("summary").click()
    assert width_beyond_the_screen(page) == 0
    assert violations(page) == []
    cited = failures.first.locator(".excerpt mark").first.inner_text()
    failures.first.locator(".excerpt a").first.click()
    assert " ".join(page.locator("mark.answer").all_inner_texts()).split() == cited.split()
    expect(page.locator("#quote")).to_be_in_viewport()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_two_runs_are_compared(site_with_runs: Site, open_page: Callable[..., Page], size: tuple[int, int]) -> None:
    page = open_page(f"{site_with_runs.url}/evaluation", size=size)
    page.get_by_role("combobox", name="From").select_option(REPORT)
    page.get_by_role("combobox", name="To", exact=True).select_option("upside down")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"From {REPORT} to upside down")
    expect(page.locator("tr", has_text="nDCG@10").locator(".verdict")).to_have_text("worse")
    lost = page.get_by_role("region", name="Became wrong").locator("details")
    expect(lost.nth(3)).to_be_attached()
    lost.first.locator("summary").click()
    expect(lost.first.get_by_text("Expected")).to_be_visible()
    assert width_beyond_the_screen(page) == 0
    assert violations(page) == []


def test_a_saved_file_runs_no_script_but_the_reports_own(
    site_with_runs: Site, tabs: Tabs, open_page: Callable[..., Page]
) -> None:
    report = site_with_runs.runs / "changed" / "report.html"
    shutil.copytree(site_with_runs.runs / "upside down", report.parent)
    text = report.read_text(encoding="utf-8")
    report.write_text(
        f"{text}<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">"
    )
    tabs.ignore("Content Security Policy", "Failed to load resource")
    page = open_page(f"{site_with_runs.url}/evaluation/runs/changed")
    expect(page.get_by_role("status")).to_contain_text("shown")
    expect(page).to_have_title("Evaluation · bundled")


def test_the_chat_links_to_the_runs(site_with_runs: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site_with_runs.url}/chat/")
    page.get_by_role("link", name="How good are they?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Evaluation")
