"""Figures as digits."""

from __future__ import annotations

import math


def number(value: float) -> str:
    """Three digits: "0.734"; "-" for nan."""
    return "-" if math.isnan(value) else f"{value:.3f}"


def signed(value: float) -> str:
    """Three digits with the sign: "+0.012"."""
    return f"{value:+.3f}"
