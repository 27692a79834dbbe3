"""A folder of JPEG files through an exported model: `cargo xtask predict` beside ONNX Runtime's Python package.

python predict.py XTASK MODEL_ONNX MEAN STD SIZE FOLDER THREADS BATCH   (prints one JSON object a side; run by `cargo xtask bench predict`)

The same files, model, batch and number of threads. Pillow decodes and resizes (bilinear, which antialiases as ours does),
NumPy normalises. `plain` decodes a batch, then runs it; `ahead` decodes on a pool of threads while the network runs.
Neither side's start, nor loading the model, is timed. All take turns; the ratio is the median of each turn's own.
"""

import csv
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
import PIL
from PIL import Image

TURNS = 5
# JPEG decoders round differently, by one level of 255 here and there.
TOLERANCE = 0.02

xtask, model, mean, std, size, folder, threads, batch = sys.argv[1:]
mean, std = (np.array([float(x) for x in text.split(",")], np.float32) for text in (mean, std))
size, threads, batch = int(size), int(threads), int(batch)
paths = sorted(pathlib.Path(folder).glob("*.jpg"))
batches = [paths[i : i + batch] for i in range(0, len(paths), batch)]

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
pool = ThreadPoolExecutor(threads)


def planes(path):
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR), np.float32)
    return ((pixels / 255 - mean) / std).transpose(2, 0, 1)


def answer(images):
    return session.run(["probabilities"], {"input": np.ascontiguousarray(np.stack(images), np.float32)})[0]


def plain():
    return np.concatenate([answer([planes(path) for path in batch]) for batch in batches])


def ahead():
    """Four batches are decoded ahead, as ours are."""
    waiting = [pool.map(planes, batch) for batch in batches[:4]]
    answers = []
    for place in range(len(batches)):
        images = list(waiting[place])
        if place + 4 < len(batches):
            waiting.append(pool.map(planes, batches[place + 4]))
        answers.append(answer(images))
    return np.concatenate(answers)


def ours():
    """Seconds and probabilities of `cargo xtask predict`."""
    with tempfile.TemporaryDirectory() as out:
        out = pathlib.Path(out) / "out.csv"
        command = [xtask, "predict", "--model", model, "--images", folder, "--out", out]
        command += ["--threads", str(threads), "--batch", str(batch)]
        words = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows = list(csv.reader(out.open()))[1:]
    found = re.search(r"(\d+) images classified, ([\d.]+) images/s", words)
    assert int(found[1]) == len(paths) == len(rows), words
    order = {path.stem: i for i, path in enumerate(paths)}
    rows.sort(key=lambda row: order[row[0]])
    columns = session.get_outputs()[1].shape[1]
    return len(paths) / float(found[2]), np.array([row[1 : columns + 1] for row in rows], np.float32)


def timed(side):
    start = time.perf_counter()
    answers = side()
    return time.perf_counter() - start, answers


seconds = {"ours": [], "plain": [], "ahead": []}
largest = 0.0
for _ in range(TURNS):
    ours_seconds, ours_answers = ours()
    seconds["ours"].append(ours_seconds)
    for name, side in (("plain", plain), ("ahead", ahead)):
        took, answers = timed(side)
        seconds[name].append(took)
        largest = max(largest, float(np.abs(answers - ours_answers).max()))
assert largest < TOLERANCE, f"the answers differ by up to {largest}"
print(f"largest difference of a probability: {largest:.1e}", file=sys.stderr)

package = f"onnxruntime {onnxruntime.__version__}, Pillow {PIL.__version__}"
names = {"ours": "ours", "plain": f"{package}, one batch after the other", "ahead": f"{package}, decoded ahead by threads"}
print(json.dumps([
    {
        "name": names[side],
        "images_per_second": len(paths) / statistics.median(seconds[side]),
        "ratio": statistics.median(a / b for a, b in zip(seconds["ours"], seconds[side])),
    }
    for side in seconds
]))
