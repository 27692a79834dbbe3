"""Losses of a batch, and the learning rates of a plateau, as PyTorch computes them.

pip install torch==2.11.0
python tests/golden/recipe_torch.py   (writes recipe_torch.json beside itself)
"""

import json
import pathlib

import torch
from torch.nn import functional

SEED = 20190
COUNTS = [40, 10, 5, 160]

torch.manual_seed(SEED)
logits = 3 * torch.randn(6, len(COUNTS))
classes = torch.tensor([0, 3, 3, 2, 1, 3])
ratios = max(COUNTS) / torch.tensor(COUNTS, dtype=torch.float32)
weights = {"none": None, "inverse": ratios, "square-root": ratios.sqrt(), "capped": ratios.clamp(max=6)}


def loss(rule, smoothing, gamma):
    weight = weights[rule]
    if gamma is None:
        return functional.cross_entropy(logits, classes, weight=weight, label_smoothing=smoothing)
    each = functional.cross_entropy(logits, classes, weight=weight, label_smoothing=smoothing, reduction="none")
    given = logits.softmax(-1).gather(1, classes[:, None])[:, 0]
    total = len(classes) if weight is None else weight[classes].sum()
    return ((1 - given) ** gamma * each).sum() / total


def toml(rule, smoothing, gamma):
    lines = [f'class_weights = "{rule}"', f"label_smoothing = {smoothing}"]
    lines += ["cap = 6"] if rule == "capped" else []
    lines += [] if gamma is None else ['kind = "focal"', f"gamma = {gamma}"]
    return "\n".join(lines)


cases = [(rule, smoothing, gamma) for rule in weights for smoothing in (0.0, 0.1) for gamma in (None, 2.0, 0.5)]

# One weight whose rate falls when the loss does not: patience 2, by half, not below 0.1.
plateau_losses = [1.0, 0.9, 0.895, 0.894, 0.893, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.79, 0.6, 0.61]
optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(
    optimiser, factor=0.5, patience=2, threshold=0.01, min_lr=0.1
)
rates = []
for value in plateau_losses:
    plateau.step(value)
    rates.append(optimiser.param_groups[0]["lr"])

golden = {
    "made_by": "tests/golden/recipe_torch.py",
    "versions": {"torch": torch.__version__.split("+")[0]},
    "seed": SEED,
    "loss": {
        "logits": [float(value) for value in logits.flatten()],
        "classes": classes.tolist(),
        "counts": COUNTS,
        "cases": [{"toml": toml(*case), "loss": round(float(loss(*case)), 7)} for case in cases],
    },
    "plateau": {"losses": plateau_losses, "learning_rates": rates},
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
