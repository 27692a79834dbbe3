"""What PyTorch's conv2d makes of random numbers, with channels, strides and every padding.

pip install numpy==2.2.6 torch==2.11.0
python tests/golden/convolution_torch.py   (writes convolution_torch.json beside itself)
"""

import json
import pathlib

import torch
import torch.nn.functional as F

SEED = 20190
MODES = {"zero": "constant", "replicate": "replicate", "reflect": "reflect"}

torch.manual_seed(SEED)


def rounded(tensor):
    return [float(f"{v:.7g}") for v in tensor.flatten().tolist()]


def sixty_fourths(*shape):
    """Normal numbers that are short in decimal and exact in float32."""
    return torch.round(torch.randn(*shape) * 64) / 64


groups = []
for channels, height, width, size in [(1, 7, 9, 3), (3, 9, 8, 5), (2, 8, 11, 7), (2, 5, 5, 1)]:
    image = sixty_fourths(1, channels, height, width)
    kernel = sixty_fourths(1, channels, size, size)
    cases = []
    for padding in ["none", *MODES]:
        pad = 0 if padding == "none" else (size - 1) // 2
        padded = F.pad(image, [pad] * 4, mode=MODES[padding]) if pad else image
        for stride in (1, 2, 3):
            output = F.conv2d(padded, kernel, stride=stride)
            shape = list(output.shape[2:])
            cases.append({"padding": padding, "stride": stride, "shape": shape, "output": rounded(output)})
    groups.append(
        {
            "image_shape": list(image.shape[1:]),
            "image": image.flatten().tolist(),
            "kernel_size": size,
            "kernel": kernel.flatten().tolist(),
            "cases": cases,
        }
    )

logits = sixty_fourths(5, 8) * 10
golden = {
    "made_by": "tests/golden/convolution_torch.py",
    "versions": {"torch": torch.__version__.split("+")[0]},
    "seed": SEED,
    "conv2d": groups,
    "softmax": [
        {"logits": row.tolist(), "probabilities": rounded(F.softmax(row, dim=0))} for row in logits
    ],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
