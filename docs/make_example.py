"""Make docs/example.jpg: before, after, and the difference; run as `python docs/make_example.py`.

scikit-image's cat before, after `unseen.protect_file` as it comes, and the difference made stronger.
"""

import tempfile
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image, ImageDraw, ImageFont

import unseen
from unseen.report import PhotoRow, amplified_change
from unseen.report.words import percent

PICTURE = Path(__file__).with_name("example.jpg")
WIDTH = 400
GAP = 10
FACTOR = 16


def main() -> None:
    """Protect, lay the three side by side and write what the networks see below them."""
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "cat.png"
        Image.fromarray(skimage.data.chelsea()).save(original)
        row = unseen.protect_file(original, output=Path(folder) / "protected", device="cpu")
        before, after = (np.asarray(Image.open(path)) for path in (original, row.output or original))
    panels = (before, after, amplified_change(before, after, FACTOR))
    captions = (_told(row, "before"), _told(row, "after"), f"The difference, {FACTOR} times\nstronger than it is")
    height = round(WIDTH * before.shape[0] / before.shape[1])
    sheet = Image.new("RGB", (3 * WIDTH + 2 * GAP, height + 54), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(16)
    for index, (pixels, caption) in enumerate(zip(panels, captions, strict=True)):
        left = index * (WIDTH + GAP)
        sheet.paste(Image.fromarray(pixels).resize((WIDTH, height), Image.Resampling.LANCZOS), (left, 0))
        draw.text((left, height + 6), caption, "black", font)
    sheet.save(PICTURE, quality=82, optimize=True)


def _told(row: PhotoRow, moment: str) -> str:
    """What a network used to make the protection answers, and one that was not."""
    lines = []
    for model in (row.models[0], row.models[-1]):
        best = getattr(model, moment).top5[0]
        role = "" if model.role == "surrogate" else " (not used)"
        lines.append(f"{moment.title()}, {model.name}{role}: {best.label}, {percent(best.probability)}")
    return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")  # which the font lacks


if __name__ == "__main__":
    main()
