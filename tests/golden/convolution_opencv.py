"""What OpenCV makes of a small image under the book's kernels.

pip install numpy==2.2.6 opencv-python-headless==5.0.0.93
python tests/golden/convolution_opencv.py   (writes convolution_opencv.json beside itself)
"""

import json
import pathlib

import cv2
import numpy as np

HEIGHT, WIDTH, SEED = 10, 12, 20190
BORDERS = {"zero": cv2.BORDER_CONSTANT, "replicate": cv2.BORDER_REPLICATE, "reflect": cv2.BORDER_REFLECT_101}
KERNELS = {
    "mean-7": np.full((7, 7), 1 / 49, np.float32),
    "mean-15": np.full((15, 15), 1 / 225, np.float32),
    "sharpen": np.float32([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "laplacian": np.float32([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "sobel-x": np.float32([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "sobel-y": np.float32([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
}

image = np.random.default_rng(SEED).integers(0, 256, (HEIGHT, WIDTH)).astype(np.float32)
cases = [
    {
        "kernel": name,
        "padding": padding,
        "output": [round(float(v), 4) for v in cv2.filter2D(image, cv2.CV_32F, kernel, borderType=border).ravel()],
    }
    for name, kernel in KERNELS.items()
    for padding, border in BORDERS.items()
]
golden = {
    "made_by": "tests/golden/convolution_opencv.py",
    "versions": {"opencv": cv2.__version__, "numpy": np.__version__},
    "seed": SEED,
    "height": HEIGHT,
    "width": WIDTH,
    "image": image.ravel().tolist(),
    "kernels": {name: [float(v) for v in kernel.ravel()] for name, kernel in KERNELS.items()},
    "cases": cases,
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
