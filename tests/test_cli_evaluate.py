"""The verb `evaluate`, as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpus.errors import UserError
from qa.cli_evaluate import evaluate


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--gate", "nDCG@10=0.01"], "--gate needs --compare RUN"),
        (["--junit", "file.xml"], "--junit needs --gate"),
        (["--limit", "0"], "Invalid value for '--limit'"),
    ],
)
def test_usage_errors_exit_with_2(arguments: list[str], words: str) -> None:
    result = CliRunner().invoke(evaluate, arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_what_the_user_can_put_right_is_said_before_anything_is_encoded(tmp_path: Path) -> None:
    for arguments, words in (
        ([str(tmp_path / "none")], "there is no gold set at"),
        (["--compare", str(tmp_path)], "holds no run; name a folder that `article-qa evaluate --out` wrote"),
        (["--compare", str(tmp_path), "--gate", "nope=1"], "no measure 'nope'"),
    ):
        result = CliRunner().invoke(evaluate, arguments)
        assert isinstance(result.exception, UserError)
        assert words in str(result.exception)


@pytest.mark.slow
def test_the_bundled_set_is_asked_and_compared_with_itself(tmp_path: Path) -> None:
    common = ["--limit", "10", "--cache", str(tmp_path / "cache"), "--timed", "2"]
    first = CliRunner().invoke(evaluate, [*common, "--out", str(tmp_path / "run"), "--json"])
    assert first.exit_code == 0, first.stderr
    metrics = json.loads(first.stdout)
    assert (metrics["set"], metrics["questions"], metrics["index"]["articles"]) == ("bundled", 10, 5)
    assert metrics == json.loads((tmp_path / "run" / "metrics.json").read_text(encoding="utf-8"))

    gates = ["--compare", str(tmp_path / "run"), "--gate", "nDCG@10=0.01", "--junit", str(tmp_path / "junit.xml")]
    second = CliRunner().invoke(evaluate, [*common, *gates])
    assert second.exit_code == 0, second.stderr
    assert "10 questions are in both runs: 0 became correct, 0 became wrong" in second.stdout
    assert "gate holds: nDCG@10" in second.stdout
    assert 'failures="0"' in (tmp_path / "junit.xml").read_text(encoding="utf-8")
