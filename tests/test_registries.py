"""Registries: names that links hold on to."""

from dataclasses import dataclass

import pytest

from landscape.registries import Registry


@dataclass
class Entry:
    name: str


GREEK = Registry("letter", [Entry("gamma"), Entry("alpha"), Entry("beta")])


def test_a_registry_is_a_mapping_in_the_order_of_its_entries():
    assert list(GREEK) == ["gamma", "alpha", "beta"]
    assert len(GREEK) == 3
    assert GREEK["beta"].name == "beta"
    assert [entry.name for entry in GREEK.values()] == list(GREEK)
    assert "beta" in GREEK
    assert "delta" not in GREEK
    assert GREEK.get("delta") is None
    assert repr(GREEK) == "Registry('letter': gamma, alpha, beta)"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gama", "there is no letter 'gama'; did you mean 'gamma'?"),
        ("Beta", "there is no letter 'Beta'; did you mean 'beta'?"),
        ("omega", "there is no letter 'omega'; choose from gamma, alpha, beta"),
        ("", "there is no letter ''; choose from gamma, alpha, beta"),
        (3, "there is no letter 3; choose from gamma, alpha, beta"),
        (None, "there is no letter None; choose from gamma, alpha, beta"),
    ],
)
def test_an_unknown_name_says_what_there_is(name, message):
    with pytest.raises(KeyError) as raised:
        GREEK[name]
    assert raised.value.args == (message,)


def test_it_cannot_be_changed_and_a_name_stands_once():
    with pytest.raises(TypeError):
        GREEK["delta"] = Entry("delta")
    with pytest.raises(ValueError, match="two entries of kind letter are named 'alpha'"):
        Registry("letter", [Entry("alpha"), Entry("beta"), Entry("alpha")])
