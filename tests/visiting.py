"""A visit to a page of the studio without a browser, as the page tests make it."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

MAIN = Path(__file__).resolve().parents[1] / "landscape/studio/main.py"
PATIENCE = 120  # seconds for the first compilation on a slow machine


def visit(page, link=None, **params):
    """Open a page by its link; fail with what it raises."""
    app = AppTest.from_file(str(MAIN), default_timeout=PATIENCE)
    app.switch_page(f"views/{page}.py")
    app.query_params.update({**(link or {}), **params})
    return rerun(app)


def rerun(app):
    """Run the page again; fail with what it raises."""
    app.run()
    assert not app.exception, [error.message for error in app.exception]
    assert not app.error, [error.value for error in app.error]
    return app


def go(app, page):
    """Go to another page by the navigation, which leads to its bare address."""
    app.switch_page(f"views/{page}.py")
    app.query_params.clear()
    return rerun(app)


def warnings(app):
    """What the page says of its link."""
    return [warning.value for warning in app.warning]


def text(app):
    """All the text on the page."""
    return "\n".join(element.value for element in app.markdown)


def rows(app):
    """The table of results: cells as text, without the head."""
    table = next(part.value for part in app.markdown if part.value.startswith("| "))
    lines = table.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
