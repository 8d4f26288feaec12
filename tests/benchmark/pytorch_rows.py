"""The rows of tools/benchmark in PyTorch: networks with heads and losses, the same as in steps.cpp."""

from dataclasses import dataclass
from typing import Callable

import torch
import torch.nn as nn
import torch.nn.functional as F

import pytorch_networks as networks

CLASSES = 100


class Classifier(nn.Module):
    """Cross-entropy of a linear head, for each image or, with SLA, each of its four rotations."""

    def __init__(self, features, size, transformations=1):
        super().__init__()
        self.features = features
        self.head = nn.Linear(size, CLASSES * transformations)
        self.transformations = transformations

    def forward(self, images, labels):
        views = rotations(images, self.transformations)
        joint = torch.stack(
            [labels * self.transformations + j for j in range(self.transformations)], 1
        ).flatten()
        return F.cross_entropy(self.head(self.features(views)), joint)


class Prototypical(nn.Module):
    """One episode with SLA: each class in each rotation is a class, with its mean as prototype."""

    WAY, SHOT, QUERY, ROTATIONS = 5, 1, 6, 4

    def __init__(self, features):
        super().__init__()
        self.features = features
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, images, labels):
        rows = self.features(rotations(images, self.ROTATIONS)).float()
        rows = rows.view(self.WAY, self.SHOT + self.QUERY, self.ROTATIONS, -1)
        prototypes = rows[:, : self.SHOT].mean(1).flatten(0, 1)
        queries = rows[:, self.SHOT :].flatten(0, 2)
        logits = -torch.cdist(queries, prototypes).square() / rows.size(-1) * self.scale
        own = torch.arange(self.WAY, device=images.device).repeat_interleave(self.QUERY)
        joint = torch.stack([own * self.ROTATIONS + j for j in range(self.ROTATIONS)], 1).flatten()
        return F.cross_entropy(logits, joint)


def rotations(images, count):
    if count == 1:
        return images
    turned = [torch.rot90(images, k, (2, 3)) for k in range(count)]
    return torch.stack(turned, 1).flatten(0, 1)


@dataclass
class Row:
    images: int
    size: int
    network: Callable


ROWS = {
    "resnet32": Row(128, 32, lambda: Classifier(networks.cifar_resnet32(), 64, transformations=4)),
    "resnet18_cifar": Row(32, 32, lambda: Classifier(networks.resnet18(small_images=True), 512)),
    "wrn28_10": Row(8, 32, lambda: Classifier(networks.wide_resnet28_10(), 640)),
    "resnet18_224": Row(32, 224, lambda: Classifier(networks.resnet18(small_images=False), 512)),
    "few_shot": Row(35, 32, lambda: Prototypical(networks.resnet12())),
}


def flops_of_step(network, images, labels):
    """Floating-point operations of a training step: those of the convolutions and linear layers alone.

    Forward, a convolution takes 2 * (kernel area) * (input channels) * (output numbers), a linear layer
    2 * inputs * outputs. Backward takes as many for the gradient of the weights and as many for that of the
    inputs, which the first layer does not need: 3 * (all layers) - (first layer).
    """
    counted = []

    def count(layer, _, output):
        weights_per_output = layer.weight[0].numel()
        counted.append(2 * weights_per_output * output.numel())

    hooks = [
        layer.register_forward_hook(count)
        for layer in network.modules()
        if isinstance(layer, (nn.Conv2d, nn.Linear))
    ]
    with torch.no_grad():
        network(images, labels)
    for hook in hooks:
        hook.remove()
    return 3 * sum(counted) - counted[0]
