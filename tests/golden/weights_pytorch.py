"""Small files as PyTorch writes them: weights_pytorch.pth, and weights_pytorch_old.pth as before PyTorch 1.6.

They hold what a state_dict can: every type of float, a counter, a view with strides, two views of one storage, a
parameter, and the prefix of several GPUs. The Rust test knows the numbers.

pip install torch==2.11.0
python tests/golden/weights_pytorch.py   (writes both files beside itself)
"""

import collections
import pathlib

import torch

numbers = torch.arange(24, dtype=torch.float32)
tensors = collections.OrderedDict()
tensors["conv.weight"] = numbers.view(2, 3, 2, 2) / 2
tensors["half"] = torch.tensor([1.5, -2.0], dtype=torch.float16)
tensors["brain"] = torch.tensor([1.5, -2.0], dtype=torch.bfloat16)
tensors["double"] = torch.tensor([0.1], dtype=torch.float64)
tensors["bn1.num_batches_tracked"] = torch.tensor(7)
tensors["transposed"] = numbers[:6].view(2, 3).t()
tensors["part"] = numbers[4:7]
tensors["parameter"] = torch.nn.Parameter(torch.tensor([[3.0]]))
tensors["module.fc.bias"] = torch.tensor([1.0, 2.0])
tensors["empty"] = torch.zeros(0, 4)
# As torch.nn.Module.state_dict() leaves it.
tensors._metadata = collections.OrderedDict([("", {"version": 1}), ("bn1", {"version": 2})])

folder = pathlib.Path(__file__).parent
torch.save(tensors, folder / "weights_pytorch.pth")
torch.save(tensors, folder / "weights_pytorch_old.pth", _use_new_zipfile_serialization=False)
