"""What scikit-learn says about random predictions, with ties and with a class that never occurs.

pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
python tests/golden/evaluation_sklearn.py   (writes evaluation_sklearn.json beside itself)
"""

import json
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
from scipy.optimize import brentq
from scipy.stats import binomtest
from sklearn import metrics
from sklearn.calibration import _TemperatureScaling

SEED = 2019
BINS = 15
rng = np.random.default_rng(SEED)
warnings.simplefilter("ignore")  # about the class that never occurs; what is undefined becomes null below


def undefined_where(condition, value):
    return None if condition else float(value)


TINY = float(np.finfo(np.float32).tiny)  # What a probability of 0 counts as where its logarithm is taken.


def logarithms(p, coldness):
    """Log probabilities with every logit multiplied by `coldness`."""
    logits = coldness * np.log(np.maximum(p, TINY))
    return logits - scipy.special.logsumexp(logits, axis=1, keepdims=True)


def log_loss(truth, p):
    loss = -np.log(np.maximum(p, TINY))[np.arange(len(truth)), truth].mean()
    if p.min() > 0:
        assert np.isclose(loss, metrics.log_loss(truth, p, labels=range(p.shape[1])), rtol=0, atol=1e-14)
    return float(loss)


def temperature(truth, p):
    """Where the slope of the cross-entropy crosses 0, if that lies between 0.01 and 100."""
    logs = np.log(np.maximum(p, TINY))

    def slope(logarithm):
        expected = (np.exp(logarithms(p, np.exp(logarithm))) * logs).sum(1)
        return (expected - logs[np.arange(len(truth)), truth]).mean()

    ends = np.log([0.01, 100.0])
    if slope(ends[0]) >= 0 or slope(ends[1]) <= 0:
        return None
    found = brentq(slope, *ends, xtol=1e-14, rtol=1e-15)
    # scikit-learn's own compares losses, which are flat there: good to the square root of what they are good to.
    theirs = _TemperatureScaling().fit(logs, truth).beta_
    assert np.isclose(np.log(theirs), found, rtol=0, atol=1e-5), (np.log(theirs), found)
    return float(np.exp(-found))


def calibration_error(truth, p):
    """Guo et al. 2017, equations 2 to 5; scikit-learn has none. Ranges exclude their lower end."""
    confidence, right = p.max(1), p.argmax(1) == truth
    error = 0.0
    for low, high in zip(np.arange(BINS) / BINS, np.arange(1, BINS + 1) / BINS):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return float(error)


def case(name, images, classes, occurring, steps, called=None):
    """Of the `classes` only the first `occurring` occur, and only the first `called` are ever predicted."""
    truth = rng.integers(0, occurring, images)
    scores = rng.random((images, classes)) + 0.8 * np.eye(classes)[truth] * rng.random((images, 1))
    scores[:, called or classes :] *= 0.2
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
    per_class, areas, averages, specificities = [], [], [], []
    for c in labels:
        occurs, called = matrix[c].sum(), matrix[:, c].sum()
        specificity = metrics.recall_score(truth != c, predicted != c)
        area = metrics.roc_auc_score(truth == c, p[:, c]) if 0 < occurs < images else None
        areas += [] if area is None else [area]
        average = metrics.average_precision_score(truth == c, p[:, c]) if occurs else None
        averages += [] if average is None else [float(average)]
        specificities += [] if occurs == images else [float(specificity)]
        per_class.append(
            {
                "sensitivity": undefined_where(occurs == 0, recall[c]),
                "specificity": undefined_where(occurs == images, specificity),
                "precision": undefined_where(called == 0, precision[c]),
                "f1": undefined_where(occurs + called == 0, f1[c]),
                "auc": area,
                "average_precision": average,
            }
        )
    # Undefined classes stay out of the mean.
    macro = dict(labels=labels, average="macro", zero_division=np.nan)
    fpr, tpr, thresholds = metrics.roc_curve(truth == 1, p[:, 1], drop_intermediate=False)
    if not 0 < matrix[1].sum() < images:
        fpr = tpr = thresholds = None
    warm = temperature(truth, p)
    tempered = p if warm is None else np.exp(logarithms(p, 1 / warm))
    return {
        "name": name,
        "classes": classes,
        "truth": truth.tolist(),
        "steps": steps,
        "probabilities_in_steps": (p * steps).astype(int).ravel().tolist(),
        "confusion_matrix": matrix.tolist(),
        "accuracy": metrics.accuracy_score(truth, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, predicted),
        "macro_auc": float(np.mean(areas)) if areas else None,
        "macro_average_precision": float(np.mean(averages)),
        "macro_specificity": float(np.mean(specificities)),
        "macro_precision": metrics.precision_score(truth, predicted, **macro),
        "macro_f1": metrics.f1_score(truth, predicted, **macro),
        "per_class": per_class,
        "brier": metrics.brier_score_loss(truth, p, labels=labels, scale_by_half=False),
        "calibration_error": calibration_error(truth, p),
        "log_loss": log_loss(truth, p),
        "temperature": warm,
        "tempered": {
            "brier": metrics.brier_score_loss(truth, tempered, labels=labels, scale_by_half=False),
            "log_loss": log_loss(truth, tempered),
            "calibration_error": calibration_error(truth, tempered),
        },
        "roc_of_class_1": None if fpr is None else [[float(x), float(y)] for x, y in zip(fpr, tpr)],
        "thresholds_of_class_1": None if fpr is None else thresholds[1:].tolist(),
    }


golden = {
    "made_by": "tests/golden/evaluation_sklearn.py",
    "versions": {
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
    },
    "seed": SEED,
    "calibration_bins": BINS,
    "cases": [
        case("two classes", 40, 2, 2, 16),
        case("eight classes, many ties", 120, 8, 8, 32),
        case("eight classes, few ties", 120, 8, 8, 1024),
        case("a class that never occurs", 80, 8, 7, 64),
        case("few images", 9, 8, 8, 64),
        case("two classes, only ties", 30, 2, 2, 2),
        case("one class alone", 12, 3, 1, 16),
        case("two classes never predicted", 90, 8, 8, 128, called=6),
        case("two of eight occur", 60, 8, 2, 256),
        case("eight classes, zero probabilities", 100, 8, 8, 8),
    ],
    "mcnemar": [
        {"first_right": a, "second_right": b, "p": float(binomtest(a, a + b).pvalue)}
        for a, b in [(0, 1), (3, 8), (8, 3), (10, 10), (40, 61), (700, 800)]
    ],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
