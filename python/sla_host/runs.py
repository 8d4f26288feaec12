"""What a run has written."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sla_host import program

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Logits:
    """The predictions for a split of T images and N classes, in the order of the split."""

    #: For each prediction, float [T, N].
    logits: dict[str, np.ndarray]
    #: The true classes, int64 [T].
    labels: np.ndarray
    class_names: list[str]
    #: The images' names; empty if the dataset has none.
    names: list[str]


@dataclass(frozen=True)
class Run:
    """A run directory. Files are read when they are asked for."""

    path: Path

    @property
    def experiment(self) -> dict[str, Any]:
        """The resolved experiment, every value of it."""
        return tomllib.loads((self.path / "experiment.toml").read_text())

    @property
    def results(self) -> dict[str, Any]:
        """results.json: the test metrics, by name, under "metrics". Raises FileNotFoundError if the run is
        not finished."""
        return json.loads((self.path / "results.json").read_text())

    @property
    def provenance(self) -> dict[str, Any]:
        """What the run was made with."""
        return json.loads((self.path / "provenance.json").read_text())

    def metrics(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """The metrics logged while training: by name, the iterations, int64 [K], each once, and values, float64
        [K]. Seconds that several lines of an iteration spent on one thing are added."""
        points: dict[str, dict[int, float]] = {}
        text = (self.path / "metrics.jsonl").read_text()
        # A run that is being written, or was killed, may end in half a line.
        for line in text[: text.rfind("\n") + 1].splitlines():
            row = json.loads(line)
            iteration = row.get("iteration", 0)
            for name, value in row.items():
                if name != "iteration" and isinstance(value, (int, float)):
                    some = points.setdefault(name, {})
                    before = some.get(iteration, 0.0) if ".seconds." in name else 0.0
                    some[iteration] = before + value
        return {
            name: (np.array(list(some)), np.array(list(some.values()), dtype=float))
            for name, some in points.items()
        }

    def frame(self) -> Any:
        """metrics() as a pandas.DataFrame with a row for each iteration and a column for each metric, NaN where
        one was not logged. Needs pandas."""
        import pandas

        series = {name: pandas.Series(v, index=i) for name, (i, v) in self.metrics().items()}
        return pandas.DataFrame(series).rename_axis("iteration")

    def logits(self, split: str = "test") -> Logits:
        """Predicts a split with the best checkpoint. The dataset must be there; takes as long as
        `sla_host eval`. Raises RuntimeError with the program's words if it fails."""
        from safetensors import safe_open

        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "logits.safetensors")
            program.run("eval", self.path, "--split", split, "--logits", file)
            with safe_open(file, "np") as content:
                keys = content.keys()
                prefix = "logits."
                logits = {
                    key[len(prefix) :]: content.get_tensor(key)
                    for key in keys
                    if key.startswith(prefix)
                }
                names = content.get_tensor("names") if "names" in keys else []
                return Logits(
                    logits,
                    content.get_tensor("labels"),
                    json.loads(content.metadata()["class_names"]),
                    [os.fsdecode(bytes(row).rstrip(b"\0")) for row in names],
                )


def load_run(path: str | os.PathLike[str]) -> Run:
    """The run in a directory, finished or not. Raises FileNotFoundError if there is none."""
    if not (Path(path) / "experiment.toml").is_file():
        raise FileNotFoundError(f"{path} is no run directory: it has no experiment.toml")
    return Run(Path(path))
