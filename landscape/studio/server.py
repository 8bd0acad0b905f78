"""What the server answers besides Streamlit: plotly.js from the installed package, and the plot component."""

import functools
import gc
import gzip
import hashlib
import importlib.util
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from landscape.studio import disk_cache, warmup

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "plot"
SCRIPTS = ("arrays", "format", "theme", "clock", "pixels", "ink", "panel", "flat", "chart", "threads",
           "swarm", "plane", "curve", "drape", "scene", "roles", "arrange", "legend", "player", "readout",
           "vectors", "slide", "picture", "film", "takes", "stage", "index")  # fmt: skip
"""The files of the component, each after those that it imports from."""

FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export (?=(async )?(function|class|const))", re.MULTILINE)


def routes() -> list[Route]:
    """The routes of the component's files, under any base path that the app is served from."""
    return [
        Route(prefix + "/landscape/{name}", serve, methods=["GET", "HEAD"]) for prefix in ("", "/{base:path}")
    ]


def serve(request: Request) -> Response:
    """One of `files()`, kept by the browser for good, since its name changes with its content."""
    entry = files().get(request.path_params["name"])
    if entry is None:
        return Response("There is no such file.", status_code=404, media_type="text/plain")
    media_type, content = entry
    headers = FOREVER | {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            compressed(content), headers=headers | {"Content-Encoding": "gzip"}, media_type=media_type
        )
    return Response(content, headers=headers, media_type=media_type)


@functools.cache
def files() -> dict[str, tuple[str, bytes]]:
    """What the routes serve: file name to media type and content."""
    return {
        names()["plotly"]: ("text/javascript", plotly_js()),
        names()["script"]: ("text/javascript", script().encode() + b"\nexport { render };\n"),
        names()["style"]: ("text/css", style().encode()),
    }


@functools.cache
def names() -> dict[str, str]:
    """The file names of plotly.js (by version), of the component's script and of its style (by content)."""
    from plotly.offline import get_plotlyjs_version

    def digest(text: str) -> str:
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()

    return {
        "plotly": f"plotly-{get_plotlyjs_version()}.min.js",
        "script": f"plot-{digest(script())}.js",
        "style": f"plot-{digest(style())}.css",
    }


@functools.cache
def plotly_js() -> bytes:
    """plotly.js as the installed `plotly` package carries it."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        raise RuntimeError("The package plotly is not installed; install requirements.txt.")
    return (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes()


@functools.cache
def script() -> str:
    """The component's modules as one script: their imports of each other fall away, `render` is the door."""
    parts = [(ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", part)) for part in parts)


@functools.cache
def style() -> str:
    """The component's style sheet."""
    return (ASSETS / "plot.css").read_text(encoding="utf-8")


def loader() -> str:
    """The small script that travels with the component and fetches the others."""
    return (ASSETS / "loader.js").read_text(encoding="utf-8")


@functools.lru_cache(maxsize=8)
def compressed(content: bytes) -> bytes:
    """The content compressed, once."""
    return gzip.compress(content, compresslevel=6)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Warm up in the background while the server already answers."""
    disk_cache.keep_compiled_programs()
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield


def warm_up() -> None:
    """Prepare what the first reader would otherwise wait for."""
    for _media_type, content in files().values():
        compressed(content)
    warmup.warm_up()
    # Streamlit collects garbage after every run, before the reader has its results. What JAX and the
    # libraries have built stays for good: without it a collection takes a millisecond, not a hundred.
    gc.collect()
    gc.freeze()
    disk_cache.prune()
