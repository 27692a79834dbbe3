"""Decode, vary and normalise on one core: ours, torchvision and albumentations in turns on the same JPEG files.

    python feed.py OURS FOLDER

OURS is the program of examples/feed.rs. Prints one JSON object: images a second of each, medians over the rounds, and
the median of the ratios of our time to theirs in the same round.
"""

import io
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"

import albumentations as A
import cv2
import numpy as np
import PIL
import torch
import torchvision
from albumentations.pytorch import ToTensorV2
from PIL import Image
from torchvision.transforms import InterpolationMode, v2

ROUNDS = 9
SIDE = 224
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]

torch.set_num_threads(1)
cv2.setNumThreads(0)

ours, folder = sys.argv[1:]
files = [path.read_bytes() for path in sorted(pathlib.Path(folder).glob("*.jpg"))]

vary = [
    v2.Resize((SIDE, SIDE), antialias=True),
    v2.RandomHorizontalFlip(),
    v2.RandomVerticalFlip(),
    v2.RandomAffine(20, (0.05, 0.05), (1 / 1.1, 1.1), interpolation=InterpolationMode.BILINEAR),
    v2.ColorJitter(0.1, 0.1, 0.1),
]
finish = [v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)]
on_pictures = v2.Compose([*vary, v2.ToImage(), *finish])
on_tensors = v2.Compose([*vary, *finish])
albumentations = A.Compose([
    A.Resize(SIDE, SIDE),
    A.HorizontalFlip(),
    A.VerticalFlip(),
    A.Affine(
        rotate=(-20, 20), translate_percent=(-0.05, 0.05), scale=(1 / 1.1, 1.1),
        border_mode=cv2.BORDER_REPLICATE, p=1,
    ),
    A.ColorJitter((0.9, 1.1), (0.9, 1.1), (0.9, 1.1), (0, 0), p=1),
    A.Normalize(MEAN, STD),
    ToTensorV2(),
])


def by_pictures(file):
    return on_pictures(Image.open(io.BytesIO(file)).convert("RGB"))


def by_tensors(file):
    return on_tensors(torchvision.io.decode_jpeg(torch.frombuffer(bytearray(file), dtype=torch.uint8)))


def by_albumentations(file):
    image = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
    return albumentations(image=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))["image"]


program = subprocess.Popen([ours, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def by_us():
    program.stdin.write("\n")
    program.stdin.flush()
    return float(program.stdout.readline())


def timed(work):
    def seconds():
        start = time.perf_counter()
        for file in files:
            work(file)
        return time.perf_counter() - start

    return seconds


sides = {
    "ours": by_us,
    f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}": timed(by_pictures),
    f"torchvision {torchvision.__version__}, tensors": timed(by_tensors),
    f"albumentations {A.__version__}, OpenCV {cv2.__version__}": timed(by_albumentations),
}
seconds = {name: [] for name in sides}
for turn in range(ROUNDS + 1):
    names = list(sides)
    for name in names if turn % 2 else reversed(names):
        took = sides[name]()
        if turn > 0:  # The first one warms caches up.
            seconds[name].append(took)
program.stdin.close()
program.wait()
result = [
    {
        "name": name,
        "images_per_second": len(files) / statistics.median(took),
        "ratio": statistics.median(a / b for a, b in zip(seconds["ours"], took)),
    }
    for name, took in seconds.items()
]
print(json.dumps(result))
