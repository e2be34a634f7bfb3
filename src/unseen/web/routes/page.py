"""`/`, `/page/…` and `/docs`: what people open in a browser; all of it is served from here."""

import base64
import hashlib
import mimetypes
import re
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles

PAGE = Path(__file__).parents[1] / "page"
ASSETS = "/docs/assets"
"""Where the scripts of `/docs` are served, which come with a package."""

_ICON = "data:,"


def page_routes() -> APIRouter:
    """The page itself."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def page() -> Response:
        return FileResponse(PAGE / "index.html", media_type="text/html")

    return router


def serve_page_files(app: FastAPI) -> None:
    """Serve what the page is made of."""
    mimetypes.add_type("text/javascript", ".js")  # some machines say otherwise, and browsers would not run it
    app.mount("/page", StaticFiles(directory=PAGE, check_dir=False), name="page")


def docs_routes(app: FastAPI) -> APIRouter:
    """Swagger UI, with the rule that only its own scripts run."""
    router = APIRouter(include_in_schema=False)
    told = get_swagger_ui_html(
        openapi_url=str(app.openapi_url),
        title=f"{app.title}: the API",
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url=_ICON,
    ).body
    scripts = " ".join(
        f"'sha256-{_digest(script)}'" for script in re.findall(rb"<script>(.*?)</script>", told, re.DOTALL)
    )
    policy = (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )

    @router.get("/docs")
    async def docs() -> Response:
        return Response(told, media_type="text/html", headers={"Content-Security-Policy": policy})

    return router


def _digest(script: bytes) -> str:
    return base64.b64encode(hashlib.sha256(script).digest()).decode("ascii")
