"""Holds exported ONNX files against ONNX's checker, ONNX Runtime and a forward pass written in PyTorch.

pip install numpy==2.2.6 onnx==1.19.0 onnxruntime==1.30.0 torch==2.11.0
python tests/golden/onnx_small.py   (writes onnx_small.json and three .onnx files beside itself)

The files come from `cargo run -p onnx-export --example small_network`. Nothing is written unless everything agrees.
"""

import json
import pathlib
import shutil
import subprocess
import tempfile

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F

SEED = 2019
IMAGES = 2
SIZE = 9
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
# A float32 sum of some hundred products in another order, in units of the largest value where that is above 1.
TOLERANCE = 2e-6

here = pathlib.Path(__file__).parent
folder = pathlib.Path(tempfile.mkdtemp())
subprocess.run(["cargo", "run", "--quiet", "-p", "onnx-export", "--example", "small_network", folder], check=True)

pixels = np.random.default_rng(SEED).integers(0, 256, (IMAGES, SIZE, SIZE, 3), dtype=np.uint8)
images = ((pixels / np.float32(255) - np.float32(MEAN)) / np.float32(STD)).transpose(0, 3, 1, 2).copy()
assert images.dtype == np.float32


def forward(w, x):
    """The network as a PyTorch user would write it; returns the block's sum, the logits and the probabilities."""

    def norm(name, x):
        p = [w[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        return F.batch_norm(x, *p, training=False, eps=1e-5)

    x = F.relu(norm("bn1", F.conv2d(x, w["conv1.weight"], w["conv1.bias"], padding=2)))
    x = F.max_pool2d(x, 3, 2, 1)
    branch = norm("block.bn1", F.conv2d(x, w["block.conv1.weight"], stride=2, padding=1))
    total = branch + norm("block.downsample.1", F.conv2d(x, w["block.downsample.0.weight"], stride=2))
    logits = F.linear(F.relu(total).mean((2, 3)), w["fc.weight"], w["fc.bias"])
    return {"block.add": total, "logits": logits, "probabilities": F.softmax(logits, 1)}


def numbers(graph):
    """Every parameter in float32, as PyTorch would get it: a half keeps its value, whole numbers are times their scale."""
    arrays = {i.name: onnx.numpy_helper.to_array(i) for i in graph.initializer}
    scaled = {name: array.astype(np.float32) * arrays.get(f"{name}.scale", np.float32(1)) for name, array in arrays.items()}
    return {name: array for name, array in scaled.items() if not name.endswith(".scale")}


def check(name):
    """Largest difference between ONNX Runtime and PyTorch, and PyTorch's outputs."""
    model = onnx.load(folder / f"onnx_small_{name}.onnx")
    onnx.checker.check_model(model, full_check=True)
    weights = numbers(model.graph)
    with torch.no_grad():
        expected = forward({k: torch.tensor(v) for k, v in weights.items()}, torch.from_numpy(images))
    session = onnxruntime.InferenceSession(folder / f"onnx_small_{name}.onnx")
    found = dict(zip([o.name for o in session.get_outputs()], session.run(None, {"input": images})))
    scale = {key: max(1.0, float(expected[key].abs().max())) for key in found}
    difference = max(float(np.abs(found[key] - expected[key].numpy()).max()) / scale[key] for key in found)
    assert difference < TOLERANCE, f"{name}: {difference}"
    print(f"{name}: outputs {list(found)}, largest difference {difference:.2g}")
    return {key: [[float(f"{v:.8g}") for v in row.tolist()] for row in expected[key]] for key in found if key != "block.add"}


outputs = {name: check(name) for name in ("fp32", "fp16", "int8")}
# A file with one more output is the file and a tail: protobuf merges a second model into the first.
fp32 = (folder / "onnx_small_fp32.onnx").read_bytes()
inner = next(value for value in onnx.load_from_string(fp32).graph.value_info if value.name == "block.add")
tail = onnx.ModelProto(graph=onnx.GraphProto(output=[inner])).SerializeToString()
(folder / "onnx_small_layer.onnx").write_bytes(fp32 + tail)
assert check("layer") == outputs["fp32"]

golden = {
    "made_by": "tests/golden/onnx_small.py",
    "versions": {
        "onnx": onnx.__version__,
        "onnxruntime": onnxruntime.__version__,
        "torch": torch.__version__.split("+")[0],
    },
    "seed": SEED,
    "tolerance": TOLERANCE,
    "size": SIZE,
    "mean": MEAN,
    "std": STD,
    "images_rgb8": pixels.reshape(IMAGES, -1).tolist(),
    "outputs": outputs,
    "tail_for_block_add": tail.hex(),
}
(here / "onnx_small.json").write_text(json.dumps(golden) + "\n")
for name in ("fp32", "fp16", "int8"):
    shutil.copyfile(folder / f"onnx_small_{name}.onnx", here / f"onnx_small_{name}.onnx")
shutil.rmtree(folder)
