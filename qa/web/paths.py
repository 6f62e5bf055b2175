"""Addresses on the server that several modules must agree on, and the folders that its files come from."""

from __future__ import annotations

from pathlib import Path

API_PREFIX = "/api/"
ASK_PATH = f"{API_PREFIX}ask"
CHAT_PATH = "/chat"
# All that is done on the chat page comes in here, past Gradio's queue.
CHAT_PREDICT = f"{CHAT_PATH}/gradio_api/run/predict"
# Which a page that is open listens to, for as long as it is.
CHAT_HEARTBEAT = f"{CHAT_PATH}/gradio_api/heartbeat/"
# Language-model clients, where the setting opens it to them.
MCP_PATH = f"{CHAT_PATH}/gradio_api/mcp"
ARTICLES_PATH = "/articles"
# Where articles are added and removed; no article has an address there.
EDITING_PATH = "/editing/"
EVALUATION_PATH = "/evaluation"
INSIGHTS_PATH = "/insights"
EMBED_PATH = "/embed"
METRICS_PATH = "/metrics"

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
