"""A real server, a real browser and real photos."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import skimage.data
from PIL import Image

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}
UNSEEN = (sys.executable, "-m", "unseen")


@contextmanager
def running(*options: str) -> "Iterator[tuple[str, subprocess.Popen[str]]]":
    """A server, as long as it is needed."""
    command = [*UNSEEN, "serve", "--port", "0", "--no-browser", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
        process.terminate()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where a server with the networks that come with unseen is."""
    with running() as (found, _):
        yield found


@pytest.fixture
def another(tiny: str) -> "Iterator[Callable[..., tuple[str, subprocess.Popen[str]]]]":
    """Start another server, with a quick network: another(*options, pause=seconds a look) -> address, process."""
    with ExitStack() as stack:

        def start(*options: str, pause: float = 0) -> "tuple[str, subprocess.Popen[str]]":
            return stack.enter_context(running("--model", f"{tiny}?pause={pause}", "--audit-model", "", *options))

        yield start


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
    if CHROMIUM is None:
        pytest.skip("no Chromium: install Debian's package chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open the page: opened(width=…, color_scheme=…). Nothing may go to another host, and nothing may go wrong."""
    contexts: list[Any] = []
    own, requests, complaints = [address], list[str](), list[str]()

    def open_page(*, at: str = address, width: int = 1280, height: int = 900, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("request", lambda request: requests.append(request.url))
        page.on("filechooser", lambda chooser: None)  # from now on: where a test begins to wait for one is too late
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None)
        page.goto(at)
        own.append(at.partition("#")[0])
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in requests if not url.removeprefix("blob:").startswith((*own, "data:"))] == []
    assert [told for told in complaints if not told.startswith("Failed to load resource")] == []


@pytest.fixture
def page(opened: Callable[..., Any]) -> Any:
    """The page on a desk."""
    return opened()


@pytest.fixture(scope="session")
def cat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo that all networks recognise."""
    path = tmp_path_factory.mktemp("photos") / "cat.jpg"
    Image.fromarray(skimage.data.chelsea()).save(path, quality=90)
    return path


@pytest.fixture
def commanded(tmp_path: Path) -> Callable[..., dict[str, bytes]]:
    """What the command makes: commanded(*photos, *options) -> name and bytes of each copy."""

    def protect(*arguments: object) -> dict[str, bytes]:
        folder = tmp_path / "commanded"
        folder.mkdir()
        photos = [Path(shutil.copy(one, folder)) for one in arguments if isinstance(one, Path)]
        options = [str(one) for one in arguments if not isinstance(one, Path)]
        subprocess.run(
            [*UNSEEN, "protect", *map(str, photos), *options],  # beside them, where they share lanes as here
            capture_output=True,
            env=ENVIRONMENT,
            check=False,  # 1: not every photo could be protected, which the page shows as well
        )
        return {path.name.replace("-unseen", ""): path.read_bytes() for path in folder.glob("*-unseen.*")}

    return protect


@pytest.fixture
def ask(tmp_path: Path) -> Callable[[str], Any]:
    """What an expression gives in node, in which all modules of the page can be imported."""
    if (node := shutil.which("node")) is None:
        pytest.skip("node is not installed")
    for module in (files("unseen.web") / "page").iterdir():
        if module.name.endswith(".js"):
            (tmp_path / module.name).write_text(module.read_text())
    (tmp_path / "package.json").write_text('{"type": "module"}')

    def asked(script: str) -> Any:
        (tmp_path / "asked.js").write_text(script)
        told = subprocess.run([node, tmp_path / "asked.js"], cwd=tmp_path, capture_output=True, check=True, text=True)
        return json.loads(told.stdout)

    return asked
