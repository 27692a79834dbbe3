"""A small noisy picture, sheared, rotated, scaled and shifted, as SciPy's bilinear interpolation gives it.

pip install numpy==2.4.6 scipy==1.17.1
python tests/golden/warp_scipy.py   (writes warp_scipy.json beside itself)
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import ndimage

SEED = 20190
WIDTH, HEIGHT = 9, 7
# Our names and SciPy's for what stands beyond the edge.
FILLS = {"nearest": ("nearest", None), "reflect": ("mirror", None), "wrap": ("grid-wrap", None),
         "black": ("grid-constant", (0, 0, 0)), "mean": ("grid-constant", (124, 116, 104))}
# Degrees clockwise, scale, shift to the right and down as a share, shear in degrees.
WARPS = [(20.0, 1.0, (0.0, 0.0), 0.0), (-75.0, 0.8, (0.31, -0.17), 0.0), (0.0, 1.0, (0.0, 0.0), 25.0),
         (33.0, 1.3, (-0.2, 0.45), -15.0), (160.0, 0.4, (0.6, 0.6), 40.0)]


def forwards(degrees, scale, shear):
    """The matrix of column and row: torchvision's order, shear first, then rotation and scale."""
    a, s = np.deg2rad([degrees, shear])
    lean = np.array([[1, -np.tan(s)], [0, 1]])
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return scale * turn @ lean


pixels = np.random.default_rng(SEED).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
centre = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
outputs = []
for degrees, scale, shift, shear in WARPS:
    back = np.linalg.inv(forwards(degrees, scale, shear))
    offset = centre - back @ (centre + np.array(shift) * [WIDTH, HEIGHT])
    # SciPy counts row before column.
    back, offset = back[::-1, ::-1], offset[::-1]
    for name, (mode, colour) in FILLS.items():
        planes = [ndimage.affine_transform(pixels[..., c].astype(float), back, offset, order=1, mode=mode,
                                           cval=colour[c] if colour else 0.0) for c in range(3)]
        values = np.stack(planes, axis=-1).ravel()
        outputs.append({"degrees": degrees, "scale": scale, "shift": shift, "shear": shear, "fill": name,
                        "values": [round(float(v), 3) for v in values]})
golden = {
    "made_by": "tests/golden/warp_scipy.py",
    "versions": {"scipy": scipy.__version__, "numpy": np.__version__},
    "seed": SEED,
    "input": {"width": WIDTH, "height": HEIGHT, "hex": pixels.tobytes().hex()},
    "outputs": outputs,
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
