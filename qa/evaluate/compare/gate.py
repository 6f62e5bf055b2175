"""Gates for CI: does a comparison show something significantly and materially worse?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

from corpus.errors import UserError
from qa.evaluate.compare.compare import COMPARED, Change, Comparison, holm
from qa.evaluate.measure.figures import MEANS
from qa.evaluate.report.digits import number, signed


@dataclass(frozen=True, slots=True)
class Gate:
    """The measure `name` must not be significantly worse by `tolerance` or more."""

    name: str
    tolerance: float


@dataclass(frozen=True, slots=True)
class GateResult:
    """Whether a gate holds, and why, in a sentence."""

    gate: Gate
    holds: bool
    reason: str


def parse_gate(text: str) -> Gate:
    """The gate of `nDCG@10=0.01`. Raises UserError naming what is wrong."""
    name, _, drop = text.rpartition("=")
    if name not in (*MEANS, *COMPARED):
        raise UserError(f"--gate {text!r}: no measure {name!r}; known are {', '.join((*MEANS, *COMPARED))}")
    try:
        tolerance = float(drop)
    except ValueError as error:
        raise UserError(f"--gate {text!r}: {drop!r} is not a number; write for example {name}=0.01") from error
    if not 0 <= tolerance <= 1:
        raise UserError(f"--gate {text!r}: {drop!r} is not between 0 and 1")
    return Gate(name, tolerance)


def apply_gates(gates: Sequence[Gate], comparison: Comparison) -> list[GateResult]:
    """What each gate says. Holm's correction is over the gates: they were named before the runs were seen.

    Raises UserError when the set does not give a gate's measure.
    """
    changes = {change.name: change for change in comparison.changes}
    missing = [gate.name for gate in gates if gate.name not in changes]
    if missing:
        raise UserError(f"--gate {missing[0]}: this set does not give that measure; it gives {', '.join(changes)}")
    adjusted = holm([changes[gate.name].p for gate in gates])
    return [_apply(gate, replace(changes[gate.name], p_holm=p)) for gate, p in zip(gates, adjusted, strict=True)]


def write_junit(results: Sequence[GateResult], set_name: str, file: Path) -> None:
    """Write a JUnit report, a test case for each gate. Raises UserError when it cannot be written."""
    failures = sum(not result.holds for result in results)
    suite = ElementTree.Element(
        "testsuite", name=f"article-qa evaluate {set_name}", tests=str(len(results)), failures=str(failures)
    )
    for result in results:
        case = ElementTree.SubElement(suite, "testcase", classname=set_name, name=result.gate.name)
        if not result.holds:
            ElementTree.SubElement(case, "failure", message=result.reason)
        ElementTree.SubElement(case, "system-out").text = result.reason
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        ElementTree.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise UserError(f"cannot write {str(file)!r}: {error.strerror}") from error


def _apply(gate: Gate, change: Change) -> GateResult:
    step = f"from {number(change.before)} to {number(change.after)}"
    facts = f"{gate.name} {step} ({signed(change.difference)}, p {change.p_holm:.2g})"
    # A difference of exactly the tolerance is material; subtraction leaves it a hair short.
    is_material = -change.gain >= gate.tolerance - 1e-9
    if change.verdict == "worse" and is_material:
        return GateResult(gate, False, f"{facts}: significantly worse by {gate.tolerance:g} or more")
    return GateResult(gate, True, f"{facts}: not significantly worse by {gate.tolerance:g} or more")
