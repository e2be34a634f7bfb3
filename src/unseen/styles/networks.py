"""The networks of CartoonGAN and CycleGAN as published, their weights under the published names.

Generators turn pictures (B, 3, H, W), red first, in [-1, 1], H and W multiples of `GRANULE`, into pictures of the same
form. Discriminators turn such pictures into one score a patch, (B, 1, h, w), without a sigmoid at the end.

CartoonGAN: Chen, Lai & Liu 2018, "CartoonGAN: Generative Adversarial Networks for Photo Cartoonization", figure 2. The
names are those of the PyTorch conversion of the authors' weights (Yijunmaverick/CartoonGAN-Test-Pytorch-Torch).

CycleGAN: Zhu, Park, Isola & Efros 2017, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
Networks", appendix 7.2. The names are those of junyanz/pytorch-CycleGAN-and-pix2pix: `resnet_9blocks` without dropout,
and the `basic` discriminator.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from unseen.styles.instance_norm import InstanceNorm

GRANULE = 4
"""What a generator's input must be a multiple of: it is halved twice and doubled twice."""

_CARTOON_BLOCKS = range(4, 12)
"""The residual blocks, numbered on from the three layers before them."""


class CartoonGenerator(nn.Module):
    """CartoonGAN's generator: 11.1 million parameters at the published width.

    Args:
        width: channels of the first layer, 64 as published.

    Attributes:
        reach: how many pixels away an output pixel still reads the input, once the statistics are fixed.
    """

    reach = 88

    def __init__(self, *, width: int = 64) -> None:
        super().__init__()
        self.conv01_1 = nn.Conv2d(3, width, 7, padding=3, padding_mode="reflect")
        self.in01_1 = InstanceNorm(width, learnt=True)
        self.conv02_1 = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.conv02_2 = nn.Conv2d(2 * width, 2 * width, 3, padding=1)
        self.in02_1 = InstanceNorm(2 * width, learnt=True)
        self.conv03_1 = nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1)
        self.conv03_2 = nn.Conv2d(4 * width, 4 * width, 3, padding=1)
        self.in03_1 = InstanceNorm(4 * width, learnt=True)
        for block in _CARTOON_BLOCKS:
            for layer in (1, 2):
                convolution = nn.Conv2d(4 * width, 4 * width, 3, padding=1, padding_mode="reflect")
                self.add_module(f"conv{block:02}_{layer}", convolution)
                self.add_module(f"in{block:02}_{layer}", InstanceNorm(4 * width, learnt=True))
        self.deconv01_1 = nn.ConvTranspose2d(4 * width, 2 * width, 3, stride=2, padding=1, output_padding=1)
        self.deconv01_2 = nn.Conv2d(2 * width, 2 * width, 3, padding=1)
        self.in12_1 = InstanceNorm(2 * width, learnt=True)
        self.deconv02_1 = nn.ConvTranspose2d(2 * width, width, 3, stride=2, padding=1, output_padding=1)
        self.deconv02_2 = nn.Conv2d(width, width, 3, padding=1)
        self.in13_1 = InstanceNorm(width, learnt=True)
        self.deconv03_1 = nn.Conv2d(width, 3, 7, padding=3, padding_mode="reflect")

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures in the new style; the published weights read and write blue first, hence the flips."""
        features = F.relu(self.in01_1(self.conv01_1(pictures.flip(1))), inplace=True)
        features = F.relu(self.in02_1(self.conv02_2(self.conv02_1(features))), inplace=True)
        features = F.relu(self.in03_1(self.conv03_2(self.conv03_1(features))), inplace=True)
        for block in _CARTOON_BLOCKS:
            between = F.relu(self._normed(f"{block:02}_1", features), inplace=True)
            features = features + self._normed(f"{block:02}_2", between)
        features = F.relu(self.in12_1(self.deconv01_2(self.deconv01_1(features))), inplace=True)
        features = F.relu(self.in13_1(self.deconv02_2(self.deconv02_1(features))), inplace=True)
        return self.deconv03_1(features).tanh().flip(1)

    def _normed(self, layer: str, features: Tensor) -> Tensor:
        """A residual block's convolution and its norm."""
        return self.get_submodule(f"in{layer}")(self.get_submodule(f"conv{layer}")(features))


class CartoonDiscriminator(nn.Module):
    """CartoonGAN's discriminator: 1.1 million parameters, one score for every 4 x 4 pixels.

    No weights of it were published, so its names are ours.

    Args:
        width: channels of the first layer, 32 as published.
    """

    def __init__(self, *, width: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, width, 3, padding=1),
            _leaky(),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
            _leaky(),
            nn.Conv2d(2 * width, 4 * width, 3, padding=1),
            InstanceNorm(4 * width, learnt=True),
            _leaky(),
            nn.Conv2d(4 * width, 4 * width, 3, stride=2, padding=1),
            _leaky(),
            nn.Conv2d(4 * width, 8 * width, 3, padding=1),
            InstanceNorm(8 * width, learnt=True),
            _leaky(),
            nn.Conv2d(8 * width, 8 * width, 3, padding=1),
            InstanceNorm(8 * width, learnt=True),
            _leaky(),
            nn.Conv2d(8 * width, 1, 3, padding=1),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Scores (B, 1, H/4, W/4), high for cartoons."""
        return self.layers(pictures)


class CycleGenerator(nn.Module):
    """CycleGAN's generator: 11.378 million parameters at the published width and depth.

    Args:
        width: channels of the first layer, 64 as published.
        blocks: residual blocks, 9 as published for pictures of 256 pixels and more, 6 for smaller ones.

    Attributes:
        reach: how many pixels away an output pixel still reads the input, once the statistics are fixed.
    """

    def __init__(self, *, width: int = 64, blocks: int = 9) -> None:
        super().__init__()
        self.reach = 14 + 8 * blocks
        self.model = nn.Sequential(
            nn.ReflectionPad2d(3),
            nn.Conv2d(3, width, 7),
            *_norm_and_relu(width),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
            *_norm_and_relu(2 * width),
            nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1),
            *_norm_and_relu(4 * width),
            *(_Residual(4 * width) for _ in range(blocks)),
            nn.ConvTranspose2d(4 * width, 2 * width, 3, stride=2, padding=1, output_padding=1),
            *_norm_and_relu(2 * width),
            nn.ConvTranspose2d(2 * width, width, 3, stride=2, padding=1, output_padding=1),
            *_norm_and_relu(width),
            nn.ReflectionPad2d(3),
            nn.Conv2d(width, 3, 7),
            nn.Tanh(),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Pictures in the new style."""
        return self.model(pictures)


class CycleDiscriminator(nn.Module):
    """CycleGAN's discriminator, the PatchGAN whose every score judges 70 x 70 pixels: 2.765 million parameters.

    Args:
        width: channels of the first layer, 64 as published.
    """

    def __init__(self, *, width: int = 64) -> None:
        super().__init__()
        self.model = nn.Sequential(
            nn.Conv2d(3, width, 4, stride=2, padding=1),
            _leaky(),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),
            InstanceNorm(2 * width, learnt=False),
            _leaky(),
            nn.Conv2d(2 * width, 4 * width, 4, stride=2, padding=1),
            InstanceNorm(4 * width, learnt=False),
            _leaky(),
            nn.Conv2d(4 * width, 8 * width, 4, padding=1),
            InstanceNorm(8 * width, learnt=False),
            _leaky(),
            nn.Conv2d(8 * width, 1, 4, padding=1),
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """Scores (B, 1, H/8 - 2, W/8 - 2), 1 for pictures of the style and 0 for made ones (least squares)."""
        return self.model(pictures)


Generator = CartoonGenerator | CycleGenerator


class _Residual(nn.Module):
    """Two convolutions whose answer is added to what they read."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            *_norm_and_relu(channels),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3),
            InstanceNorm(channels, learnt=False),
        )

    def forward(self, features: Tensor) -> Tensor:
        return features + self.conv_block(features)


def _norm_and_relu(channels: int) -> tuple[nn.Module, nn.Module]:
    return InstanceNorm(channels, learnt=False), nn.ReLU(inplace=True)


def _leaky() -> nn.Module:
    return nn.LeakyReLU(0.2, inplace=True)
