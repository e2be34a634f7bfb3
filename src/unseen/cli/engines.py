"""Who does the photos of `unseen protect -o FOLDER`: this machine's threads, or a cluster."""

from dataclasses import dataclass, field

import click

from unseen.batch import WORKERS, Engine, Local

ENGINES = ("local", "ray")


@dataclass(frozen=True, kw_only=True)
class Engaged:
    """An engine, and where its networks compute.

    Attributes:
        device: "cpu" or "cuda"; None where the networks know, for they are there already.
    """

    engine: Engine = field(default_factory=lambda: Local(WORKERS))
    device: str | None = None


def check_engine(name: str, address: str | None, *, has_folder: bool) -> None:
    """Refuse flags that do not go together.

    Raises:
        click.UsageError: such flags.
    """
    if name == "ray" and not has_folder:
        raise click.UsageError("--engine ray is for runs into a folder of their own; give -o")
    if name != "ray" and address is not None:
        raise click.UsageError("--address is where a Ray cluster runs; give --engine ray as well")


def engaged(name: str, address: str | None, workers: int | None, device: str) -> Engaged:
    """The engine of that name, until the command ends; a cluster is joined, or started, at once.

    Args:
        device: "auto" takes GPUs where there are any.

    Raises:
        UnseenError: what it takes is not installed, or it has no room for one worker.
        ClusterError: it cannot be reached.
    """
    if name == "local":
        return Engaged(engine=Local(workers or WORKERS))
    from unseen.batch.cluster import Ray, joined

    cluster = click.get_current_context().with_resource(joined(address))
    chosen = ("cuda" if cluster.gpus else "cpu") if device == "auto" else device
    return Engaged(engine=Ray(cluster, workers, chosen), device=chosen)
