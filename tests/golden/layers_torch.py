"""What PyTorch's batch normalisation, activations and pooling make of random numbers.

pip install numpy==2.2.6 torch==2.11.0
python tests/golden/layers_torch.py   (writes layers_torch.json beside itself)
"""

import json
import pathlib

import torch
import torch.nn.functional as F

SEED = 20191

torch.manual_seed(SEED)


def rounded(tensor):
    return [float(f"{v:.8g}") for v in tensor.flatten().tolist()]


def sixty_fourths(*shape):
    """Normal numbers that are short in decimal and exact in float32."""
    return torch.round(torch.randn(*shape) * 64) / 64


def batch_norm():
    channels, epsilon = 4, 1e-5
    mean, weight, bias = sixty_fourths(channels), sixty_fourths(channels), sixty_fourths(channels)
    # The last map never varied.
    variance = sixty_fourths(channels).abs() * torch.tensor([1.0, 4.0, 0.25, 0.0])
    maps = sixty_fourths(1, channels, 3, 5) * 4
    output = F.batch_norm(maps, mean, variance, weight, bias, training=False, eps=epsilon)
    return {
        "epsilon": epsilon,
        "mean": mean.tolist(),
        "variance": variance.tolist(),
        "weight": weight.tolist(),
        "bias": bias.tolist(),
        "maps": maps.reshape(channels, -1).tolist(),
        "output": [rounded(one) for one in output[0]],
    }


def activations():
    numbers = torch.cat([sixty_fourths(60) * 3, torch.tensor([0.0, -0.0, 20.0, -20.0, 90.0, -90.0, 1e-3, -1e-3])])
    functions = {
        "relu": F.relu,
        "relu6": F.relu6,
        "leaky-relu": F.leaky_relu,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "gelu": F.gelu,
        "silu": F.silu,
    }
    return {
        "numbers": rounded(numbers),
        "outputs": {name: rounded(function(numbers)) for name, function in functions.items()},
    }


def pooling():
    cases = []
    for height, width in [(7, 9), (8, 6), (5, 5)]:
        # All below zero, so that a padding of zeros would win if it were let.
        image = -sixty_fourths(1, 1, height, width).abs() - 1 / 64
        for kernel, stride, padding in [(3, 2, 1), (2, 2, 0), (3, 1, 1), (2, 3, 1), (5, 2, 2), (1, 1, 0)]:
            window = {"kernel_size": kernel, "stride": stride, "padding": padding}
            largest, mean = F.max_pool2d(image, **window), F.avg_pool2d(image, **window)
            cases.append(
                {
                    "map_shape": [height, width],
                    "map": image.flatten().tolist(),
                    **window,
                    "shape": list(largest.shape[2:]),
                    "max": rounded(largest),
                    "average": rounded(mean),
                }
            )
    return cases


golden = {
    "made_by": "tests/golden/layers_torch.py",
    "versions": {"torch": torch.__version__.split("+")[0]},
    "seed": SEED,
    "batch_norm": batch_norm(),
    "activations": activations(),
    "pooling": pooling(),
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
