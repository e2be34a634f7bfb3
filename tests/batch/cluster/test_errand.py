import os
import pickle
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from unseen.batch import DiskPlace
from unseen.batch.cluster import errand as errands
from unseen.batch.cluster.errand import Errand, Probe, packed, unpacked
from unseen.errors import ClusterError, UnseenError
from unseen.protect import Protection, load_networks
from unseen.schemes import Unchanged

ANSWER = """
import sys, torch
from unseen.batch.cluster.errand import unpacked
found = unpacked(sys.stdin.buffer.read())
images = torch.linspace(0, 1, 3 * 40 * 40).reshape(1, 3, 40, 40)
print(torch.get_num_threads(), found.protection.networks[0](images).double().sum().item())
"""


def test_a_network_of_a_users_own_file_and_the_threads_arrive_elsewhere(errand: Errand, tmp_path: Path) -> None:
    images = torch.linspace(0, 1, 3 * 40 * 40).reshape(1, 3, 40, 40)
    expected = errand.protection.networks[0](images).double().sum().item()
    sent = packed(replace(errand, folder=tmp_path, threads=1))
    ended = subprocess.run(
        [sys.executable, "-c", ANSWER], input=sent, capture_output=True, check=True, cwd="/", env=os.environ.copy()
    )
    assert ended.stdout.decode().split() == ["1", str(expected)]


def test_embedded_networks_answer_in_the_same_bits(errand: Errand) -> None:
    network = load_networks(["lite0"], "cpu")
    sent = unpacked(packed(replace(errand, protection=Protection(scheme=Unchanged(), surrogates=network))))
    images = torch.rand(2, 3, 100, 80, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert sent.protection.networks[0](images).equal(network[0](images))


def test_names_that_are_relative_begin_where_the_command_was_given(errand: Errand, tmp_path: Path) -> None:
    unpacked(packed(replace(errand, folder=tmp_path)))
    assert Path.cwd() == tmp_path
    unpacked(packed(replace(errand, folder=tmp_path / "elsewhere")))
    assert Path.cwd() == tmp_path


def test_a_machine_of_other_versions_is_refused(errand: Errand, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = packed(errand)
    monkeypatch.setattr(errands, "__version__", "99.9")
    with pytest.raises(ClusterError, match=r"has unseen 99\.9 .*; install unseen .* on it, as here"):
        unpacked(sent)


def test_a_machine_that_does_not_see_the_photos_or_the_copies_is_refused(draw, errand: Errand, tmp_path: Path) -> None:
    photo, staged = draw("a.png"), DiskPlace().stage(tmp_path / "out/a.png", b"")
    seen = packed(replace(errand, probe=Probe(photo=photo, staged=staged)))
    unpacked(seen)
    staged.aside.unlink()
    with pytest.raises(ClusterError, match=r"out: .* of the cluster does not see what is in it; give folders that all"):
        unpacked(seen)
    photo.unlink()
    with pytest.raises(ClusterError, match=r"a\.png: .* of the cluster does not see it; give folders that all"):
        unpacked(seen)


@pytest.mark.skipif(torch.cuda.is_available(), reason="for a machine without a GPU")
def test_a_machine_without_the_gpu_that_it_was_chosen_for_is_refused(errand: Errand) -> None:
    with pytest.raises(ClusterError, match="torch finds no GPU there; give --device cpu"):
        unpacked(packed(replace(errand, device="cuda")))


def test_what_cannot_be_sent_is_one_line(errand: Errand, protection: Protection) -> None:
    protection.networks[0].body.lock = threading.Lock()
    with pytest.raises(UnseenError, match=r"cannot be sent .*; leave out --engine"):
        packed(errand)


def test_errors_survive_the_way() -> None:
    from unseen.errors import FullError, ModelError
    from unseen.watch import GivenUpError

    for error in (GivenUpError(), ModelError("no"), FullError(Path("a"), "full", "free some")):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
