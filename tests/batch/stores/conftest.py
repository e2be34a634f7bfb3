"""A server that speaks S3, buckets in it, and a store in memory."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from unseen.address import Address
from unseen.batch.stores.objects import store_of

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "unseen",
    "AWS_SECRET_ACCESS_KEY": "unseen",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Where a real server listens on loopback, in a process of its own that ends with this one."""
    program = [sys.executable, str(Path(__file__).with_name("server.py"))]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


@pytest.fixture
def environment(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the environment tells of the server, and of where a run works."""
    for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": server, "UNSEEN_CACHE": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(name, value)
    forget()
    yield
    forget()


@pytest.fixture
def bucket(environment: None, request: pytest.FixtureRequest) -> Address:
    """An empty bucket."""
    name = f"b{abs(hash(request.node.nodeid))}"
    store_of("s3").mkdir(name)
    return Address(f"s3://{name}")


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Address:
    """A folder of the store in memory."""
    monkeypatch.setenv("UNSEEN_CACHE", str(tmp_path / "cache"))
    return Address(f"memory://{tmp_path.name}")


@pytest.fixture(params=["s3", "memory"])
def store(request: pytest.FixtureRequest) -> Address:
    """Either of the two."""
    return request.getfixturevalue("bucket" if request.param == "s3" else "memory")


def forget() -> None:
    """Have the environment asked again."""
    import s3fs

    store_of.cache_clear()
    s3fs.S3FileSystem.clear_instance_cache()


def put(folder: Address, names: dict[str, bytes]) -> None:
    """Write objects below a folder; names may be such as no path can hold."""
    for name, data in names.items():
        store_of(folder.protocol).pipe_file(f"{folder.key}/{name}", data)


def objects_in(folder: Address) -> dict[str, bytes]:
    """All below a folder by name, but for the record."""
    store = store_of(folder.protocol)
    found = (name.removeprefix("/") for name in store.find(folder.key, refresh=True))
    names = [name for name in found if "/.unseen/" not in name and name != folder.key]
    return {name[len(folder.key) + 1 :]: store.cat_file(name) for name in names}
