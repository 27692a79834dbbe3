"""Whether PyTorch takes a run's weights with strict=True, and what torchvision's network then answers.

pip install torch==2.11.0 torchvision==0.26.0 safetensors==0.8.0 numpy
python tests/golden/weights_strict.py ARCHITECTURE FILE.safetensors…   (writes weights_strict.json beside itself)

The result is recorded with a hash of each file's entries, one line an entry: name, type, sizes. The Rust test holds what
it writes against that hash, without Python.
"""

import hashlib
import json
import pathlib
import sys

import safetensors
import safetensors.torch
import torch
import torchvision

architecture, *paths = sys.argv[1:]
TYPES = {torch.float32: "F32", torch.int64: "I64"}
results = []
for path in paths:
    tensors = safetensors.torch.load_file(path)
    outputs = tensors["fc.bias"].numel()
    model = getattr(torchvision.models, architecture)(num_classes=outputs)
    # Raises if an entry is missing, is too much, or has another shape.
    verdict = model.load_state_dict(tensors, strict=True)
    expected = model.state_dict()
    assert {k: (v.dtype, v.shape) for k, v in tensors.items()} == {k: (v.dtype, v.shape) for k, v in expected.items()}
    with torch.no_grad():
        logits = model.eval()(torch.zeros(1, 3, 64, 64))
    assert bool(logits.isfinite().all())
    lines = sorted(" ".join([k, TYPES[v.dtype], *map(str, v.shape)]) for k, v in tensors.items())
    results.append(
        {
            "architecture": architecture,
            "outputs": outputs,
            "verdict": str(verdict),
            "entries": len(lines),
            "batches_tracked": int(tensors["bn1.num_batches_tracked"]),
            "entries_sha256": hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest(),
        }
    )
golden = {
    "made_by": "tests/golden/weights_strict.py",
    "versions": {p.__name__: p.__version__.split("+")[0] for p in (torch, torchvision, safetensors)},
    "files": results,
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=0) + "\n")
print(path.read_text())
