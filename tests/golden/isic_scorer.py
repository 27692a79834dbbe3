"""What the ISIC challenge's own scorer says about predictions in our format.

pip install isic-challenge-scoring==5.6.0 pandas==2.3.3 numpy==2.4.6 scikit-learn==1.9.1
python tests/golden/isic_scorer.py
    draws predictions and truth into isic_scorer/ and writes the scorer's numbers to isic_scorer.json beside itself
python tests/golden/isic_scorer.py check MODEL/predictions.csv DATA/ISIC_2019_Training_GroundTruth.csv
    scores a file that `cargo xtask evaluate` wrote and holds the metrics.json beside it against the scorer

The scorer wants pandas below 3 (it calls DataFrame.applymap), refuses columns of whole numbers, and fails where a
category has no image at all, as UNK has none in the training data: `check` then leaves that column out on both sides.
"""

import json
import math
import pathlib
import sys
import tempfile
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
from isic_challenge_scoring.classification import ClassificationMetric, ClassificationScore

SEED = 2019
EIGHT = ["MEL", "NV", "BCC", "AK", "BKL", "DF", "VASC", "SCC"]
HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "isic_scorer"
warnings.simplefilter("ignore")


def number(value):
    """A float32 as `cargo xtask` writes it: the shortest text that is read back as the same."""
    value = np.float32(value)
    if value != 0 and value < 1e-4:
        return np.format_float_scientific(value, unique=True, trim="-", exp_digits=1)
    return np.format_float_positional(value, unique=True, trim="0")


def write(path, columns, names, rows):
    lines = [",".join(["image", *columns])]
    lines += [",".join([name, *(number(x) for x in row)]) for name, row in zip(names, rows)]
    path.write_text("\n".join(lines) + "\n")


def score(truth, predictions):
    score = ClassificationScore.from_file(truth, predictions, ClassificationMetric.BALANCED_ACCURACY)
    return json.loads(json.dumps(score.to_dict(rocs=False)))


def softmax(logits):
    weights = np.exp(logits - logits.max(1, keepdims=True))
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


def draw(rng, name, labels, outputs, images, sharpness):
    """`outputs` of the `labels` are the network's; an image of another label is one that it has never seen."""
    truth = np.arange(images) % len(labels)
    logits = rng.normal(size=(images, outputs))
    known = truth < outputs
    logits[known, truth[known]] += 1.2
    p = softmax(sharpness * logits)
    p[0] = np.eye(outputs, dtype=np.float32)[0]  # Whole numbers, and a tiny one below.
    p[1, :2] = p[1, :2].sum() - np.float32(1.5e-7), np.float32(1.5e-7)
    columns = np.zeros((images, len(labels)), np.float32)
    columns[:, :outputs] = p
    names = [f"ISIC_{image:07}" for image in range(images)]
    files = [FOLDER / f"{kind}{name}.csv" for kind in ("truth", "predictions")]
    write(files[0], labels, names, np.eye(len(labels))[truth])
    write(files[1], labels, names, columns)
    return score(*files)


def check(predictions, ground_truth):
    answers = pd.read_csv(predictions, index_col="image")
    truth = pd.read_csv(ground_truth, index_col="image").loc[answers.index]
    truth = truth.drop(columns=[c for c in ("score_weight", "validation_weight") if c in truth])
    if "malignant" in answers:
        malignant = truth[["MEL", "BCC", "AK", "SCC"]].sum(axis=1)
        truth = pd.DataFrame({"benign": 1.0 - malignant, "malignant": malignant}, index=truth.index)
    empty = [c for c in truth if c not in answers or not truth[c].any()]
    with tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder) / name for name in ("truth.csv", "predictions.csv")]
        truth.drop(columns=empty).astype(float).to_csv(files[0])
        answers.drop(columns=[c for c in empty if c in answers]).to_csv(files[1])
        official = score(*files)
    print(json.dumps(official, indent=2))
    metrics = json.loads((pathlib.Path(predictions).parent / "metrics.json").read_text())
    pairs = [("balanced accuracy", metrics["balanced_accuracy"]["value"], official["overall"])]
    for name, values in official["per_category"].items():
        for label, value in values.items():
            ours = metrics["challenge"][label][name]
            pairs.append((f"{name} of {label}", 1.0 if ours is None else ours, value))
    worst = max(pairs, key=lambda pair: abs(pair[1] - pair[2]))
    print(f"left out: {empty or 'nothing'}; {len(pairs)} numbers compared; largest difference: {worst}")
    sys.exit(0 if math.isclose(worst[1], worst[2], rel_tol=0, abs_tol=1e-12) else 1)


if sys.argv[1:2] == ["check"]:
    check(*sys.argv[2:])
FOLDER.mkdir(exist_ok=True)
rng = np.random.default_rng(SEED)
golden = {
    "made_by": "tests/golden/isic_scorer.py",
    "versions": {
        name: version(name) for name in ("isic-challenge-scoring", "pandas", "numpy", "scikit-learn")
    },
    "seed": SEED,
    "eight": draw(rng, "", [*EIGHT, "UNK"], 8, 81, 2.0),
    "two": draw(rng, "_two", ["benign", "malignant"], 2, 40, 1.0),
}
(HERE / "isic_scorer.json").write_text(json.dumps(golden, indent=1) + "\n")
