"""Makes image_files/: small images of every kind that image_folder decodes, and image_views.safetensors,
what Pillow and torchvision make of them. Or the same views of real photographs, which lie outside the
project: tests run that with the Python that $SLA_TORCHVISION names.

    python make_image_files.py
    python make_image_files.py FOLDER FILE.safetensors      # FOLDER: photos.tar, unpacked

Written with torchvision 0.29.1 and Pillow 13.0.0. The expected images are those of
    ImageOps.exif_transpose(Image.open(FILE)).convert("RGB")
followed by torchvision's resize and centre crop, bilinear ("FILE/central") or bicubic
("FILE/central_bicubic"), or by resized_crop ("FILE/crop") of the rectangle that RandomResizedCrop's
algorithm finds with the first random numbers of the project's RandomStream(1).child(0), all with
antialiasing, as [3, size, size] bytes.
"""
import math
import pathlib
import sys

import numpy as np
import torch
from PIL import Image, ImageOps
from safetensors.torch import save_file
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

FOLDER = pathlib.Path(__file__).parent
SIZE, RESIZE = 20, 24
PHOTO_SIZE, PHOTO_RESIZE = 48, 56
# Large and small ones, upright and turned by EXIF, colour and grey, JPEG and GIF.
PHOTOS = """
hymenoptera_data/train/ants/Nepenthes_rafflesiana_ant.jpg
hymenoptera_data/train/ants/army-ants-red-picture.jpg
hymenoptera_data/train/ants/imageNotFound.gif
hymenoptera_data/train/bees/457457145_5f86eb7e9c.jpg
hymenoptera_data/val/ants/800px-Meat_eater_ant_qeen_excavating_hole.jpg
hymenoptera_data/val/ants/desert_ant.jpg
hymenoptera_data/val/bees/6a00d8341c630a53ef00e553d0beb18834-800wi.jpg
imagenet_sample/n01440764_tench.JPEG
imagenet_sample/n02096051_Airedale.JPEG
imagenet_sample/n02676566_acoustic_guitar.JPEG
imagenet_sample/n02951585_can_opener.JPEG
imagenet_sample/n03337140_file.JPEG
imagenet_sample/n03692522_loupe.JPEG
imagenet_sample/n04540053_volleyball.JPEG
imagenet_sample/n07716906_spaghetti_squash.JPEG
""".split()
WIDTH, HEIGHT = 40, 30


def picture(width=WIDTH, height=HEIGHT):
    """Smooth colours with an edge, so that JPEG's losses are small and every turn shows."""
    y, x = np.mgrid[0:height, 0:width]
    red = 255 * x / (width - 1)
    green = 255 * y / (height - 1)
    blue = np.where(x + 2 * y < width, 200, 40)
    return Image.fromarray(np.stack([red, green, blue], -1).astype(np.uint8))


def write_files(folder):
    rgb = picture()
    grey = rgb.convert("L")
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        rgb.save(folder / f"turned{orientation}.jpg", quality=95, exif=exif)
    exif = Image.Exif()
    exif[0x0112] = 6
    rgb.save(folder / "turned.png", exif=exif)
    rgb.save(folder / "turned.webp", lossless=True, exif=exif)
    rgb.save(folder / "progressive.jpg", quality=90, progressive=True)
    rgb.save(folder / "full_colour.jpg", quality=90, subsampling=0)
    grey.save(folder / "grey.jpg", quality=95)
    rgb.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    rgb.save(folder / "rgb.png")
    grey.save(folder / "grey.png")
    rgb.quantize(16).save(folder / "palette.png")
    rgb.quantize(16).save(folder / "palette_transparent.png", transparency=3)
    rgb.convert("1").save(folder / "bilevel.png")
    alpha = Image.fromarray(np.tile(np.arange(WIDTH, dtype=np.uint8) * 6, (HEIGHT, 1)))
    rgba = rgb.copy()
    rgba.putalpha(alpha)
    rgba.save(folder / "alpha.png")
    grey_alpha = grey.copy()
    grey_alpha.putalpha(alpha)
    grey_alpha.save(folder / "grey_alpha.png")
    # Values on both sides of 255, where Pillow cuts 16-bit grey off.
    Image.fromarray((np.arange(HEIGHT * WIDTH, dtype=np.uint16) // 3).reshape(HEIGHT, WIDTH)).save(
        folder / "grey16.png")
    save_png16(folder / "rgb16.png", np.asarray(rgb).astype(np.uint16) * 257 - 100 * (np.asarray(rgb) > 5))
    rgba.save(folder / "alpha.webp", lossless=True, exact=True)
    rgb.save(folder / "lossy.webp", quality=90)
    rgb.save(folder / "picture.bmp")
    rgb.save(folder / "picture.ppm")
    grey.save(folder / "picture.pgm")
    rgb.quantize(32).save(folder / "picture.gif")
    picture(7, 61).save(folder / "tall.png")
    picture(90, 11).save(folder / "wide.png")
    picture(640, 480).save(folder / "large.jpg", quality=85)


def save_png16(file, pixels):
    """A 16-bit RGB PNG, which Pillow cannot write."""
    import struct
    import zlib
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


class RandomStream:
    """sdk/sla/random.h: SplitMix64."""
    GOLDEN, MASK = 0x9E3779B97F4A7C15, 2**64 - 1

    def __init__(self, key):
        self.key = self.state = self.mix(key & self.MASK)

    def mix(self, z):
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & self.MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & self.MASK
        return z ^ z >> 31

    def child(self, index):
        return RandomStream(self.key + self.GOLDEN * (index + 1))

    def next(self):
        self.state = self.state + self.GOLDEN & self.MASK
        return self.mix(self.state)

    def uniform(self, least, greatest):
        return least + (greatest - least) * (self.next() >> 11) * 2.0**-53

    def below(self, bound):
        return self.next() * bound >> 64


def crop_rectangle(width, height, random):
    """torchvision.transforms.RandomResizedCrop.get_params with the defaults: top, left, height, width."""
    for _ in range(10):
        area = width * height * random.uniform(0.08, 1)
        aspect = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= width and 0 < h <= height:
            top = random.below(height - h + 1)
            return top, random.below(width - w + 1), h, w
    w, h = width, height
    if width / height < 3 / 4:
        h = round(width / (3 / 4))
    elif width / height > 4 / 3:
        w = round(height * (4 / 3))
    return (height - h) // 2, (width - w) // 2, h, w


def views(folder, files, resize, size, modes):
    expected = {}
    for file in files:
        image = ImageOps.exif_transpose(Image.open(folder / file)).convert("RGB")
        for name, mode in modes.items():
            view = F.center_crop(F.resize(image, resize, mode, antialias=True), [size, size])
            expected[f"{file}/{name}"] = F.pil_to_tensor(view)
        rectangle = crop_rectangle(*image.size, RandomStream(1).child(0))
        view = F.resized_crop(image, *rectangle, [size, size], InterpolationMode.BILINEAR, antialias=True)
        expected[f"{file}/crop"] = F.pil_to_tensor(view)
    return {name: tensor.contiguous() for name, tensor in expected.items()}


def make_files():
    folder = FOLDER / "image_files"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    write_files(folder)
    modes = {"central": InterpolationMode.BILINEAR, "central_bicubic": InterpolationMode.BICUBIC}
    files = sorted(file.name for file in folder.iterdir())
    save_file(views(folder, files, RESIZE, SIZE, modes), FOLDER / "image_views.safetensors")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        make_files()
    else:
        photos, file = sys.argv[1:]
        modes = {"central": InterpolationMode.BILINEAR}
        save_file(views(pathlib.Path(photos), PHOTOS, PHOTO_RESIZE, PHOTO_SIZE, modes), file)
