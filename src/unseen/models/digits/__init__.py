"""Networks that read MNIST's digits, with weights.

They were made with OMP_NUM_THREADS=1, for the number of threads changes the last bits: by `unseen train mnist`, and by
`unseen train mnist --architecture dense --seed 1 --epochs 5`.
"""

from unseen.models.digits.network import DIGIT_NETWORKS, DigitNetwork, load_digits

__all__ = ["DIGIT_NETWORKS", "DigitNetwork", "load_digits"]
