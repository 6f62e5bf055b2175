"""The content security policy of each page: what it may load and run, and who may frame it."""

from __future__ import annotations

from qa.web.paths import ARTICLES_PATH, CHAT_PATH, EMBED_PATH, EVALUATION_PATH, INSIGHTS_PATH

_NO_OBJECTS = "base-uri 'self'; object-src 'none'; form-action 'self'"
_ONLY_SELF = f"frame-ancestors 'none'; {_NO_OBJECTS}"
# Gradio builds its page with inline scripts and compiles templates, hence the two 'unsafe' words, here alone.
CHAT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data:; font-src 'self' data:; {_ONLY_SELF}"
)
DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data:; {_ONLY_SELF}"
)
READER_POLICY = f"default-src 'none'; style-src 'self'; img-src 'self'; {_ONLY_SELF}"
# The list, for who may change articles there: by a script of the program's own.
EDITING_POLICY = (
    f"default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; {_ONLY_SELF}"
)
# The report carries its style and its one script in itself; whatever else stands in a saved file is not run.
EVALUATION_POLICY = f"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; {_ONLY_SELF}; script-src "
INSIGHTS_POLICY = f"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; {_ONLY_SELF}"
EMBED_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    f"require-trusted-types-for 'script'; {_NO_OBJECTS}; frame-ancestors "
)
STRICT_POLICY = f"default-src 'none'; {_ONLY_SELF}"


def policy_for(path: str, origins: tuple[str, ...], report_script: str) -> str:
    """The content security policy of the page at `path`; pages of `origins` may frame the one made for it.

    `report_script` is the source of the one script that pages of evaluations may run.
    """
    if path == CHAT_PATH or path.startswith(f"{CHAT_PATH}/"):
        return CHAT_POLICY
    if path == "/api/docs":
        return DOCS_POLICY
    if path == EVALUATION_PATH or path.startswith(f"{EVALUATION_PATH}/"):
        return EVALUATION_POLICY + report_script
    if path == INSIGHTS_PATH:
        return INSIGHTS_POLICY
    if path == EMBED_PATH:
        return EMBED_POLICY + " ".join(("'self'", *origins))
    return READER_POLICY if path == ARTICLES_PATH or path.startswith(f"{ARTICLES_PATH}/") else STRICT_POLICY
