"""What the server answers: plotly.js, and the component's modules as one script."""

import asyncio
import gzip
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette

from landscape.studio import server


def test_the_script_is_its_modules_in_the_order_of_their_imports():
    order = {name: place for place, name in enumerate(server.SCRIPTS)}
    files = {path.stem for path in server.ASSETS.glob("*.js")}
    assert files - {"loader"} == set(order)
    for name in order:
        text = (server.ASSETS / f"{name}.js").read_text(encoding="utf-8")
        for names, module in re.findall(
            r'^import (.*?) from "\./(\w+)\.js";', text, re.MULTILINE | re.DOTALL
        ):
            assert order[module] < order[name], f"{name} imports {module}, which comes later"
            assert " as " not in names, "an import under another name is lost in the one script"


def test_no_two_modules_share_a_name():
    found = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", server.script(), re.MULTILINE)
    assert len(found) > 50
    assert sorted(found) == sorted(set(found))
    assert not re.search(r"^(import|export) ", server.script(), re.MULTILINE)


def ask(path, encoding="identity", method="GET"):
    """The answer of the routes to a request: status, headers, body."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "root_path": "",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "server": ("localhost", 80),
        "headers": [(b"accept-encoding", encoding.encode())],
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    # In a thread of its own: browser tests leave a running event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(Starlette(routes=server.routes())(scope, receive, send))).result()
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize("prefix", ["", "/base/path"])
@pytest.mark.parametrize("kind", ["plotly", "script", "style"])
def test_the_server_answers_with_the_files(prefix, kind):
    status, headers, body = ask(f"{prefix}/landscape/{server.names()[kind]}")
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert headers["content-type"].startswith("text/css" if kind == "style" else "text/javascript")
    assert len(body) > 1000


def test_the_server_compresses_for_those_who_read_it():
    name = f"/landscape/{server.names()['script']}"
    _, packed_headers, packed = ask(name, "br, gzip")
    _, plain_headers, plain = ask(name)
    assert packed_headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain_headers
    assert gzip.decompress(packed) == plain


def test_the_server_gives_nothing_else():
    for name in ("plot.css", "plotly.min.js", "..%2f..%2fapp.py", "../server.py"):
        assert ask(f"/landscape/{name}")[0] == 404
    assert ask(f"/landscape/{server.names()['style']}", method="POST")[0] == 405
