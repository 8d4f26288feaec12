"""Writes ResNets with random weights as torchvision's users save them, for torchvision_weights_test.cpp:
NAME.pth (a state dict), NAME.pt (TorchScript), NAME.safetensors, and what they compute in float64.

    python torchvision_weights.py FOLDER
"""

import pathlib
import sys

import torch
import torchvision
from safetensors.torch import save_file

folder = pathlib.Path(sys.argv[1])
torch.manual_seed(0)
images = torch.rand(2, 3, 64, 64, dtype=torch.float64)
expected = {"images": images}
with torch.no_grad():
    for name in ["resnet18", "resnet50"]:
        model = torchvision.models.get_model(name)
        for _ in range(3):
            model.train()(torch.rand(8, 3, 64, 64))  # running statistics that keep activations near one
        model.eval()
        torch.save(model.state_dict(), folder / f"{name}.pth")
        torch.jit.script(model).save(folder / f"{name}.pt")
        save_file(model.state_dict(), folder / f"{name}.safetensors")
        model.double()
        expected |= {f"{name}.{key}": value.clone() for key, value in model.fc.state_dict().items()}
        expected[f"{name}.logits"] = model(images)
save_file(expected, folder / "expected.safetensors")
