"""The page for those who use a keyboard, a phone, or a dark screen, and where the server is gone or wants a token."""

import subprocess

import pytest

from tests.web.page.conftest import ENVIRONMENT, UNSEEN

pytestmark = pytest.mark.proof
