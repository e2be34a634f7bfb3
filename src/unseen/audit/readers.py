"""The networks of an audit: who took part in the protection, who did not, and who could not be had."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from unseen.errors import ModelError, UnseenError
from unseen.models import Network, held_out_from, load_classifier
from unseen.report.as_json import from_json
from unseen.report.layout import Role
from unseen.report.settings import is_picture_alone


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Who reads.

    Attributes:
        roles: each network and whether the protection was made against it; surrogates first.
        problems: one line on each network that could not be loaded.
        notes: one line on each that was called held out and is a surrogate.
    """

    roles: dict[Network, Role]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def named(self, role: Role) -> list[str]:
        """The names of the networks of that role."""
        return [network.name for network, own in self.roles.items() if own == role]


def load_readers(surrogates: Iterable[str], held_out: Iterable[str], device: str = "cpu") -> Readers:
    """Load networks; what cannot be loaded is told, and the others go on.

    A network whose weights are those of a surrogate is one, by whatever name and with whatever preprocessing.

    Raises:
        ModelError: none could be loaded.
    """
    against, others = list(dict.fromkeys(surrogates)), list(dict.fromkeys(held_out))
    loaded: dict[str, Network] = {}
    problems: list[str] = []
    for name in dict.fromkeys((*against, *others)):
        try:
            loaded[name] = load_classifier(name, device=device)
        except UnseenError as error:
            problems.append(f"{name} is left out: {error}")
    if not loaded:
        raise ModelError(f"no network could be loaded; {problems[0] if problems else 'name one with --audit-model'}")
    made_against = [loaded[name] for name in against if name in loaded]
    apart, notes = held_out_from(made_against, [loaded[name] for name in others if name in loaded])
    roles: dict[Network, Role] = {network: "surrogate" for network in loaded.values() if network not in apart}
    roles |= dict.fromkeys(apart, "held-out")
    return Readers(roles=roles, problems=tuple(problems), notes=notes)


def report_beside(copies: Path) -> Path | None:
    """The `report.json` in the folder of the copies, where `unseen protect` wrote one; None where there is none."""
    found = (copies if copies.is_dir() else copies.parent) / "report.json"
    try:
        surrogates_of(found)
    except UnseenError:
        return None
    return found


def surrogates_of(report: Path) -> Sequence[str]:
    """The networks that a run of `unseen protect` was made against, from its JSON report; for a picture
    alone only those that its noise was trained against.

    Raises:
        UnseenError: the file cannot be read or is something else.
    """
    try:
        settings = from_json(report.read_text(encoding="utf-8")).settings
        models = [*settings.get("trained_against", ()), *(() if is_picture_alone(settings) else settings["models"])]
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UnseenError(f"{report}: cannot be read ({why}); give a report.json of unseen protect") from error
    except (UnseenError, AttributeError, KeyError, TypeError) as error:
        raise UnseenError(f"{report}: is no JSON report of unseen protect; give one that --report wrote") from error
    return [str(model) for model in models]
