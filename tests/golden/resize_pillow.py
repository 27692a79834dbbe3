"""What Pillow's antialiased bilinear filter makes of a small noisy picture.

pip install numpy==2.2.6 pillow==11.3.0   (13.0 goes through columns first where that is cheaper: 50 × 5 differs by 1)
python tests/golden/resize_pillow.py   (writes resize_pillow.json beside itself)
"""

import json
import pathlib

import numpy as np
import PIL
from PIL import Image

SEED = 20190
SIZES = [(1, 1), (8, 8), (23, 9), (11, 17), (23, 17), (50, 5), (7, 40), (47, 35)]

pixels = np.random.default_rng(SEED).integers(0, 256, (17, 23, 3), dtype=np.uint8)
image = Image.fromarray(pixels)
golden = {
    "made_by": "tests/golden/resize_pillow.py",
    "versions": {"pillow": PIL.__version__, "numpy": np.__version__},
    "seed": SEED,
    "input": {"width": 23, "height": 17, "hex": pixels.tobytes().hex()},
    "outputs": [
        {"width": w, "height": h, "hex": image.resize((w, h), Image.Resampling.BILINEAR).tobytes().hex()}
        for w, h in SIZES
    ],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
