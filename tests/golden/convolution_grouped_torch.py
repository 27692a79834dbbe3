"""What PyTorch's conv2d makes of random numbers when its channels are cut into groups.

pip install numpy==2.2.6 torch==2.11.0
python tests/golden/convolution_grouped_torch.py   (writes convolution_grouped_torch.json beside itself)
"""

import json
import pathlib

import torch
import torch.nn.functional as F

SEED = 20192

torch.manual_seed(SEED)


def rounded(tensor):
    return [float(f"{v:.7g}") for v in tensor.flatten().tolist()]


def sixty_fourths(*shape):
    """Normal numbers that are short in decimal and exact in float32."""
    return torch.round(torch.randn(*shape) * 64) / 64


cases = []
# Depthwise; several kernels a channel; several channels a group; one group.
for channels, kernels, groups, size, stride in [(4, 4, 4, 3, 1), (4, 4, 4, 5, 2), (3, 6, 3, 3, 1), (4, 6, 2, 3, 2), (6, 4, 2, 1, 1), (3, 2, 1, 3, 1)]:
    image = sixty_fourths(1, channels, 7, 6)
    weights = sixty_fourths(kernels, channels // groups, size, size)
    output = F.conv2d(image, weights, stride=stride, padding=size // 2, groups=groups)
    cases.append(
        {
            "image_shape": list(image.shape[1:]),
            "image": image.flatten().tolist(),
            "kernel_shape": list(weights.shape[1:]),
            "kernels": weights.flatten(1).tolist(),
            "groups": groups,
            "stride": stride,
            "shape": list(output.shape[1:]),
            "output": rounded(output),
        }
    )

golden = {
    "made_by": "tests/golden/convolution_grouped_torch.py",
    "versions": {"torch": torch.__version__.split("+")[0]},
    "seed": SEED,
    "cases": cases,
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
