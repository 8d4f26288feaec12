"""pytorch_steps.py ROW STYLE PRECISION DEVICE SECONDS: training steps in PyTorch, measured for tools/benchmark.

STYLE is plain (eager, NCHW, as the usual script has it), tuned (channels_last, fused optimizer), compiled (tuned,
with torch.compile), or graphed (tuned, the whole step recorded as a CUDA graph). Prints one line of JSON, as
`sla_benchmark --measure step` does.
"""

import contextlib
import json
import sys
import time

import torch

from pytorch_rows import CLASSES, ROWS, flops_of_step


UNTIMED = 10  # steps on a GPU, after the first; as in steps.cpp


def peak_mib(device):
    if device == "cuda":
        return torch.cuda.max_memory_reserved() / 2**20
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0


def recorded(step):
    """A step as a CUDA graph, as PyTorch's documentation records one: after three steps in another stream."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = step()

    def replay():
        graph.replay()
        return loss

    return replay


def main():
    name, style, precision, device, seconds = sys.argv[1:]
    row = ROWS[name]
    # float32 means float32: by default, convolutions on a GPU round to TF32.
    torch.backends.cudnn.allow_tf32 = False
    network = row.network().to(device)
    images = torch.rand(row.images, 3, row.size, row.size, device=device)
    labels = torch.randint(0, CLASSES, (row.images,), device=device)
    # Counted on meta tensors: nothing is computed.
    flops = flops_of_step(row.network().to("meta"), images.to("meta"), labels.to("meta"))
    if style != "plain":
        network = network.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4, fused=style != "plain" or None
    )
    loss_of = torch.compile(network) if style == "compiled" else network

    def step():
        autocast = contextlib.nullcontext()
        if precision == "bf16":
            autocast = torch.autocast(device, torch.bfloat16)
        with autocast:
            loss = loss_of(images, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    start = time.perf_counter()
    step().item()
    first_step = time.perf_counter() - start
    if style == "graphed":
        step = recorded(step)
    for _ in range(UNTIMED if device == "cuda" else 0):
        step().item()
    start = time.perf_counter()
    steps = 0
    while steps == 0 or time.perf_counter() - start < float(seconds):
        step().item()
        steps += 1
    print(
        json.dumps(
            {
                "images": row.images,
                "parameters": sum(parameter.numel() for parameter in network.parameters()),
                "flops": flops,
                "first_step": first_step,
                "step": (time.perf_counter() - start) / steps,
                "peak_mib": peak_mib(device),
                "torch": torch.__version__,
            }
        )
    )


main()
