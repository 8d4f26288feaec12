"""Makes model-best.pth, a small file of the shape that the paper's public code saves.

python3 make_model_best.py, with any PyTorch since 1.6.
"""

import argparse

import torch

weights = {
    "module.base_model.0.weight": torch.arange(12, dtype=torch.float32).view(3, 4).t(),
    "module.base_model.1.num_batches_tracked": torch.tensor(7),
    "module.classifiers.0.bias": torch.arange(10, dtype=torch.float64)[2:5],
    "module.classifiers.0.weight": torch.nn.Parameter(torch.tensor([0.5, -1.0])),
}
optimizer = {"state": {0: {"momentum_buffer": torch.ones(2)}}, "param_groups": [{"lr": 0.1}]}
torch.save(
    {
        "model": weights,
        "optim": optimizer,
        "best": 70.0,
        "args": argparse.Namespace(mode="sla", aug="rotation"),
        "epoch": 3,
    },
    "model-best.pth",
)
