"""How far a style is, to look at."""

from io import BytesIO

import torch
from PIL import Image
from torch import Tensor, nn

from unseen.grid import LEVELS

_GAP = 4
_PAPER = 255


@torch.no_grad()
def sample_sheet(photos: Tensor, generator: nn.Module) -> bytes:
    """A PNG with one row a photo (N, 3, H, W) in [-1, 1]: the photo, and as the generator paints it."""
    painted = torch.cat([generator(photo).float() for photo in photos.split(1)])
    pairs = torch.stack([photos, painted], 1).cpu()
    levels = ((pairs + 1) * (LEVELS / 2)).round().clamp(0, LEVELS).to(torch.uint8)
    height, width = photos.shape[-2:]
    sheet = Image.new("RGB", (2 * width + _GAP, len(photos) * (height + _GAP) - _GAP), (_PAPER,) * 3)
    for row, pair in enumerate(levels):
        for column, picture in enumerate(pair):
            place = column * (width + _GAP), row * (height + _GAP)
            sheet.paste(Image.fromarray(picture.permute(1, 2, 0).contiguous().numpy()), place)
    with BytesIO() as file:
        sheet.save(file, "png")
        return file.getvalue()
