"""Hue, saturation, value and L*a*b* of a few colours, as scikit-image computes them in double precision.

pip install numpy==2.2.6 scikit-image==0.25.2
python tests/golden/colour_spaces_skimage.py   (writes colour_spaces_skimage.json beside itself)
"""

import json
import pathlib

import numpy as np
import skimage
from skimage import color

SEED, RANDOM = 20190, 40
CORNERS = [[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)]
GREYS = [[v, v, v] for v in (1, 10, 128, 254)]

drawn = np.random.default_rng(SEED).integers(0, 256, (RANDOM, 3)).tolist()
pixels = np.uint8(CORNERS + GREYS + drawn)[np.newaxis]
golden = {
    "made_by": "tests/golden/colour_spaces_skimage.py",
    "versions": {"scikit-image": skimage.__version__, "numpy": np.__version__},
    "seed": SEED,
    "pixels": pixels[0].tolist(),
    "hsv": [[round(float(v), 6) for v in row] for row in color.rgb2hsv(pixels)[0]],
    "lab": [[round(float(v), 5) for v in row] for row in color.rgb2lab(pixels)[0]],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
