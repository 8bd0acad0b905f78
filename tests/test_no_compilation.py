"""No slider of Paths, Ridge, Learning rates or Networks compiles anything: its number is traced."""

import jax
import pytest
from compiling import counted
from visiting import rerun, visit

pytestmark = pytest.mark.usefixtures("coarse")

LINKS = {
    "function": ("paths", {"landscape": "himmelblau", "optimizers": "gd,momentum,adam,adamw,rmsprop,newton"}),
    "others": (
        "paths",
        {
            "landscape": "rosenbrock",
            "optimizers": "adagrad,adadelta,lion,l-bfgs,gauss-newton,levenberg-marquardt",
        },
    ),
    "data": ("paths", {"landscape": "line", "model": "linear", "loss": "huber", "optimizers": "gd,nadam"}),
    "diabetes": ("ridge", {"penalty": "elastic-net", "lambda": "3"}),
    "collinear": ("ridge", {"data": "collinear", "penalty": "l2", "lambda": "0"}),
    "one-rate": ("rates", {"landscape": "himmelblau", "optimizer": "adam"}),
    "two-numbers": ("rates", {"study": "two-numbers", "landscape": "ravine"}),
    "noise": ("rates", {"study": "noise", "schedule": "cosine-warmup", "average": "true"}),
}


@pytest.fixture(scope="module")
def programs():
    """A list that fills with the programs that are compiled."""
    with counted() as found:
        yield found


@pytest.fixture(scope="module", params=LINKS)
def page(request, programs):
    """A page that has been shown once."""
    name, link = LINKS[request.param]
    app = visit(name, link)
    if name in ("paths", "rates"):
        app.session_state["more-settings"] = True  # every number is on the page
        rerun(app)
    programs.clear()
    return app


def moved(app, widget, value):
    """Move a widget, and see that the page has taken its value."""
    key = widget.key
    widget.set_value(value)
    rerun(app)
    if key.endswith("~"):
        assert app.session_state[key.removesuffix("~")] == value


def test_the_count_counts(programs):
    before = len(programs)
    jax.jit(lambda x: 3 * x + before)(1.0).block_until_ready()
    assert len(programs) == before + 1


def test_no_slider_compiles(page, programs):
    keys = [slider.key for slider in page.select_slider]
    assert keys
    for key in keys:
        options = page.select_slider(key=key).options
        for option in (options[0], options[len(options) // 2], options[-1]):
            moved(page, page.select_slider(key=key), float(option.split()[-1]))
            assert programs == [], f"{key} at {option}"


def test_no_typed_number_compiles(page, programs):
    for number in list(page.number_input):
        low, high, step = number.min, number.max, number.step
        for value in (number.value + step, number.value - step / 3):
            if step == round(step):
                value = round(value)
            if low <= value <= high:
                moved(page, page.number_input(key=number.key), value)
                assert programs == [], f"{number.key} = {value}"


def test_no_switch_compiles(page, programs):
    for toggle in list(page.toggle):
        moved(page, page.toggle(key=toggle.key), True)
        assert programs == [], toggle.key
    for group in [group for group in page.get("button_group") if group.key in ("height", "view", "penalty")]:
        for option in group.options:
            control = next(each for each in page.get("button_group") if each.key == group.key)
            moved(page, control, option)
            assert programs == [], f"{group.key} = {option}"


SLICE = {"part": "slice", "data-net": "iris", "depth-net": "1", "width-net": "3", "epochs-net": "2"}
SLICE |= {"batch-net": "16", "size-slice": "13", "plane-slice": "random"}


def test_no_number_of_a_slice_compiles(programs):
    visit("networks", SLICE)
    programs.clear()
    for change in (
        *({"seed-slice": "7"}, {"reach-slice": "2"}),
        *({"lr-net": "0.03"}, {"seed-net": "9"}, {"epochs-net": "3"}, {"penalty-net": "0.01"}),
    ):
        visit("networks", SLICE | change)
        assert programs == [], change
