"""Holds all five exported ResNets, with 2 and 8 outputs, in three precisions, against ONNX's checker and torchvision.

pip install numpy==2.2.6 onnx==1.19.0 onnxruntime==1.30.0 torch==2.11.0 torchvision==0.26.0
python tests/golden/onnx_resnets.py   (writes onnx_resnets.json beside itself; takes minutes and, at once, 0.6 GB)

The files come from `cargo run --release -p onnx-export --example resnets`. For each of the 30: the checker with full
checks and strict shape inference, every node's output with a shape and named like torchvision's module, weights that
torchvision loads with strict=True, ONNX Runtime's outputs and those of an inner layer equal to torchvision's with the
weights as the file stores them. Nothing is written unless everything agrees.
"""

import hashlib
import json
import pathlib
import subprocess
import tempfile

import numpy as np
import onnx
import onnxruntime
import torch
import torchvision

SIZE = 64
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
# Float32 sums in another order through up to 152 layers, in units of the largest logit.
TOLERANCE = 5e-6
NAMES = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]

here = pathlib.Path(__file__).parent
place = np.arange(SIZE * SIZE * 3)
pixels = ((place * 37 + place * place // 64 * 11) % 256).astype(np.uint8).reshape(1, SIZE, SIZE, 3)
image = ((pixels / np.float32(255) - np.float32(MEAN)) / np.float32(STD)).transpose(0, 3, 1, 2).copy()


def numbers(graph):
    """Every parameter in float32, as PyTorch would get it: a half keeps its value, whole numbers are times their scale."""
    arrays = {i.name: onnx.numpy_helper.to_array(i) for i in graph.initializer}
    scaled = {name: array.astype(np.float32) * arrays.get(f"{name}.scale", np.float32(1)) for name, array in arrays.items()}
    return {name: torch.tensor(array) for name, array in scaled.items() if not name.endswith(".scale")}


def check(path, name, outputs, precision):
    command = ["cargo", "run", "--quiet", "--release", "-p", "onnx-export", "--example", "resnets", "--"]
    subprocess.run([*command, name, str(outputs), precision, path], check=True)
    data = path.read_bytes()
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    described = {value.name: value for value in [*inferred.graph.value_info, *inferred.graph.output]}
    assert all(described[output].type.tensor_type.HasField("shape") for node in inferred.graph.node for output in node.output)

    theirs = getattr(torchvision.models, name)(num_classes=outputs).eval()
    theirs.load_state_dict(numbers(model.graph), strict=True)
    kinds = (torch.nn.Conv2d, torch.nn.BatchNorm2d, torch.nn.Linear)
    layers = [layer for layer, module in theirs.named_modules() if isinstance(module, kinds)]
    nodes = {node.name: node.op_type for node in model.graph.node}
    assert [nodes[layer] for layer in layers] and len(layers) == sum(nodes[n] in ("Conv", "BatchNormalization", "Gemm") for n in nodes)
    inner = {}
    theirs.layer3.register_forward_hook(lambda module, args, output: inner.setdefault("layer3", output))
    with torch.no_grad():
        logits = theirs(torch.from_numpy(image))
    expected = {"logits": logits, "probabilities": logits.softmax(1)}
    last = max(node.name for node in model.graph.node if node.name.startswith("layer3.") and node.op_type == "Relu" and int(node.name.split(".")[1]) == len(theirs.layer3) - 1)
    expected[last] = inner["layer3"]

    value = next(value for value in model.graph.value_info if value.name == last)
    tail = onnx.ModelProto(graph=onnx.GraphProto(output=[value])).SerializeToString()
    session = onnxruntime.InferenceSession(data + tail)
    found = dict(zip([output.name for output in session.get_outputs()], session.run(None, {"input": image})))
    meta = session.get_modelmeta().custom_metadata_map
    assert meta["architecture"] == name and len(meta["labels"].split(",")) == outputs and meta["input_size"] == str(SIZE)
    assert set(found) == set(expected)
    difference = 0.0
    for key, value in expected.items():
        scale = max(1.0, float(value.abs().max()))
        difference = max(difference, float(np.abs(found[key] - value.numpy()).max()) / scale)
    assert difference < TOLERANCE, f"{name} {outputs} {precision}: {difference}"
    print(f"{name} {outputs} {precision}: {len(data) / 1e6:.1f} MB, {difference:.1e}, logits {logits[0].numpy()[:3]}", flush=True)
    return {
        "network": name,
        "precision": precision,
        "sha256": hashlib.sha256(data).hexdigest(),
        "logits": [float(f"{v:.8g}") for v in logits[0].tolist()],
    }


with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "model.onnx"
    checked = [check(path, n, o, p) for n in NAMES for o in (2, 8) for p in ("fp32", "fp16", "int8")]
versions = {module.__name__: module.__version__.split("+")[0] for module in (onnx, onnxruntime, torch, torchvision)}
golden = {"made_by": "tests/golden/onnx_resnets.py", "versions": versions, "tolerance": TOLERANCE, "checked": checked}
(here / "onnx_resnets.json").write_text(json.dumps(golden, indent=0).replace("\n", "").replace('{"net', '\n{"net') + "\n")
