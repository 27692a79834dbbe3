"""What torchvision's ResNets answer, when every parameter is filled by a formula that the Rust test computes too.

pip install torch==2.11.0 torchvision==0.26.0 numpy
python tests/golden/network_torchvision.py   (writes network_torchvision.json beside itself)
"""

import json
import pathlib

import numpy as np
import torch
import torchvision

import formula

NAMES = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
CLASSES = 8
IMAGES = 2
IMAGE_SIZE = 64


def layers(model):
    """Modules whose outputs are written, by the name that they have in the book."""
    named = {"conv1": model.conv1, "relu": model.relu, "maxpool": model.maxpool, "flatten": model.avgpool}
    for stage in range(1, 5):
        blocks = getattr(model, f"layer{stage}")
        last = "relu3" if hasattr(blocks[0], "conv3") else "relu2"
        named[f"layer{stage}.0.{last}"] = blocks[0]
        named[f"layer{stage}.{len(blocks) - 1}.{last}"] = blocks[-1]
    return named


torch.set_num_threads(1)
images = formula.images(IMAGES, IMAGE_SIZE)
networks = {}
for name in NAMES:
    model = getattr(torchvision.models, name)(num_classes=CLASSES).eval()
    formula.fill(model)
    last = [k for k in model.state_dict() if k.endswith("running_var")][-1].removesuffix("running_var")
    # On its way to the first layer of a deep network the gradient grows a thousandfold, and single precision is off by a
    # tenth there (against double precision: 0.03 for resnet50, 0.12 for resnet152), so that says nothing.
    learned = [last + "weight", "fc.weight"] + (["conv1.weight"] if name in ["resnet18", "resnet34"] else [])
    networks[name] = {
        **formula.answers(model, images, layers(model)),
        **formula.step(model, images, ["bn1.", last], learned),
    }

golden = {
    "made_by": "tests/golden/network_torchvision.py",
    "versions": {p.__name__: p.__version__.split("+")[0] for p in (torch, torchvision, np)},
    "classes": CLASSES,
    "images": IMAGES,
    "image_size": IMAGE_SIZE,
    "places": formula.PLACES,
    "networks": networks,
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=0) + "\n")
