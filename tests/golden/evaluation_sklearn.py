"""What scikit-learn says about random predictions, with ties and with a class that never occurs.

pip install numpy==2.2.6 scikit-learn==1.9.1
python tests/golden/evaluation_sklearn.py   (writes evaluation_sklearn.json beside itself)
"""

import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics

SEED = 2019
BINS = 15
rng = np.random.default_rng(SEED)
warnings.simplefilter("ignore")  # about the class that never occurs; what is undefined becomes null below


def undefined_where(condition, value):
    return None if condition else float(value)


def calibration_error(truth, p):
    """Guo et al. 2017, equations 2 to 5; scikit-learn has none. Ranges exclude their lower end."""
    confidence, right = p.max(1), p.argmax(1) == truth
    error = 0.0
    for low, high in zip(np.arange(BINS) / BINS, np.arange(1, BINS + 1) / BINS):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return float(error)


def case(name, images, classes, occurring, steps):
    truth = rng.integers(0, occurring, images)
    scores = rng.random((images, classes)) + 0.8 * np.eye(classes)[truth] * rng.random((images, 1))
    # Whole numbers of 1/steps with sum 1: many ties, and exact in float32 for a power of two.
    p = np.floor(scores / scores.sum(1, keepdims=True) * steps)
    p[:, 0] += steps - p.sum(1)
    p /= steps
    predicted = p.argmax(1)
    labels = list(range(classes))
    matrix = metrics.confusion_matrix(truth, predicted, labels=labels)
    recall, precision, f1 = (
        f(truth, predicted, labels=labels, average=None)
        for f in (metrics.recall_score, metrics.precision_score, metrics.f1_score)
    )
    per_class, areas = [], []
    for c in labels:
        occurs, called = matrix[c].sum(), matrix[:, c].sum()
        specificity = metrics.recall_score(truth != c, predicted != c)
        area = metrics.roc_auc_score(truth == c, p[:, c]) if 0 < occurs < images else None
        areas += [] if area is None else [area]
        per_class.append(
            {
                "sensitivity": undefined_where(occurs == 0, recall[c]),
                "specificity": undefined_where(occurs == images, specificity),
                "precision": undefined_where(called == 0, precision[c]),
                "f1": undefined_where(occurs + called == 0, f1[c]),
                "auc": area,
            }
        )
    fpr, tpr, thresholds = metrics.roc_curve(truth == 1, p[:, 1], drop_intermediate=False)
    return {
        "name": name,
        "classes": classes,
        "truth": truth.tolist(),
        "steps": steps,
        "probabilities_in_steps": (p * steps).astype(int).ravel().tolist(),
        "confusion_matrix": matrix.tolist(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted),
        "macro_auc": float(np.mean(areas)),
        "per_class": per_class,
        "brier": metrics.brier_score_loss(truth, p, labels=labels, scale_by_half=False),
        "calibration_error": calibration_error(truth, p),
        "roc_of_class_1": [[float(x), float(y)] for x, y in zip(fpr, tpr)],
        "thresholds_of_class_1": thresholds[1:].tolist(),
    }


golden = {
    "made_by": "tests/golden/evaluation_sklearn.py",
    "versions": {"numpy": np.__version__, "scikit-learn": sklearn.__version__},
    "seed": SEED,
    "calibration_bins": BINS,
    "cases": [
        case("two classes", 40, 2, 2, 16),
        case("eight classes, many ties", 120, 8, 8, 32),
        case("eight classes, few ties", 120, 8, 8, 1024),
        case("a class that never occurs", 80, 8, 7, 64),
        case("few images", 9, 8, 8, 64),
    ],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
