"""Measures candidates for the same training step in alternating rounds, and prints what it found.

Standard library only; tools/benchmark is the program.
"""

import json
import os
import signal
import statistics
import subprocess
from dataclasses import dataclass, field
from typing import Callable, Optional


@dataclass
class Candidate:
    """A way of computing the step, in a program that prints one line of JSON."""

    name: str
    # The program's command line for a row and the seconds that it should measure.
    command: Callable
    environment: Optional[dict] = None
    precision: str = "fp32"
    device: str = "cpu"
    # Seconds that a measurement may take: bfloat16 without instructions for it takes minutes a step.
    limit: float = 60
    # A candidate with the same kernels: once it was too slow, this one is not tried.
    after: Optional[str] = None


@dataclass
class Cell:
    """The measurements of one candidate in one row, one per round; or why there are none."""

    rounds: list = field(default_factory=list)
    skipped: str = ""


class Mismatch(Exception):
    """Two candidates do not compute the same step."""


def measure(candidate, row, seconds):
    """One measurement in its own process, undisturbed by another's memory and caches."""
    process = subprocess.Popen(
        candidate.command(row, seconds),
        env=candidate.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that its compilers end with it
    )
    try:
        output, errors = process.communicate(timeout=candidate.limit)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    if process.returncode != 0:
        lines = errors.strip().splitlines() or [f"exit status {process.returncode}"]
        raise RuntimeError(lines[-1])
    return json.loads(output.splitlines()[-1])


def measure_row(row, candidates, rounds, seconds, too_slow, say):
    """All candidates' cells. The names of those without a result within their limit are added to `too_slow`."""
    cells = {candidate.name: Cell() for candidate in candidates}
    # Interleaved, so that a slow phase of the machine affects all alike.
    for number in range(rounds):
        for candidate in candidates:
            cell = cells[candidate.name]
            slow = too_slow.intersection((candidate.name, candidate.after))
            if slow and not cell.skipped:
                cell.skipped = f"not tried: {slow.pop()} was too slow"
            if cell.skipped:
                continue
            say(f"{row}, round {number + 1} of {rounds}: {candidate.name}")
            try:
                cell.rounds.append(measure(candidate, row, seconds))
            except subprocess.TimeoutExpired:
                cell.skipped = f"no result in {candidate.limit:.0f} s"
                if not cell.rounds:
                    too_slow.add(candidate.name)
            except RuntimeError as error:
                cell.skipped = f"failed: {error}"
    refuse_mismatch(row, cells)
    return cells


def refuse_mismatch(row, cells):
    measured = {name: cell.rounds[0] for name, cell in cells.items() if cell.rounds}
    for fact in ("images", "parameters"):
        found = {name: result[fact] for name, result in measured.items()}
        if len(set(found.values())) > 1:
            listed = ", ".join(f"{name} {value}" for name, value in found.items())
            raise Mismatch(f"{row}: the candidates differ in their number of {fact}: {listed}")


def spread(values, digits):
    """The median, and the lowest and highest if there are several."""
    text = f"{statistics.median(values):.{digits}f}"
    if len(values) > 1:
        text += f" ({min(values):.{digits}f}-{max(values):.{digits}f})"
    return text


def summary(cell, yardstick, flops, peak_gflops):
    """What the table says of a cell: images/s, percent of the peak, ratio in each round."""
    steps = [result["step"] for result in cell.rounds]
    ratios = [other["step"] / step for other, step in zip(yardstick.rounds, steps)]
    return {
        "images_per_second": [cell.rounds[0]["images"] / step for step in steps],
        "percent_of_peak": [100e-9 * flops / step / peak_gflops for step in steps],
        "ratio": ratios,
        "first_step": cell.rounds[0]["first_step"],
        "peak_mib": max(result["peak_mib"] for result in cell.rounds),
    }


def row_facts(cells):
    """What is the same for all candidates of a row; None if nothing was measured."""
    for cell in cells.values():
        if cell.rounds and "flops" in cell.rounds[0]:
            return {key: cell.rounds[0][key] for key in ("images", "parameters", "flops")}
    return None


def row_record(cells, candidates, peaks):
    """A row as --out stores it. A device's first candidate is the yardstick of the others."""
    facts = row_facts(cells)
    record = {**(facts or {}), "candidates": {}}
    for candidate in candidates:
        cell = cells[candidate.name]
        if not cell.rounds or facts is None:
            record["candidates"][candidate.name] = {"skipped": cell.skipped}
            continue
        yardstick = next(other for other in candidates if other.device == candidate.device)
        # Kernels for bfloat16 may compute in float32, and convert.
        speeds = peaks[candidate.device]
        peak = max(speeds["fp32_gflops"], speeds[f"{candidate.precision}_gflops"])
        record["candidates"][candidate.name] = {
            **summary(cell, cells[yardstick.name], facts["flops"], peak),
            "rounds": cell.rounds,
        }
    return record


def format_row(title, record):
    """A row as text."""
    lines = [title]
    if "flops" in record:
        lines[0] += (
            f": {record['images']} images, {record['parameters'] / 1e6:.2f} million parameters, "
            f"{record['flops'] / 1e9:.0f} GFLOP a step"
        )
    lines.append(
        f"  {'':32} {'images/s':>22} {'% of peak':>9} {'ratio':>18} {'MiB':>6} {'first step':>10}"
    )
    for name, cell in record["candidates"].items():
        if "skipped" in cell:
            lines.append(f"  {name:32} {cell['skipped']}")
            continue
        ratio = spread(cell["ratio"], 2) if cell["ratio"] else "-"
        memory = f"{cell['peak_mib']:.0f}" if cell["peak_mib"] else "-"
        lines.append(
            f"  {name:32} {spread(cell['images_per_second'], 1):>22} "
            f"{statistics.median(cell['percent_of_peak']):9.0f} {ratio:>18} "
            f"{memory:>6} {cell['first_step']:8.1f} s"
        )
    return "\n".join(lines)
