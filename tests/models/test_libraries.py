import os
import subprocess
import sys

import torch

from unseen.models import libraries
from unseen.models.libraries import prepare_imports


def output_of(program: str, **environment: str) -> str:
    settings = {key: value for key, value in os.environ.items() if key != "HF_HUB_DISABLE_TELEMETRY"} | environment
    done = subprocess.run([sys.executable, "-c", program], env=settings, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_the_models_imports_no_zoo() -> None:
    program = (
        "import sys, unseen.models; print({'timm', 'torchvision', 'pooch', 'huggingface_hub'} & sys.modules.keys())"
    )
    assert output_of(program) == "set()"


def test_telemetry_is_off_unless_the_user_decided() -> None:
    program = (
        "from unseen.models.libraries import prepare_imports; prepare_imports()\n"
        "from huggingface_hub import constants; print(constants.HF_HUB_DISABLE_TELEMETRY)"
    )
    assert output_of(program) == "True"
    assert output_of(program, HF_HUB_DISABLE_TELEMETRY="0") == "False"


def test_operators_are_declared_only_where_they_are_missing() -> None:
    prepare_imports()
    import torchvision

    assert torch.ops.torchvision.nms
    declared_here = libraries._declared_operators.cache_info().currsize > 0
    assert declared_here != torchvision.extension._has_ops()
