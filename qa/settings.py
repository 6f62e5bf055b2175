"""Settings: defaults here, then a TOML file, then `ARTICLE_QA_...` variables, then flags."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from corpus.errors import UserError
from index.place import read_place
from index.postgres.address import Address, read_address
from qa.limits import DEFAULT_K, MAX_K

CONFIG_FILE = Path("article-qa.toml")
# For the language of the pages: each reader's own.
AUTO: Literal["auto"] = "auto"
PREFIX = "ARTICLE_QA_"
# As browsers send it.
_ORIGIN = re.compile(r"\*|https?://([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:[0-9]+)?")


def _split(value: object) -> object:
    """An environment variable has a list with commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _read_place(value: object) -> object:
    return read_place(value) if isinstance(value, str | Path) and "\0" not in str(value) else value


def _check_origin(origin: str) -> str:
    if not _ORIGIN.fullmatch(origin.lower()):
        raise ValueError("an origin is a scheme and a host, such as https://example.org, without a path; or *")
    return origin.lower()


def _check_rate(rate: str) -> str:
    import limits

    try:
        limits.parse(rate)
    except ValueError as error:
        raise ValueError("a rate is a number and a time, such as 60/minute") from error
    return rate


def _check_address(address: str) -> str:
    if not re.fullmatch(r"https?://[^\s?#@]+", address):
        raise ValueError("an address begins with http:// or https:// and has no user, query or fragment")
    return address


def _check_network(network: str) -> str:
    try:
        return str(ip_network(network))
    except ValueError as error:
        raise ValueError("a proxy is named by its address or its network, such as 10.0.0.7 or 10.0.0.0/24") from error


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_check_network)], ...], BeforeValidator(_split)]
Origins = Annotated[tuple[Annotated[str, AfterValidator(_check_origin)], ...], BeforeValidator(_split)]
Rate = Annotated[str, AfterValidator(_check_rate)]


class Settings(BaseModel):
    """Every setting there is, read once; nothing below `qa/build.py` sees it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _check_nul(cls, value: object) -> object:
        if "\0" in (value if isinstance(value, str) else ""):
            raise ValueError("it holds a NUL character, which no path, name or key can have")
        return value

    index: Annotated[Path | Address, BeforeValidator(_read_place)] = Field(
        default=Path(".article-qa"), description="folder of the index, or the address of its database, postgresql://..."
    )
    encoder: str = Field(
        default="all-MiniLM-L6-v2",
        description="the packaged one, multilingual, or a sentence-transformers model: a folder or a name",
    )
    reader: bool = Field(default=True, description="read the likeliest passages for the words that answer")
    reranker: str | None = Field(
        default=None, description="sentence-transformers cross-encoder that orders the passages, a folder or a name"
    )
    k: int = Field(default=DEFAULT_K, ge=1, le=MAX_K, description="passages to cite")
    most_wrong: float | None = Field(
        default=None, ge=0.05, le=0.5, description="share of the answers given that may be wrong"
    )
    writer: Annotated[str, AfterValidator(_check_address)] | None = Field(
        default=None,
        description="address of a language model that sums up the passages, such as http://127.0.0.1:11434/v1",
    )
    writer_model: str = Field(default="", max_length=200, description="name of that model")
    writer_key: SecretStr | None = Field(default=None, description="key for that address")
    pages: int = Field(default=200, ge=1, le=50_000, description="pages to read of one feed or sitemap, newest first")
    private_addresses: bool = Field(
        default=False, description="articles may be fetched from this machine and its own network too"
    )
    runs: Path = Field(default=Path("runs"), description="folder of saved evaluations, for the Evaluation page")
    language: Literal["auto", "en", "ar", "de", "es", "fr", "ja", "ko"] = Field(
        default=AUTO, description="language of the pages; auto is that of each reader's browser"
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="address to serve on")
    port: int = Field(default=7860, ge=0, le=65535, description="port to serve on; 0 takes a free one")
    hosts: Names = Field(
        default=(), description="names the server answers to, beside those and the addresses of this machine"
    )
    trusted_proxies: Networks = Field(
        default=(), description="addresses of proxies whose word is taken for who asks, such as 127.0.0.1"
    )
    origins: Origins = Field(
        default=(), description='sites whose pages may ask, such as https://example.org; "*" for all'
    )
    client_rate: Rate = Field(default="120/minute", description="requests one client may make")
    site_rate: Rate = Field(default="1200/minute", description="requests the pages of one site may make")
    api_key: SecretStr | None = Field(default=None, min_length=16, description="key that programs must bring")
    editing: bool = Field(
        default=False, description="articles may be added and removed in the browser by who brings the api_key"
    )
    log_questions: bool = Field(default=False, description="write the words of questions to the log")
    mcp: bool = Field(default=False, description="serve language-model clients at /chat/gradio_api/mcp/")


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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
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
        key, message = str(first["loc"][0]), first["msg"].removeprefix("Value error, ")
        # A key has no place on a screen or in a log.
        value = "(not shown)" if key in ("api_key", "writer_key") else _shown(first["input"])
        raise UserError(f"bad value {value} for {key!r} in {origin}: {message}") from error


def _shown(value: object) -> str:
    """As it was given, but for a database's password."""
    address = read_address(str(value))
    return repr(str(address)) if address else repr(value)
