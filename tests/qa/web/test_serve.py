"""`python app.py`, as its user starts and stops it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from corpus.errors import UserError
from index.generations import IndexFolder
from qa.settings import Settings
from qa.web.server import bind, serve

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


def test_app_says_where_it_serves_and_stops_quietly(bundled_settings: Settings) -> None:
    environment = {**os.environ, "ARTICLE_QA_INDEX": str(bundled_settings.index), "ARTICLE_QA_PORT": "0"}
    command = [sys.executable, str(ROOT / "app.py")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stderr is not None
        first = server.stderr.readline().decode()
        found = re.fullmatch(r"Ask the articles: (http://127\.0\.0\.1:\d+)\n", first)
        assert found, first + server.stderr.read().decode()
        with urllib.request.urlopen(f"{found[1]}/health", timeout=60) as response:
            assert response.read() == b'{"status":"ok"}'
        server.send_signal(signal.SIGINT)
        rest = server.communicate(timeout=60)
    assert (server.returncode, *rest) == (0, b"", b"")


def test_an_answer_waits_for_no_confirmation_of_its_headers() -> None:
    with (
        bind("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()[:2]),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_port_in_use_is_one_clear_line(bundled_settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = {**os.environ, "ARTICLE_QA_INDEX": str(bundled_settings.index), "ARTICLE_QA_PORT": str(port)}
        result = subprocess.run(
            [sys.executable, str(ROOT / "app.py")],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == f"port {port} on '127.0.0.1' is in use; stop what uses it or choose another port\n"


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_address_that_cannot_be_served_is_named(bundled_settings: Settings, host: str) -> None:
    with pytest.raises(UserError, match=re.escape(f"cannot serve on {host!r}, port 0 (")):
        serve(bundled_settings.model_copy(update={"host": host, "port": 0}))


@pytest.mark.parametrize("host", ["\x9b", "a" * 70])
def test_what_is_no_name_is_no_traceback(bundled_settings: Settings, host: str) -> None:
    with pytest.raises(UserError, match="is no name of a machine"):
        serve(bundled_settings.model_copy(update={"host": host, "port": 0}))


def test_an_index_that_cannot_be_asked_is_not_served(built: IndexFolder, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match="was built with the encoder 'hash@64' but the settings ask for"):
        serve(Settings(index=built.path, port=0))
    with pytest.raises(UserError, match="no index in"):
        serve(Settings(index=built.path / "none", port=0))
    assert "http://" not in capsys.readouterr().err


def test_default_is_this_machine_alone() -> None:
    assert Settings().host == "127.0.0.1"
