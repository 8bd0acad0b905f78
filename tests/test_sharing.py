"""What the numbers of a file say of themselves, read by other programs than ours."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from landscape import OPTIMIZERS
from landscape.studio import sharing, units
from landscape.studio.sharing import Settings

SETTINGS = Settings("paths", "Paths · bowl", {"landscape": "bowl", "optimizers": "gd,adam", "part": ""})
COLUMNS = {"optimizer": ["gd", "adam"], "step": [0, 1], "theta_1": [0.1, 1 / 3], "loss": [0.5, np.nan]}


def read(content):
    return np.load(io.BytesIO(content), allow_pickle=False)


def test_the_numbers_carry_their_settings_and_units():
    file = read(sharing.npz({"adam/params": np.ones((2, 2)), "x": [1.0]}, SETTINGS))
    assert file.files == ["adam/params", "x", "settings", "units"]
    settings = json.loads(str(file["settings"]))
    assert settings["parameters"] == dict(SETTINGS.values)
    assert (settings["page"], settings["title"]) == ("paths", "Paths · bowl")
    assert "jax" in settings["library"]
    said = json.loads(str(file["units"]))
    assert said["adam/params"]["unit"] == "unit of the parameter"
    assert set(said) == {"adam/params", "x"}


def test_the_same_picture_gives_the_same_bytes():
    assert sharing.npz({"x": [1.0]}, SETTINGS) == sharing.npz({"x": [1.0]}, SETTINGS)


def test_other_programs_read_the_table_below_its_comments():
    text = sharing.commented(sharing.csv(COLUMNS), SETTINGS)
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert comments[0] == "# paths: Paths · bowl"
    assert "# optimizers = gd,adam" in comments
    assert sum("[" in line for line in comments) == len(COLUMNS)
    frame = pd.read_csv(io.StringIO(text), comment="#")
    assert list(frame) == list(COLUMNS)
    np.testing.assert_array_equal(frame["theta_1"], COLUMNS["theta_1"])
    rows = np.genfromtxt(io.StringIO(text), delimiter=",", comments="#", usecols=(1, 2, 3))
    np.testing.assert_array_equal(rows[1:], np.array([[0, 0.1, 0.5], [1, 1 / 3, np.nan]]))


def test_a_title_of_several_lines_stays_a_comment():
    text = sharing.commented("x\n1\n", Settings("own", "a\nb,c\r\n1", {}))
    assert [line for line in text.splitlines() if not line.startswith("#")] == ["x", "1"]


@pytest.mark.parametrize(
    ("name", "part", "unit"),
    [
        ("gradient_2", "", "unit of the loss / unit of the parameter"),
        ("t", "by-hand", "1"),
        ("t", "between", "unit of the parameter"),
        ("kl_slope", "distributions", "unit of the measure / unit of the parameter"),
        ("dice_r", "segmentation", "pixel"),
        ("seeds/7", "slice", "unit of the loss"),
        ("weight_bmi", "", "unit of the parameter"),
        ("petal length (cm)", "", "cm"),
        ("nobody-knows", "", "unknown"),
    ],
)
def test_a_name_has_a_unit(name, part, unit):
    assert units.meaning_of(name, part).unit == unit


def test_a_page_can_say_the_units_of_its_own_names():
    assert units.described(["dose"], own={"dose": "mg"}) == {"dose": {"meaning": "dose", "unit": "mg"}}


def test_every_inner_quantity_of_every_optimizer_is_described():
    names = {name for spec in OPTIMIZERS.values() for name in spec.quantities}
    assert len(names) > 8
    assert [name for name in names if units.meaning_of(f"adam/{name}") == units.UNKNOWN] == []
