"""Writes resnets/NAME.safetensors, what torchvision's ResNets compute, for resnet_test.cpp.

    python make_resnets.py

Weights and images come from a formula on both sides, so the files hold results only: pooled features
[2, D] and ten logits [2, 10] of two 64x64 images in evaluation mode and float64, the features of the
stages of the smallest network, and the names and shapes of the state. Made with torch 2.14.1 and
torchvision 0.29.1 on a CPU.
"""

import math
import pathlib

import torch
import torchvision
from safetensors.torch import save_file

NAMES = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2", "resnext50_32x4d"]
PRIME = 65537


def fill(shape, number):
    """Pseudo-random float64 in [0, 1) from exact integer arithmetic."""
    i = torch.arange(math.prod(shape), dtype=torch.int64)
    h = (7919 * i + 104729 * number) % PRIME
    return (h * h % PRIME).double().div(PRIME).view(shape)


def weight(name, shape, number):
    """Values that keep activations near one."""
    u = fill(shape, number)
    if name.endswith("running_var"):
        return u + 0.5
    if len(shape) > 1:
        return (u - 0.5) * math.sqrt(24 / math.prod(shape[1:]))
    if name.endswith("weight"):
        return u * 0.4 + 0.3
    return u - 0.5


def main():
    torch.set_grad_enabled(False)
    folder = pathlib.Path(__file__).parent / "resnets"
    folder.mkdir(exist_ok=True)
    images = fill((2, 3, 64, 64), 0) * 2 - 1
    for name in NAMES:
        model = torchvision.models.get_model(name, num_classes=10).double().eval()
        state = model.state_dict()
        # The head comes last: sla_host names it differently.
        own = sorted(key for key in state if not key.startswith("fc."))
        for number, key in enumerate(own + ["fc.bias", "fc.weight"], start=1):
            if not key.endswith("num_batches_tracked"):
                state[key].copy_(weight(key, state[key].shape, number))
        lines = "".join(f"{key} {list(state[key].shape)}\n" for key in own)
        kept = {"state": torch.tensor(list(lines.encode()), dtype=torch.uint8)}
        x = model.maxpool(model.relu(model.bn1(model.conv1(images))))
        for stage in range(1, 5):
            x = getattr(model, f"layer{stage}")(x)
            if name == "resnet18":
                kept[f"stage{stage}"] = x.mean((2, 3))
        kept["features"] = x.mean((2, 3))
        kept["logits"] = model(images)
        save_file(kept, folder / f"{name}.safetensors")
        print(name, kept["features"].std().item(), kept["features"].abs().max().item(), kept["logits"].abs().max().item())


main()
