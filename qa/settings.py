"""Settings: defaults here, then a TOML file, then `ARTICLE_QA_...` variables, then flags."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import UserError

CONFIG_FILE = Path("article-qa.toml")
PREFIX = "ARTICLE_QA_"


class Settings(BaseModel):
    """Every setting there is, read once; nothing below `qa/build.py` sees it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: Path = Field(Path(".article-qa"), description="folder of the index")
    encoder: str = Field(
        "all-MiniLM-L6-v2", description="sentence-transformers model: the packaged one, a folder or a name"
    )
    k: int = Field(5, ge=1, le=50, description="passages to cite")
    runs: Path = Field(Path("runs"), description="folder of saved evaluations, for the Evaluation page")
    host: str = Field("127.0.0.1", min_length=1, description="address to serve on")
    port: int = Field(7860, ge=0, le=65535, description="port to serve on; 0 takes a free one")


def load_settings(config: Path | None = None, **flags: object) -> Settings:
    """Settings from the file, the environment and `flags` (None: not given), the later winning.

    `config` must exist when it is named; otherwise `article-qa.toml` in the current folder is read if it is there.
    Raises UserError naming an unknown key or a bad value, and where it stands.
    """
    path = config or CONFIG_FILE
    layers: list[tuple[str, Mapping[str, object]]] = []
    if config is not None or path.is_file():
        layers.append((str(path), _read_toml(path)))
    layers += [(f"{PREFIX}{key.upper()}", {key: value}) for key, value in _read_environment().items()]
    layers += [(_flag(key), {key: value}) for key, value in flags.items() if value is not None]
    values: dict[str, object] = {}
    for origin, layer in layers:
        _check(origin, layer)
        values |= layer
    return Settings(**values)  # type: ignore[arg-type]  # checked layer by layer, so that the message can name it


def _flag(key: str) -> str:
    return f"-{key}" if len(key) == 1 else f"--{key.replace('_', '-')}"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read the settings file {str(path)!r}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{str(path)!r} is not valid TOML: {error}") from error


def _read_environment() -> dict[str, str]:
    return {
        key.removeprefix(PREFIX).lower(): value for key, value in sorted(os.environ.items()) if key.startswith(PREFIX)
    }


def _check(origin: str, layer: Mapping[str, object]) -> None:
    for key in layer:
        if key not in Settings.model_fields:
            known = ", ".join(Settings.model_fields)
            raise UserError(f"unknown setting {key!r} in {origin}; known ones are {known}")
    try:
        Settings(**layer)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"bad value {first['input']!r} for {first['loc'][0]!r} in {origin}: {first['msg']}") from error
