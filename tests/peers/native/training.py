"""Steps of training: ours and PyTorch's in turns, the same network, batch and device.

    python training.py DEVICE PRECISION ARCHITECTURE BATCH SIDE STEPS -- OURS ...

OURS ... is the command of our side (`training pace`): it answers every line with a number of steps by the seconds they
took. Both sides hold one random batch and step with SGD with momentum. PRECISION is `fp32`, `channels-last` (fp32, with
channels innermost in memory), or, on CUDA, `mixed` (half precision where it does no harm, channels innermost). Prints one
JSON object: images a second of each (medians over the rounds), the median of the ratios of our time to theirs in the same
round, and the largest memory of each, MiB: of the process on the CPU, on the GPU as nvidia-smi says it on CUDA.
"""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

import torch
import torchvision
from efficientnet_lite_pytorch import EfficientNet

ROUNDS = 9

split = sys.argv.index("--")
device, precision, architecture, batch, side, steps = sys.argv[1:split]
batch, side, steps = int(batch), int(side), int(steps)
mixed = precision == "mixed"
cuda = device.startswith("cuda")
ours = subprocess.Popen(sys.argv[split + 1 :], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def network():
    if architecture == "efficientnet_lite0":
        # Without the layers that switch parts of the network off at random, which ours does not have.
        without = {"dropout_rate": 0.0, "drop_connect_rate": 0.0}
        return EfficientNet.from_name("efficientnet-lite0", num_classes=8, image_size=side, **without)
    return getattr(torchvision.models, architecture)(num_classes=8)


torch.manual_seed(1)
torch.backends.cudnn.benchmark = True
layout = torch.contiguous_format if precision == "fp32" else torch.channels_last
model = network().to(device, memory_format=layout).train()
optimiser = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=5e-4)
scaler = torch.amp.GradScaler(enabled=mixed)
images = torch.randn(batch, 3, side, side, device=device).to(memory_format=layout)
classes = torch.arange(batch, device=device) % 8


def step():
    with torch.autocast("cuda", enabled=mixed):
        logits = model(images)
    loss = torch.nn.functional.cross_entropy(logits.float(), classes)
    loss.item()
    optimiser.zero_grad()
    scaler.scale(loss).backward()
    scaler.step(optimiser)
    scaler.update()
    (logits.argmax(-1) == classes).sum().item()


def theirs(count):
    start = time.perf_counter()
    for _ in range(count):
        step()
    if cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - start


def our(count):
    ours.stdin.write(f"{count}\n")
    ours.stdin.flush()
    return float(ours.stdout.readline())


def memory(process):
    if cuda:
        query = ["nvidia-smi", "--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits"]
        rows = [line.split(",") for line in subprocess.run(query, capture_output=True, text=True).stdout.splitlines()]
        return next((float(used) for pid, used in rows if int(pid) == process), None)
    status = pathlib.Path(f"/proc/{process}/status")
    if not status.exists():
        return None
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1024


for side_of in (our, theirs):
    side_of(2)
rounds = [(our(steps), theirs(steps)) for _ in range(ROUNDS)]
print(
    json.dumps({
        "peer": f"PyTorch {torch.__version__}",
        "ours": batch * steps / statistics.median(mine for mine, _ in rounds),
        "theirs": batch * steps / statistics.median(other for _, other in rounds),
        "ratio": statistics.median(mine / other for mine, other in rounds),
        "our_memory": memory(ours.pid),
        "their_memory": memory(os.getpid()),
    })
)
ours.stdin.close()
ours.wait()
