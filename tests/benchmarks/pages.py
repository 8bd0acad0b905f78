"""The pages without a browser: what a slider costs the server, and that it compiles nothing."""

import logging
import statistics

from compiling import counted
from measuring import Row, seconds, spell
from visiting import rerun, visit

LINKS = {
    "Paths": ("paths", {"optimizers": "gd,momentum,adam,newton,l-bfgs,levenberg-marquardt"}),
    "Ridge": ("ridge", {"data": "collinear", "penalty": "elastic-net"}),
}
RATE = "lr-gd~"
"""The slider of a learning rate on the page Paths."""


def compilations(places: int) -> list[Row]:
    """How many programs are compiled while every slider of a page is moved to some places."""
    quiet()
    return [compilations_of(title, *link, places) for title, link in LINKS.items()]


def compilations_of(title: str, page: str, link: dict[str, str], places: int) -> Row:
    """The line of one page."""
    app = visit(page, link)
    if page == "paths":
        app.session_state["more-settings"] = True  # every number is on the page
        rerun(app)
    moves = 0
    with counted() as programs:
        for key in [slider.key for slider in app.select_slider]:
            options = app.select_slider(key=key).options
            for place in range(places):
                app.select_slider(key=key).set_value(
                    float(options[place * (len(options) - 1) // max(places - 1, 1)])
                )
                rerun(app)
                moves += 1
    return Row(f"{title}: compilations while its sliders move {moves} times", str(len(programs)), aim="0")


def reruns(count: int) -> list[Row]:
    """How long the server takes for Paths when a learning rate has moved to where it never was."""
    quiet()
    app = visit("paths")
    options = [float(option) for option in app.select_slider(key=RATE).options]
    before = float(app.select_slider(key=RATE).value)
    fresh = [option for option in options if option != before]
    times = []
    for option in fresh[: count + 2]:
        app.select_slider(key=RATE).set_value(option)
        times.append(seconds(lambda: rerun(app)))
    median = statistics.median(times[2:])
    return [Row("Paths, warm: rerun after a learning rate has moved", spell(median), aim="≤ 30 ms")]


def quiet() -> None:
    """Streamlit warns that a page outside its server has no session, once for each run."""
    logging.getLogger("streamlit").setLevel(logging.ERROR)
