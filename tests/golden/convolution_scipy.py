"""What SciPy makes of random numbers with dilated kernels, as cross-correlation and as convolution in the strict sense.

pip install numpy==2.4.6 scipy==1.17.1
python tests/golden/convolution_scipy.py   (writes convolution_scipy.json beside itself)

The dilated kernel is written out with zeros between its numbers and given to scipy.signal; padding is numpy's.
"""

import json
import pathlib

import numpy as np
import scipy
from scipy import signal

SEED = 20190
HEIGHT, WIDTH = 17, 18
MODES = {"zero": "constant", "replicate": "edge", "reflect": "reflect"}

random = np.random.default_rng(SEED)


def sixty_fourths(*shape):
    """Normal numbers that are short in decimal and exact in float32."""
    return np.round(random.standard_normal(shape) * 64) / 64


def spread(kernel, dilation):
    """The kernel with dilation - 1 zeros between its numbers."""
    extent = (len(kernel) - 1) * dilation + 1
    out = np.zeros((extent, extent))
    out[::dilation, ::dilation] = kernel
    return out


image = sixty_fourths(HEIGHT, WIDTH)
kernels = {size: sixty_fourths(size, size) for size in (3, 5)}
cases = []
for size, kernel in kernels.items():
    for dilation in (1, 2, 3, 4):
        whole = spread(kernel, dilation)
        for padding in ("none", *MODES):
            pad = 0 if padding == "none" else (len(whole) - 1) // 2
            padded = np.pad(image, pad, mode=MODES[padding]) if pad else image
            # Every stop without padding, which is short; else every second and third, to keep the file small.
            for stride in (1, 2) if padding == "none" else (2, 3):
                for turned in (False, True):
                    run = signal.convolve2d if turned else signal.correlate2d
                    output = run(padded, whole, mode="valid")[::stride, ::stride]
                    cases.append(
                        {
                            "kernel_size": size,
                            "dilation": dilation,
                            "padding": padding,
                            "stride": stride,
                            "turned": turned,
                            "shape": list(output.shape),
                            "output": [float(f"{v:.7g}") for v in output.flatten()],
                        }
                    )
golden = {
    "made_by": "tests/golden/convolution_scipy.py",
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__},
    "seed": SEED,
    "height": HEIGHT,
    "width": WIDTH,
    "image": image.flatten().tolist(),
    "kernels": {str(size): kernel.flatten().tolist() for size, kernel in kernels.items()},
    "cases": cases,
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
