"""The networks of sla_host's plugins in PyTorch, written as its users write them."""

import torch
import torch.nn as nn
import torch.nn.functional as F


def convolution(inputs, outputs, kernel=3, stride=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)


class CifarBlock(nn.Module):
    """Two 3x3 convolutions; a shortcut that changes the shape takes every other pixel and adds zeros."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv_a, self.bn_a = convolution(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv_b, self.bn_b = convolution(outputs, outputs), nn.BatchNorm2d(outputs)
        self.stride = stride

    def forward(self, x):
        residual = x
        if self.stride != 1:
            halved = x[:, :, ::2, ::2]
            residual = torch.cat([halved, torch.zeros_like(halved)], dim=1)
        y = F.relu(self.bn_a(self.conv_a(x)), inplace=True)
        return F.relu(residual + self.bn_b(self.conv_b(y)), inplace=True)


def cifar_resnet32():
    layers = [convolution(3, 16), nn.BatchNorm2d(16), nn.ReLU(inplace=True)]
    for inputs, width in ((16, 16), (16, 32), (32, 64)):
        layers.append(CifarBlock(inputs, width, width // inputs))
        layers += [CifarBlock(width, width, 1) for _ in range(4)]
    return nn.Sequential(*layers, Average())


class ResNetBlock(nn.Module):
    """torchvision's BasicBlock."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1, self.bn1 = convolution(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = convolution(outputs, outputs), nn.BatchNorm2d(outputs)
        self.downsample = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return F.relu(self.bn2(self.conv2(y)) + self.downsample(x), inplace=True)


def resnet18(small_images):
    stem = convolution(3, 64, 3) if small_images else convolution(3, 64, 7, 2)
    layers = [stem, nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    if not small_images:
        layers.append(nn.MaxPool2d(3, 2, 1))
    inputs = 64
    for width in (64, 128, 256, 512):
        layers += [ResNetBlock(inputs, width, 1 if width == 64 else 2), ResNetBlock(width, width, 1)]
        inputs = width
    return nn.Sequential(*layers, Average())


class WideBlock(nn.Module):
    """Twice normalisation, ReLU and convolution."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), convolution(inputs, outputs, 3, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(outputs), convolution(outputs, outputs)
        self.shortcut = convolution(inputs, outputs, 1, stride) if inputs != outputs else None

    def forward(self, x):
        activated = F.relu(self.bn1(x), inplace=self.shortcut is not None)
        y = self.conv2(F.relu(self.bn2(self.conv1(activated)), inplace=True))
        return y + (x if self.shortcut is None else self.shortcut(activated))


def wide_resnet28_10():
    layers = [convolution(3, 16)]
    inputs = 16
    for width in (160, 320, 640):
        layers.append(WideBlock(inputs, width, 1 if width == 160 else 2))
        layers += [WideBlock(width, width, 1) for _ in range(3)]
        inputs = width
    return nn.Sequential(*layers, nn.BatchNorm2d(640), nn.ReLU(inplace=True), Average())


class FewShotBlock(nn.Module):
    """Three 3x3 convolutions, a 1x1 shortcut, LeakyReLU, 2x2 max-pooling."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.inner = nn.Sequential(
            convolution(inputs, outputs),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(0.1, inplace=True),
            convolution(outputs, outputs),
            nn.BatchNorm2d(outputs),
            nn.LeakyReLU(0.1, inplace=True),
            convolution(outputs, outputs),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential(convolution(inputs, outputs, 1), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return F.max_pool2d(F.leaky_relu(self.inner(x) + self.shortcut(x), 0.1, inplace=True), 2)


def resnet12():
    widths = (3, 64, 160, 320, 640)
    blocks = [FewShotBlock(inputs, outputs) for inputs, outputs in zip(widths, widths[1:])]
    return nn.Sequential(*blocks, nn.Flatten())


class Average(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))
