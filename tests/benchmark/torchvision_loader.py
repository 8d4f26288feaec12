"""The yardstick of `sla_benchmark --photos`: photographs as torchvision's users load them.

Pillow decodes, torchvision's v2 transforms crop, scale to 224 pixels and flip, a DataLoader with one worker
makes batches of 64 byte tensors of the images below a folder. Prints images per second and the peak memory
of the larger process in MiB.

    python torchvision_loader.py FOLDER BATCHES
"""

import pathlib
import resource
import sys
import time

import torch
from PIL import Image
from torchvision.transforms import v2

BATCH = 64
WARM_UP = 8  # all that may be loaded ahead


class Photographs(torch.utils.data.Dataset):
    def __init__(self, folder):
        suffixes = {".jpg", ".jpeg", ".png"}
        self.files = sorted(f for f in pathlib.Path(folder).rglob("*") if f.suffix.lower() in suffixes)
        self.view = v2.Compose([v2.RandomResizedCrop(224, antialias=True), v2.RandomHorizontalFlip(), v2.PILToTensor()])

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        with open(self.files[index], "rb") as file:
            return self.view(Image.open(file).convert("RGB")), 0


def main():
    folder, batches = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(1)
    dataset = Photographs(folder)
    count = (WARM_UP + batches) * BATCH
    sampler = torch.utils.data.RandomSampler(dataset, replacement=True, num_samples=count)
    loader = torch.utils.data.DataLoader(dataset, BATCH, sampler=sampler, num_workers=1)
    images = 0
    for number, (batch, _) in enumerate(loader, 1):
        images += len(batch)
        if number == WARM_UP:
            start, images = time.perf_counter(), 0
    seconds = time.perf_counter() - start
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(images / seconds, peak / 1024)


main()
