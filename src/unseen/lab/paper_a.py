"""What Liu et al. 2019, "Adversaries or allies?", printed: the only place of its numbers.

Shares and probabilities are in [0, 1], entropies in nats, noise in [0, 1] of the range of a pixel.
"""

from dataclasses import dataclass

NAME = "Liu et al. 2019"
TITLE = "Adversaries or allies?"
HARDWARE = "a laptop with an Intel Core i5-7300HQ (4 cores) and 32 GB of memory, TensorFlow"


@dataclass(frozen=True, kw_only=True)
class Category:
    """A row of Table 1: who attacks what with which tool."""

    attacker: str
    target: str
    tool: str


TABLE_1 = (
    Category(attacker="human", target="data", tool="deep learning"),
    Category(attacker="human and deep learning", target="model", tool="deep learning"),
    Category(attacker="deep learning", target="data privacy", tool="adversarial noise"),
)
"""The three categories of privacy problems; the paper, and with it this project, treats the third."""

FIGURE_1 = "Users post photos on a social network; a crawler collects them and reads them with networks."

# Section 5, MNIST.

MNIST_TRAINING, MNIST_VALIDATION, MNIST_TEST = 55_000, 5_000, 10_000
MNIST_NETWORK = "two convolutional layers, one fully connected, softmax"
MNIST_ACCURACY = 0.96
"""Before any noise; "about 96 %"."""
MNIST_MEAN_NOISE = 0.013
""" "Average noise per pixel": it fits the size of the other numbers only as a mean with sign."""

TABLE_2 = (0.178, 0.564, 0.123, 0.116, 0.216, 0.130, 0.287, 0.239, 0.129, 0.222)
"""Accuracy on the test images with the noise of each target, 0 to 9."""
TABLE_2_MEAN = 0.220

FIGURE_2 = "The ten patterns, red positive and blue negative; that of 0 shows a red ring."
FIGURE_3 = "Test images with the noise of target 0 that the network gets wrong."


@dataclass(frozen=True, kw_only=True)
class NoiseSum:
    """Several targets' noises added to every image.

    Attributes:
        targets: the classes.
        accuracy: what was left.
        drawn_to: the classes that errors go to, where the paper tells them.
        printed: where.
    """

    targets: tuple[int, ...]
    accuracy: float
    drawn_to: tuple[int, ...] = ()
    printed: str


SUMS = (
    NoiseSum(targets=tuple(range(10)), accuracy=0.821, drawn_to=(4, 8), printed="Figures 4 and 5"),
    NoiseSum(targets=(2, 3), accuracy=0.217, printed="Figures 6 and 7"),
    NoiseSum(targets=(2, 3, 8), accuracy=0.327, printed="the text"),
)

# Section 5, ILSVRC-2012.

IMAGENET_NETWORK = "Inception v3, 299x299, pre-trained"
IMAGENET_PHOTOS = 48_238
IMAGENET_MAX_ITERATIONS = 100


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """Table 3: class replacement (CRS), means over the photos.

    Attributes:
        icp_before, icp_after: probability of the true class.
        target_probability: of the class put in its place.
        mean_abs: the noise.
        iterations: gradient steps a photo.
        seconds: a photo.
    """

    icp_before: float
    icp_after: float
    target_probability: float
    mean_abs: float
    iterations: float
    seconds: float


TABLE_3 = Replacement(
    icp_before=0.7670,
    icp_after=0.0009,
    target_probability=0.9945,
    mean_abs=0.0015,
    iterations=17.205,
    seconds=0.585,
)
SECONDS_IN_TEXT = 5.0
"""The text says about this many where Table 3 prints `TABLE_3.seconds`."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """One of Figures 8 to 11: original, amplified noise and released photo, with the network's answers.

    Attributes:
        figure: its number.
        scheme: "replace" (CRS) or "indistinguish" (CIS).
        photo: what is on it.
        before: probability of the true class in the original, where it is told.
        after: classes read in the released photo with their probabilities, as far as they are told.
    """

    figure: int
    scheme: str
    photo: str
    before: float | None = None
    after: tuple[tuple[str, float], ...] = ()


SWAN, MINIBUS = "black swan", "minibus"
EXAMPLES = (
    Example(figure=8, scheme="replace", photo=SWAN, before=0.9623, after=(("cowboy boot", 0.9901),)),
    Example(figure=9, scheme="replace", photo=MINIBUS),
    Example(
        figure=10,
        scheme="indistinguish",
        photo=SWAN,
        after=(("American egret", 0.0379), ("bittern", 0.0347), ("jinrikisha", 0.0179)),
    ),
    Example(figure=11, scheme="indistinguish", photo=MINIBUS),
)

FIGURE_12_ENTROPY_BEFORE = 0.7
"""Read from the drawing at no target class."""
FIGURE_12 = (
    "The entropy is about 0.7 without noise, lower with one target class and clearly higher with two; more add little.",
    "The noise grows about linearly with the number of target classes.",
    "Two target classes are called enough.",
)

# Discussion.

DISTANCE = "1 is hard to imitate; how to measure the distance of classes is left open."
COMBINATIONS = "All combinations of several targets are said to behave like those shown."
CARRYING_OVER = "Noise made for one complex image does not carry over to others."
VISIBILITY = "Noise can be seen on MNIST and cannot be seen on ImageNet."
COMPLEXITY = "Simple images are harder to protect than complex ones."
COST = "The cost is linear in the parameters, the input and the layers."
