"""Metrics of a classifier: ours and scikit-learn's in turns on the same predictions.

    python metrics.py OURS

OURS is the program of examples/metrics.rs. Prints one JSON list: for each part milliseconds of both, medians over the
rounds, and the median of the ratios of our time to theirs in the same round. Fails if any number differs.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
from sklearn import metrics
from sklearn.calibration import _TemperatureScaling

ROUNDS = 9
IMAGES, CLASSES, FEWER, RESAMPLES, BINS = 25331, 8, 5000, 20, 15
LABELS = list(range(CLASSES))
warnings.simplefilter("ignore")  # Rounded to 32 bits, probabilities do not sum to 1 to the last of 64.

rng = np.random.default_rng(7)
truth = rng.integers(0, CLASSES, IMAGES)
logits = rng.normal(size=(IMAGES, CLASSES)) + 2.0 * np.eye(CLASSES)[truth]
weights = np.exp(1.5 * logits)
p = (weights / weights.sum(1, keepdims=True)).astype(np.float32)
# Our own file has 32-bit numbers; scikit-learn is given the same in 64 bits, as it converts them itself otherwise.
wide = p.astype(np.float64)
log_p = np.log(wide)
positive = np.eye(CLASSES, dtype=bool)[truth].ravel()
scores = p.ravel()


def all_numbers(truth, p):
    predicted = p.argmax(1)
    matrix = metrics.confusion_matrix(truth, predicted, labels=LABELS)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        truth, predicted, labels=LABELS, zero_division=np.nan
    )
    others = matrix.sum() - matrix.sum(1)
    specificity = (others - (matrix.sum(0) - matrix.diagonal())) / others
    confidence, right = p.max(1), predicted == truth
    bins = np.clip(np.ceil(confidence * BINS).astype(int), 1, BINS) - 1
    gaps = np.bincount(bins, confidence - right, BINS)
    numbers = [
        metrics.accuracy_score(truth, predicted),
        metrics.balanced_accuracy_score(truth, predicted),
        metrics.brier_score_loss(truth, p, labels=LABELS, scale_by_half=False),
        metrics.log_loss(truth, p, labels=LABELS),
        np.abs(gaps).sum() / len(truth),
    ]
    for c in LABELS:
        numbers += [recall[c], specificity[c], precision[c], f1[c]]
        numbers += [metrics.roc_auc_score(truth == c, p[:, c]), metrics.average_precision_score(truth == c, p[:, c])]
    return numbers


def bootstrap():
    lesions = np.arange(FEWER) // 2
    images = [np.flatnonzero(lesions == lesion) for lesion in range(FEWER // 2)]
    numbers = all_numbers(truth[:FEWER], wide[:FEWER])
    drawn = []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([images[lesion] for lesion in rng.integers(0, len(images), len(images))])
        drawn.append(all_numbers(truth[chosen], wide[chosen]))
    np.nanpercentile(drawn, [2.5, 97.5], axis=0)
    return numbers


parts = {
    "all": (
        "every number, 25,331 images of 8 classes, no interval",
        lambda: all_numbers(truth, wide),
    ),
    "bootstrap": ("every number, 5,000 images, intervals from 20 resamples by lesion", bootstrap),
    "auc": ("AUC of 202,648 scores", lambda: [metrics.roc_auc_score(positive, scores)]),
    "average precision": (
        "average precision of 202,648 scores",
        lambda: [metrics.average_precision_score(positive, scores)],
    ),
    "temperature": (
        "temperature, 25,331 images of 8 classes",
        lambda: [1.0 / _TemperatureScaling().fit(log_p, truth).beta_],
    ),
}
# scikit-learn stops where the loss no longer changes, which is before the temperature does.
tolerance = {"temperature": 1e-6}

with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder) / "predictions"
    head = np.array([IMAGES, CLASSES, *truth], "<u4")
    file.write_bytes(head.tobytes() + p.astype("<f4").tobytes())
    ours = subprocess.Popen([sys.argv[1], file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def by_us(part):
        ours.stdin.write(part + "\n")
        ours.stdin.flush()
        answer = json.loads(ours.stdout.readline())
        return answer["seconds"], answer["numbers"]

    def by_them(part):
        start = time.perf_counter()
        numbers = parts[part][1]()
        return time.perf_counter() - start, [float(x) for x in numbers]

    rows = []
    for part, (name, _) in parts.items():
        taken = []
        for turn in range(ROUNDS + 1):
            sides = (by_us, by_them) if turn % 2 else (by_them, by_us)
            answers = {side: side(part) for side in sides}
            if turn > 0:  # The first one warms caches up.
                taken.append((answers[by_us][0], answers[by_them][0]))
        numbers = np.array([answers[by_us][1], answers[by_them][1]])
        worst = float(np.abs(numbers[0] - numbers[1]).max())
        assert worst <= tolerance.get(part, 1e-12), f"{part}: the numbers differ by {worst}"
        rows.append(
            {
                "name": name,
                "ours": 1e3 * statistics.median(a for a, _ in taken),
                "theirs": 1e3 * statistics.median(b for _, b in taken),
                "ratio": statistics.median(a / b for a, b in taken),
                "difference": worst,
            }
        )
    ours.stdin.close()
    ours.wait()
print(json.dumps(rows))
