"""Trained networks as modules of PyTorch."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import torch

from sla_host import program


class Model(torch.nn.Module):
    """A trained network with its normalisation and transformations; see load_model()."""

    def __init__(self, run: Path) -> None:
        super().__init__()
        self._run = run
        #: By prediction, the module that `sla_host export` made.
        self.predictions = torch.nn.ModuleDict()
        self.class_names: list[str] = []
        self._default = self._export(None)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """The logits [B, N] of the objective's first prediction.

        images: [B, C, H, W] of the run's size, uint8 in 0..255 or floating point in 0..1, on the module's
        device.
        """
        return self.predictions[self._default](images)

    @torch.no_grad()
    def predict(self, images: torch.Tensor, prediction: str | None = None) -> torch.Tensor:
        """The probabilities [B, N] of a prediction, such as "single" or "aggregated"; by default the
        objective's first one. `images` as for forward().

        Raises RuntimeError, listing those that the objective makes, for an unknown prediction.
        """
        if prediction is None:
            prediction = self._default
        elif prediction not in self.predictions:
            self.predictions[self._export(prediction)].to(images.device)
        return self.predictions[prediction](images).softmax(1)

    def _export(self, prediction: str | None) -> str:
        chosen = [] if prediction is None else ["--prediction", prediction]
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "model.pt")
            program.run("export", self._run, "-o", file, "--device", "cpu", *chosen)
            extra = {"class_names.json": "", "prediction.txt": ""}
            module = torch.jit.load(file, _extra_files=extra)
        self.class_names = json.loads(extra["class_names.json"])
        name = extra["prediction.txt"].decode()
        self.predictions[name] = module
        return name


def load_model(path: str | os.PathLike[str]) -> Model:
    """The network of a run directory, a checkpoint or a file of weights that sla_host wrote, in evaluation mode,
    on the CPU. The program exports it, so the run's plugins must be there.

    Raises RuntimeError with the program's own words if it cannot.
    """
    return Model(Path(path)).eval()
