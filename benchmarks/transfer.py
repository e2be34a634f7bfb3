"""`shield` beside torchattacks' transfer attacks: the same photos, surrogates, limit and number of gradients.

    .venv-bench/bin/python benchmarks/transfer.py --labels photos/labels.csv --weights weights -o results-transfer

Every contender takes 10 steps (half of what `shield` takes unless told otherwise) of the same length within the limit:
8 levels, or with `--nips`, the protocol of NIPS 2017, 16 levels and the true labels. All attack lite0 and lite1 at
once;
the peers, which know one network, get the mean of the two networks' logits, the usual ensemble (Dong et al. 2018). They
get the networks' own answers as labels, as `shield` does. Two peers take several gradients a step: they run with 10
steps, at several times our cost, and again with as many steps as our gradients pay for. What is judged is rounded to 8
bit, as it is and after 224 pixels a side and JPEG 75, by three networks of other families: how many of all photos they
still read rightly; the attack success of NIPS 2017 is 1 less that. Gradients are counted by hooks, as passes of photos
through a network's body that a gradient came back from. The record is written after every batch of photos, and an
interrupted run goes on where it was.
"""

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from heldout import HEADS, alike, image_of, ready, still_read, told
from task import default_photos, default_weights
from unseen import Shield, __version__, load_classifier
from unseen.lab.files import write_over
from unseen.metrics import psnr, ssim
from unseen.models import Network
from unseen.models.ensemble import Ensemble
from unseen.photo import read_photo

OURS = ("shield, 10 steps", "shield, 10 steps, the limit everywhere")
EQUAL = ", equal gradients"
PEERS = ("MIFGSM", "DIFGSM", "TIFGSM", "SINIFGSM", "VMIFGSM", f"SINIFGSM{EQUAL}", f"VMIFGSM{EQUAL}")
STEPS = 10
COST = {"SINIFGSM": 5, "VMIFGSM": 6}
"""Gradients that a peer takes a step, with its own defaults, where that is not 1."""
LANES = 4
Row = Mapping[str, Any]
Attack = Callable[[Tensor, Tensor], Tensor]


class MeanLogits(nn.Module):
    """Several networks as the one that the peers want: the mean of their logits."""

    def __init__(self, networks: Sequence[Network]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, images: Tensor) -> Tensor:
        return torch.stack([network(images) for network in self.networks]).mean(0)


class Gradients:
    """Counts the photos that a gradient came back for, through the bodies of networks."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self.count = 0
        for network in networks:
            network.body.register_forward_hook(self._watch)

    def _watch(self, _module: nn.Module, _inputs: Any, logits: Tensor) -> None:
        if logits.requires_grad:
            logits.register_hook(self._add)

    def _add(self, gradient: Tensor) -> None:
        self.count += len(gradient)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--labels", type=Path, default=default_photos(), help="CSV with the columns file,label (an index)"
    )
    parser.add_argument("--weights", type=Path, default=default_weights(), help="of the networks that judge")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--limit", type=int, default=32, help="photos of one size, the first so many")
    parser.add_argument("--nips", action="store_true", help="16 levels, and the true labels are told")
    parser.add_argument("--contenders", nargs="+", choices=[*OURS, *PEERS], default=[*OURS, *PEERS])
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    labels = dict(list(ready(options.labels, options.weights).items())[: options.limit])
    epsilon = (16 if options.nips else 8) / 255
    networks = [load_classifier(name) for name in ("lite0", "lite1")]
    print(f"{len(labels)} photos, lite0 and lite1, {round(epsilon * 255)} levels, unseen {__version__}\n")
    print(f"| contender | {' | '.join(HEADS)} |\n|{'---|' * (len(HEADS) + 1)}")
    record = options.output / ("nips.json" if options.nips else "transfer.json")
    gradients = Gradients(networks)
    for name in options.contenders:
        rows = measured(name, labels, networks, gradients, epsilon, record, options)
        print(f"| {' | '.join(told(name, rows, options.weights))} |", flush=True)


def shield(name: str, epsilon: float) -> Shield:
    """As it is, but for the number of steps, or with the same limit for every value."""
    everywhere = {} if name == OURS[0] else {"calm": epsilon}
    return Shield(epsilon=epsilon, steps=STEPS, extra_steps=0, lanes=LANES, **everywhere)


def contender(name: str, networks: Sequence[Network], epsilon: float, *, equal: bool) -> Attack:
    """Images (B, 3, H, W) in [0, 1] and labels (B,) -> attacked images."""
    if name in OURS:
        scheme, ensemble = shield(name, epsilon), Ensemble(networks)
        return lambda images, labels: scheme(images, ensemble, references=labels).images
    import torchattacks  # in an environment of its own

    cost = COST.get(name, 1) if equal else 1
    steps = max(1, round(STEPS / cost))
    attack = getattr(torchattacks, name)(
        MeanLogits(networks).eval(), eps=epsilon, steps=steps, alpha=1.6 * epsilon / steps
    )
    attacked: Attack = attack
    return attacked


def measured(
    name: str,
    labels: Mapping[Path, str],
    networks: Sequence[Network],
    gradients: Gradients,
    epsilon: float,
    record: Path,
    options: argparse.Namespace,
) -> list[Row]:
    """One row a photo; those that the file has already are not made again."""
    peer, equal = name.removesuffix(EQUAL), name.endswith(EQUAL)
    settings = {"version": __version__, "epsilon": epsilon, "steps": STEPS, "lanes": LANES}
    settings |= asdict(shield(name, epsilon)) if name in OURS else {}
    known = json.loads(record.read_text()) if record.exists() else {}
    own = known.setdefault(name, {"settings": settings, "rows": {}})
    if own["settings"] != settings:
        raise SystemExit(f"{record}: holds {name} with other settings; give another -o")
    rows, paths = own["rows"], list(labels)
    attack = contender(peer, networks, epsilon, equal=equal)
    for start in range(0, len(paths), LANES):
        batch = paths[start : start + LANES]
        if all(path.name in rows for path in batch):
            continue
        images = torch.cat([image_of(read_photo(path).srgb) for path in batch])
        truth = torch.tensor([int(labels[path]) for path in batch])
        with torch.no_grad():
            seen = Ensemble(networks)(images)
        told_labels = truth if options.nips else (seen.argmax(-1) if name in OURS else seen.mean(1).argmax(-1))
        torch.manual_seed(start)
        gradients.count, started = 0, time.process_time()
        attacked = attack(images, told_labels).detach().mul(255).round().clamp(0, 255)
        seconds = (time.process_time() - started) / len(batch)
        for index, path in enumerate(batch):
            pixels = attacked[index].permute(1, 2, 0).to(torch.uint8).contiguous().numpy()
            pair = images[index : index + 1], attacked[index : index + 1] / 255
            rows[path.name] = {
                **still_read(pixels, int(labels[path]), options.weights),
                "gradients": gradients.count / len(batch),
                "ssim": ssim(*pair).item(),
                "psnr": psnr(*pair).item(),
                "lpips": alike(options.weights)(*pair).item(),
                "seconds": seconds,
            }
        write_over(record, json.dumps(known, indent=1).encode())
    return [rows[path.name] for path in labels]


if __name__ == "__main__":
    main()
