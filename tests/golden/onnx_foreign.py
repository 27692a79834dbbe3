"""Writes two classifiers as other people export them, and ONNX Runtime's answers to one picture.

pip install numpy==2.2.6 onnx==1.19.0 onnxruntime==1.30.0 pillow==13.0.0
python tests/golden/onnx_foreign.py   (writes onnx_foreign.json, onnx_foreign_first.onnx and onnx_foreign_last.onnx beside itself)

`first` is as PyTorch has it: channels first, scores, a name for every value of its own kind. `last` is as Keras has it:
channels last, probabilities. Neither has metadata or the shapes of inner values. The weights are random.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

SEED = 2019
SIDE, MAPS, CLASSES = 32, 8, 4
MEAN, STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])

here = pathlib.Path(__file__).parent
random = np.random.default_rng(SEED)


def weights(name, *shape):
    return numpy_helper.from_array(random.normal(0, 0.5, shape).astype(np.float32), name)


def value(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def save(name, nodes, inputs, outputs, initializers):
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    path = here / f"onnx_foreign_{name}.onnx"
    onnx.save(model, path)
    return onnxruntime.InferenceSession(path)


convolution = {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}
first = save(
    "first",
    [
        helper.make_node("Conv", ["input.1", "conv.weight", "conv.bias"], ["/conv/Conv_output_0"], **convolution),
        helper.make_node("Relu", ["/conv/Conv_output_0"], ["/relu/Relu_output_0"]),
        helper.make_node("GlobalAveragePool", ["/relu/Relu_output_0"], ["/pool/Pool_output_0"]),
        helper.make_node("Flatten", ["/pool/Pool_output_0"], ["/Flatten_output_0"]),
        helper.make_node("Gemm", ["/Flatten_output_0", "fc.weight", "fc.bias"], ["13"], transB=1),
    ],
    [value("input.1", "batch", 3, SIDE, SIDE)],
    [value("13", "batch", CLASSES)],
    [weights("conv.weight", MAPS, 3, 3, 3), weights("conv.bias", MAPS), weights("fc.weight", CLASSES, MAPS), weights("fc.bias", CLASSES)],
)
last = save(
    "last",
    [
        helper.make_node("Transpose", ["input_1"], ["transposed"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["transposed", "kernel"], ["conv2d"], **convolution),
        helper.make_node("Relu", ["conv2d"], ["activation"]),
        helper.make_node("ReduceMean", ["activation"], ["pooled"], axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["pooled", "dense"], ["product"]),
        helper.make_node("Softmax", ["product"], ["predictions"], axis=1),
    ],
    [value("input_1", "n", SIDE, SIDE, 3)],
    [value("predictions", "n", CLASSES)],
    [weights("kernel", MAPS, 3, 3, 3), weights("dense", MAPS, CLASSES)],
)

picture = Image.open(here / "images/rgb.png").convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
pixels = (np.asarray(picture, np.float32) / 255 - MEAN) / STD
scores = first.run(None, {"input.1": pixels.transpose(2, 0, 1)[None].copy()})[0][0].astype(np.float64)
powers = np.exp(scores - scores.max())
answers = {
    "first": (powers / powers.sum()).tolist(),
    "last": last.run(None, {"input_1": pixels[None].copy()})[0][0].tolist(),
}
golden = {
    "script": "tests/golden/onnx_foreign.py",
    "versions": {"numpy": np.__version__, "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__},
    "picture": "images/rgb.png",
    # Two ways to make a picture smaller may differ by a level of 255 here and there.
    "tolerance": 2e-3,
    "probabilities": answers,
}
(here / "onnx_foreign.json").write_text(json.dumps(golden, indent=1) + "\n")
print(answers)
