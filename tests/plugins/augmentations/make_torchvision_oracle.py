"""Writes torchvision_oracle.safetensors: what torchvision makes of two small images.

    python make_torchvision_oracle.py        # torchvision 0.29.1, torch 2.14.1, safetensors 0.8.0

The images are formula(height, width), as in operations_test.cpp. A tensor is named
OPERATION(ARGUMENTS) IMAGE, or holds a policy's table.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torchvision.transforms import AutoAugmentPolicy, InterpolationMode, v2
from torchvision.transforms.v2 import functional as F


def formula(height, width):
    c, y, x = torch.meshgrid(torch.arange(3), torch.arange(height), torch.arange(width), indexing="ij")
    value = ((5 * x + 3 * y + 11 * c) * (x + 2 * y + 7) + x * y * c) % 211
    return (value * value // 211 + 20 * c).to(torch.uint8)


IMAGES = {"square": formula(32, 32), "wide": formula(20, 28)}

# The operations as torchvision's AutoAugment applies them, by our names and in our order.
NAMES = {
    "identity": "Identity",
    "shear_x": "ShearX",
    "shear_y": "ShearY",
    "translate_x": "TranslateX",
    "translate_y": "TranslateY",
    "rotate": "Rotate",
    "brightness": "Brightness",
    "color": "Color",
    "contrast": "Contrast",
    "sharpness": "Sharpness",
    "posterize": "Posterize",
    "solarize": "Solarize",
    "autocontrast": "AutoContrast",
    "equalize": "Equalize",
    "invert": "Invert",
}
ORDER = [*NAMES.values()]

# Magnitudes that put no source exactly between two pixels, where rounding decides.
MAGNITUDES = {
    "shear_x": [0.23, -0.61],
    "shear_y": [0.23, -0.61],
    "translate_x": [7, -3],
    "translate_y": [7, -3],
    "rotate": [17, -101],
    "brightness": [-0.4, 0.7],
    "color": [-0.4, 0.7],
    "contrast": [-0.4, 0.7],
    "sharpness": [-0.4, 0.7],
    "posterize": [4, 2],
    "solarize": [0.3, 0.7],
    "autocontrast": [0],
    "equalize": [0],
    "invert": [0],
}
CROPS = {  # top, left, height, width
    "square": [(3, 5, 20, 13), (0, 4, 31, 9)],
    "wide": [(2, 1, 17, 24), (11, 20, 4, 5)],
}

oracle = {}
augment = v2.AutoAugment(fill=102)  # 0.4 of 255
for image_name, image in IMAGES.items():
    for name, magnitudes in MAGNITUDES.items():
        for magnitude in magnitudes:
            oracle[f"{name}({magnitude}) {image_name}"] = augment._apply_image_or_video_transform(
                image, NAMES[name], magnitude, InterpolationMode.NEAREST, augment._fill
            )
    for turn in (-0.5, -0.13, 0.31):
        oracle[f"hue({turn}) {image_name}"] = F.adjust_hue(image, turn)
    oracle[f"grayscale(0) {image_name}"] = F.rgb_to_grayscale(image, 3)
    for kernel, sigma in ((3, 0.4), (5, 1.7), (9, 2.0)):
        oracle[f"blur({kernel},{sigma}) {image_name}"] = F.gaussian_blur(image, [kernel] * 2, [sigma] * 2)
    for box in CROPS[image_name]:
        for mode in ("bilinear", "bicubic"):
            text = ",".join(map(str, box))
            oracle[f"{mode}({text}) {image_name}"] = F.resized_crop(
                image, *box, list(image.shape[1:]), InterpolationMode(mode), antialias=True
            )

# Policies: [25, 2, 3] the operation's number, tenths of its probability, its level.
for policy in AutoAugmentPolicy:
    steps = [
        [[ORDER.index(name), round(10 * p), level or 0] for name, p, level in pair]
        for pair in v2.AutoAugment(policy)._policies
    ]
    oracle[f"policy {policy.value}"] = torch.tensor(steps)


# Magnitudes: [15, levels] of each operation at each level, for images of 20 x 28; -1 where the
# space lacks the operation.
def magnitudes(space, levels):
    table = torch.full((len(ORDER), levels), -1.0, dtype=torch.float64)
    for name, (values, _) in space.items():
        row = values(levels, 20, 28)
        table[ORDER.index(name)] = 0 if row is None else row.double()
    return table


oracle["magnitudes auto_augment"] = magnitudes(v2.AutoAugment._AUGMENTATION_SPACE, 10)
oracle["magnitudes rand_augment"] = magnitudes(v2.RandAugment._AUGMENTATION_SPACE, 31)
oracle["magnitudes trivial_augment"] = magnitudes(v2.TrivialAugmentWide._AUGMENTATION_SPACE, 31)

save_file(
    {name: tensor.clone(memory_format=torch.contiguous_format) for name, tensor in oracle.items()},
    Path(__file__).with_name("torchvision_oracle.safetensors"),
)
