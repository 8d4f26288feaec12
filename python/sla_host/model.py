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
        self._run = run.absolute()
        self.class_names: list[str] = []
        #: The module that `sla_host export` made for the objective's first prediction.
        self.network, self._default = self._export(None)
        # Not submodules: they have no parameters of their own.
        self._others: dict[str, torch.jit.ScriptModule] = {}

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """The logits [B, N] of the objective's first prediction.

        images: [B, C, H, W] of the run's size, uint8 in 0..255 or floating point in 0..1, on the module's
        device.
        """
        return self.network(images)

    @torch.no_grad()
    def predict(self, images: torch.Tensor, prediction: str | None = None) -> torch.Tensor:
        """The probabilities [B, N] of a prediction, such as "single" or "aggregated"; by default the
        objective's first one. `images` as for forward().

        Raises RuntimeError, listing those that the objective makes, for an unknown prediction.
        """
        return self._network_of(prediction)(images).softmax(1)

    def _network_of(self, prediction: str | None) -> torch.nn.Module:
        """The module of a prediction, with the parameters and buffers that this one has now."""
        if prediction is None or prediction == self._default:
            return self.network
        if prediction not in self._others:
            self._others[prediction], _ = self._export(prediction)
        other = self._others[prediction]
        other.to(next(self.network.parameters()).device)
        for tensors, mine in (
            (other.named_parameters(), dict(self.network.named_parameters())),
            (other.named_buffers(), dict(self.network.named_buffers())),
        ):
            for name, tensor in tensors:
                if name in mine:
                    tensor.data = mine[name].data
        return other

    def _export(self, prediction: str | None) -> tuple[torch.jit.ScriptModule, str]:
        chosen = [] if prediction is None else ["--prediction", prediction]
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "model.pt")
            program.run("export", self._run, "-o", file, "--device", "cpu", *chosen)
            extra = {"class_names.json": "", "prediction.txt": ""}
            module = torch.jit.load(file, _extra_files=extra)
        self.class_names = json.loads(extra["class_names.json"])
        return module, extra["prediction.txt"].decode()


def load_model(path: str | os.PathLike[str]) -> Model:
    """The network of a run directory, a checkpoint or a file of weights that sla_host wrote, in evaluation mode,
    on the CPU. The program exports it, so the run's plugins must be there.

    Raises RuntimeError with the program's own words if it cannot.
    """
    return Model(Path(path)).eval()
