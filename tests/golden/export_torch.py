"""Loads an export's weights in PyTorch as users do, and holds torchvision's answers against its predictions.csv.

pip install numpy==2.2.6 pillow==13.0.0 safetensors==0.6.2 torch==2.11.0 torchvision==0.26.0
python tests/golden/export_torch.py exported-models/NAME data/synthetic   (an export made with --safetensors)

`load_state_dict(strict=True)` and `safetensors.torch.load_model(strict=True)` have to take the file, and leave the same
numbers; on the first 128 test images every probability has to be the one in predictions.csv, up to what storing the
weights of model.onnx and another JPEG decoder change. Writes nothing.
"""

import csv
import pathlib
import sys
import tomllib

import numpy as np
import torch
import torchvision
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, load_model

IMAGES = 128
# The card says what storing costs; JPEG decoders differ by a level of 255 here and there.
DECODER = 0.02

export, data = map(pathlib.Path, sys.argv[1:])
card = tomllib.loads((export / "model.toml").read_text())
size, mean, std = (card["input"][key] for key in ("size", "mean", "std"))
path = export / "model.safetensors"


def network():
    return getattr(torchvision.models, card["architecture"])(num_classes=len(card["labels"])).eval()


model, other = network(), network()
state = load_file(path)
assert list(model.load_state_dict(state, strict=True)) == [[], []]
assert set(state) == set(model.state_dict()) and all(state[k].dtype == v.dtype for k, v in model.state_dict().items())
assert not any(load_model(other, path, strict=True))
assert all(torch.equal(a, b) for a, b in zip(model.state_dict().values(), other.state_dict().values()))
with safe_open(path, "pt") as file:
    about = file.metadata()
assert about["labels"] == ",".join(card["labels"]) and about["licence"] == card["licence"], about

rows = list(csv.reader((export / "predictions.csv").open()))[1 : IMAGES + 1]
largest = 0.0
for name, *expected in rows:
    with Image.open(next(data.glob(f"*_Input/{name}.jpg"))) as image:
        pixels = np.asarray(image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR), np.float32)
    planes = ((pixels / 255 - np.float32(mean)) / np.float32(std)).transpose(2, 0, 1).copy()
    with torch.no_grad():
        found = model(torch.from_numpy(planes)[None]).softmax(1)[0].numpy()
    largest = max(largest, float(np.abs(found - np.array(expected[: len(found)], np.float32)).max()))
stored = next(row for row in card["stored"] if row["precision"] == card["precision"])["difference"]
assert largest < stored + DECODER, largest
print(f"{len(state)} entries loaded with strict=True, {about}")
print(f"largest difference of a probability on {len(rows)} images: {largest:.1e} ({stored:.1e} by storing)")
