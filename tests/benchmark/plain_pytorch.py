"""The yardstick of sla_benchmark: a training step as a plain PyTorch script has it.

ResNet-32 on 128 CIFAR images in their four rotations (SLA), eager, NCHW, float32, PyTorch's default
memory allocation, all cores. Prints images per second (the 128, not the 512) and the peak memory in
MiB.
"""

import os
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

IMAGES = 128
CLASSES = 100
TRANSFORMATIONS = 4
WARM_UP = 3


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv_a = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn_a = nn.BatchNorm2d(outputs)
        self.conv_b = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn_b = nn.BatchNorm2d(outputs)
        self.stride = stride

    def forward(self, x):
        residual = x
        if self.stride != 1:
            halved = x[:, :, ::2, ::2]
            residual = torch.cat([halved, torch.zeros_like(halved)], dim=1)
        y = F.relu(self.bn_a(self.conv_a(x)), inplace=True)
        return F.relu(residual + self.bn_b(self.conv_b(y)), inplace=True)


class ResNet32(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)]
        for inputs, width in ((16, 16), (16, 32), (32, 64)):
            layers.append(Block(inputs, width, width // inputs))
            layers += [Block(width, width, 1) for _ in range(4)]
        self.features = nn.Sequential(*layers)
        self.head = nn.Linear(64, outputs)

    def forward(self, x):
        return self.head(self.features(x).mean(dim=(2, 3)))


def main():
    steps = int(sys.argv[1])
    torch.set_num_threads(os.cpu_count())
    model = ResNet32(CLASSES * TRANSFORMATIONS)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    images = torch.rand(IMAGES, 3, 32, 32)
    labels = torch.randint(0, CLASSES, (IMAGES,))

    for step in range(WARM_UP + steps):
        if step == WARM_UP:
            start = time.perf_counter()
        views = torch.stack([torch.rot90(images, k, (2, 3)) for k in range(4)], 1).view(-1, 3, 32, 32)
        joint = torch.stack([labels * 4 + k for k in range(4)], 1).view(-1)
        loss = F.cross_entropy(model(views), joint)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(steps * IMAGES / seconds, peak)


main()
