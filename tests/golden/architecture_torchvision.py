"""Parameter names and shapes of torchvision's ResNets, and the shapes their convolutions return.

pip install torch==2.11.0 torchvision==0.26.0
python tests/golden/architecture_torchvision.py   (writes architecture_torchvision.json beside itself)
"""

import json
import pathlib

import torch
import torchvision

NAMES = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
CLASSES = 8
# Odd, so that every rounding down of a stride shows.
IMAGE_SIZE = 97
DTYPES = {torch.float32: "", torch.int64: " int64"}


def line(name, shape):
    return " ".join([name, *map(str, shape)])


networks = {}
for name in NAMES:
    # Shapes need no values: the meta device computes nothing.
    with torch.device("meta"):
        model = getattr(torchvision.models, name)(num_classes=CLASSES).eval()
    outputs = []
    for path, module in model.named_modules():
        if isinstance(module, torch.nn.Conv2d):
            module.register_forward_hook(lambda _, __, y, path=path: outputs.append(line(path, y.shape[1:])))
    model(torch.empty(1, 3, IMAGE_SIZE, IMAGE_SIZE, device="meta"))
    networks[name] = {
        "trainable": sum(p.numel() for p in model.parameters()),
        # A whole number of 64 bits says so; everything else has 32-bit floats.
        "state_dict": [line(k, v.shape) + DTYPES[v.dtype] for k, v in model.state_dict().items()],
        "convolutions": outputs,
    }

golden = {
    "made_by": "tests/golden/architecture_torchvision.py",
    "versions": {p.__name__: p.__version__.split("+")[0] for p in (torch, torchvision)},
    "classes": CLASSES,
    "image_size": IMAGE_SIZE,
    "networks": networks,
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=0) + "\n")
