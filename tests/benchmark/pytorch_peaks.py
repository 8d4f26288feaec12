"""The machine's speed at its best: one line of JSON for the CPU, and one for a CUDA device if there is one.

The best of several products of two large square matrices in float32 and bfloat16, in GFLOP/s (2 n^3 for a
product), and of several copies of 256 MiB in GB/s (bytes read and written).
"""

import json
import sys
import time

import torch

LONG_ENOUGH = 0.2  # seconds of one product
TIMES = 5


def seconds_of(work, device):
    start = time.perf_counter()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def product_gflops(dtype, device):
    """Grows the matrices until a product takes long enough: slow ones would take minutes at full size."""
    size = 256
    while True:
        a = torch.rand(size, size, device=device).to(dtype)
        work = lambda: a @ a
        work()
        seconds = seconds_of(work, device)
        if seconds > LONG_ENOUGH or size >= 8192:
            break
        size *= 2
    return 2e-9 * size**3 / min(seconds, *(seconds_of(work, device) for _ in range(TIMES)))


def copy_gb_per_second(device):
    source = torch.ones(64 * 2**20, device=device)
    target = torch.zeros_like(source)
    best = min(seconds_of(lambda: target.copy_(source), device) for _ in range(2 * TIMES))
    return 2e-9 * source.numel() * source.element_size() / best


def main():
    devices = {"cpu": "the CPU"}
    if torch.cuda.is_available():
        devices["cuda"] = torch.cuda.get_device_name()
    for kind, name in devices.items():
        speeds = {
            "kind": kind,
            "device": name,
            "torch": torch.__version__,
            "fp32_gflops": product_gflops(torch.float32, kind),
            "bf16_gflops": product_gflops(torch.bfloat16, kind),
            "copy_gb_per_second": copy_gb_per_second(kind),
        }
        print(json.dumps(speeds))


main()
