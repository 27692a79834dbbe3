"""Tiny synthetic pictures in every format that the book reads, and the pixels that Pillow finds in them.

pip install numpy==2.2.6 pillow==13.0.0
python tests/golden/images_pillow.py   (writes images/* and images_pillow.json beside itself)
"""

import json
import pathlib
import struct
import zlib

import numpy as np
import PIL
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "images"
WIDTH, HEIGHT = 24, 16

y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
# Smooth, so that lossy formats keep it; not symmetric, so that every rotation shows.
rgb = np.stack([x * 10, y * 15, 255 - x * 5 - y * 3], axis=-1).astype(np.uint8)
alpha = ((x + y) * 255 // (WIDTH + HEIGHT - 2)).astype(np.uint8)
picture = Image.fromarray(rgb)
grey = picture.convert("L")
translucent = Image.fromarray(np.dstack([rgb, alpha]))
expected = {}


def white(image):
    """The image over white, as red, green, blue."""
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def keep(name, tolerance, pixels=None):
    """Notes what Pillow reads from the file, or `pixels` where Pillow has no RGB of its own."""
    if pixels is None:
        with Image.open(FOLDER / name) as image:
            image.seek(0)
            image = ImageOps.exif_transpose(image)
            pixels = np.asarray(white(image) if image.has_transparency_data else image.convert("RGB"))
    expected[name] = {
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "tolerance": tolerance,
        "hex": pixels.astype(np.uint8).tobytes().hex(),
    }


def save(name, image, tolerance, **options):
    image.save(FOLDER / name, **options)
    keep(name, tolerance)


def png16(name, samples, colour_type):
    """Pillow writes no 16-bit RGB, so the chunks are put together here."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, colour_type, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    ]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    )
    (FOLDER / name).write_bytes(data)


FOLDER.mkdir(exist_ok=True)
jpeg = {"quality": 92, "subsampling": 0}
save("rgb.jpg", picture, 3, **jpeg)
save("progressive.jpg", picture, 3, progressive=True, **jpeg)
save("grey.jpg", grey, 3, quality=92)
for orientation in (3, 5, 6, 8):
    exif = Image.Exif()
    exif[0x0112] = orientation
    save(f"rotated-{orientation}.jpg", picture, 3, exif=exif, **jpeg)

# CMYK with ink in every plate; Pillow writes Adobe's marker with transform 0 and inverted inks.
cmyk = Image.merge("CMYK", [Image.fromarray(p) for p in (255 - rgb[..., 0], 255 - rgb[..., 1], rgb[..., 2], alpha // 3)])
save("cmyk.jpg", cmyk, 3, quality=92)
# The same four planes read as YCCK: only the marker's last byte differs.
data = (FOLDER / "cmyk.jpg").read_bytes()
at = data.index(b"Adobe") + 11
(FOLDER / "ycck.jpg").write_bytes(data[:at] + b"\2" + data[at + 1 :])
keep("ycck.jpg", 4)

save("rgb.png", picture, 0)
save("grey.png", grey, 0)
save("one-bit.png", grey.convert("1"), 0)
save("alpha.png", translucent, 1)
save("grey-alpha.png", Image.merge("LA", [grey, Image.fromarray(alpha)]), 1)
palette = picture.quantize(16)
save("palette.png", palette, 0)
save("palette-transparent.png", palette, 0, transparency=3)
wide = rgb.astype(np.uint16) * 257
png16("sixteen-bit.png", wide.reshape(HEIGHT, -1), 2)
keep("sixteen-bit.png", 0, rgb)
png16("sixteen-bit-grey.png", wide[..., 0], 0)
keep("sixteen-bit-grey.png", 0, np.repeat(rgb[..., :1], 3, axis=-1))

frames = [palette, ImageOps.invert(picture).quantize(16)]
save("still.gif", palette, 0)
save("animated.gif", frames[0], 0, save_all=True, append_images=frames[1:], duration=100)
save("transparent.gif", palette, 0, transparency=3)
colours = [picture, ImageOps.invert(picture)]
save("animated.png", colours[0], 0, save_all=True, append_images=colours[1:], duration=100)
save("lossy.webp", picture, 6, quality=95)
save("lossless.webp", translucent, 1, lossless=True, exact=True)
save("animated.webp", colours[0], 0, save_all=True, append_images=colours[1:], duration=100, lossless=True)
save("rgb.bmp", picture, 0)
save("palette.bmp", palette, 0)

golden = {
    "made_by": "tests/golden/images_pillow.py",
    "versions": {"pillow": PIL.__version__, "numpy": np.__version__},
    "images": expected,
}
(HERE / "images_pillow.json").write_text(json.dumps(golden) + "\n")
