"""Parameter names and shapes of EfficientNet-Lite0, the shapes that its convolutions return, and what they cost.

pip install --no-deps torch==2.11.0 efficientnet_lite_pytorch==0.1.0
python tests/golden/architecture_efficientnet.py   (writes architecture_efficientnet.json beside itself)

Two sizes: 224 pixels, and an odd one, so that every rounding up of a stride and every padding shows.
"""

import json
import pathlib

import torch
from efficientnet_lite_pytorch import EfficientNet

CLASSES = 1000
DTYPES = {torch.float32: "", torch.int64: " int64"}


def line(name, shape):
    return " ".join([name, *map(str, shape)])


def of_size(side):
    model = EfficientNet.from_name("efficientnet-lite0", num_classes=CLASSES, image_size=side).eval()
    convolutions, products = [], 0

    def count(module, y, path):
        nonlocal products
        if isinstance(module, torch.nn.Conv2d):
            convolutions.append(line(path, y.shape[1:]))
        products += y.numel() * module.weight[0].numel()

    for path, module in model.named_modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            module.register_forward_hook(lambda module, _, y, path=path: count(module, y, path))
    with torch.no_grad():
        model(torch.zeros(1, 3, side, side))
    return model, {"convolutions": convolutions, "multiply_adds": products}


model, at_224 = of_size(224)
golden = {
    "made_by": "tests/golden/architecture_efficientnet.py",
    "versions": {"torch": torch.__version__.split("+")[0], "efficientnet_lite_pytorch": "0.1.0"},
    "classes": CLASSES,
    "trainable": sum(p.numel() for p in model.parameters()),
    "state_dict": [line(k, v.shape) + DTYPES[v.dtype] for k, v in model.state_dict().items()],
    "sizes": {"224": at_224, "97": of_size(97)[1]},
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=0) + "\n")
