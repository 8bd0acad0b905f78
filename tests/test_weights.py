"""Weights: files of parameters are read with care, and what is wrong with them is said."""

import gc
import io
import zipfile

import numpy as np
import pytest

from landscape.studio import weights
from landscape.studio.sharing import npz
from landscape.studio.weights import UnusableFileError

WANTED = {
    "layers": [
        {"bias": np.zeros(3, np.float32), "weights": np.ones((4, 3), np.float32)},
        {"bias": np.zeros(2, np.float32), "weights": np.ones((3, 2), np.float32)},
    ]
}


def given(**changes):
    """A file of other parameters of the same network, some of its arrays changed; None leaves one out."""
    arrays = {name: array + 2 for name, array in weights.named(WANTED).items()}
    arrays |= {name.replace("__", "/"): array for name, array in changes.items()}
    return npz({name: array for name, array in arrays.items() if array is not None})


def refused(data):
    with pytest.raises(UnusableFileError) as told:
        weights.read(data, WANTED)
    return str(told.value)


def test_what_was_written_is_read():
    found = weights.read(given(recipe="adam, 20 epochs"), WANTED)
    assert found["layers"][1]["weights"].dtype == np.float32
    np.testing.assert_array_equal(found["layers"][1]["weights"], np.full((3, 2), 3))
    np.testing.assert_array_equal(found["layers"][0]["bias"], [2, 2, 2])
    assert list(weights.named(WANTED)) == [
        *("layers/0/bias", "layers/0/weights", "layers/1/bias", "layers/1/weights")
    ]


def test_what_is_no_such_file_is_said():
    assert refused(b"") == refused(b"PK\x03\x04 nothing") == refused(given()[:-30])
    assert "is no NPZ file" in refused(b"weights")
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        for name in weights.named(WANTED):
            archive.writestr(f"{name}.npy", b"no array")
    assert "is no NPZ file" in refused(other.getvalue())


def test_another_network_is_said_by_its_layer():
    assert "has no `layers/1/bias`" in refused(given(layers__1__bias=None))
    assert "this one has no `layers/2/bias`" in refused(given(layers__2__bias=np.zeros(2, np.float32)))
    told = refused(given(layers__0__weights=np.zeros((4, 5), np.float32)))
    assert "`layers/0/weights` has the shape 4 × 5, and 4 × 3 is wanted" in told
    told = refused(given(layers__0__weights=np.zeros((4, 3))))
    assert "`layers/0/weights` is made of float64, and float32 is wanted" in told


def test_numbers_that_are_not_finite_are_counted():
    bad = np.array([1, np.nan, np.inf], np.float32)
    assert "`layers/0/bias` holds 2 numbers that are not finite" in refused(given(layers__0__bias=bad))


def test_nothing_is_unpickled():
    bad = np.array([print, print, print], object)
    told = refused(given(layers__0__bias=bad))
    assert "made of object, and float32 is wanted" in told


def test_large_files_are_not_unpacked():
    most = weights.limit(WANTED)
    assert "too large" in refused(bytes(most + 1))
    bomb = given(layers__0__bias=np.zeros(10**7, np.float32))
    assert len(bomb) < most
    assert "too large: 40,0" in refused(bomb)
    # A head that promises more than there is: it is looked at before room is made for it.
    lie = io.BytesIO()
    with zipfile.ZipFile(lie, "w") as archive:
        head = io.BytesIO()
        form = {"descr": "<f4", "fortran_order": False, "shape": (10**12,)}
        np.lib.format.write_array_header_1_0(head, form)
        for name in weights.named(WANTED):
            archive.writestr(f"{name}.npy", head.getvalue())
    assert "has the shape 1000000000000, and 3 is wanted" in refused(lie.getvalue())
    short = io.BytesIO()
    with zipfile.ZipFile(short, "w") as archive:
        for name, array in weights.named(WANTED).items():
            head = io.BytesIO()
            np.save(head, array)
            archive.writestr(f"{name}.npy", head.getvalue()[:-4])
    assert "damaged" in refused(short.getvalue())


def test_an_upload_lives_as_long_as_somebody_holds_it():
    data = given(layers__0__bias=np.full(3, 7, np.float32))
    one, two = weights.hold(data, "a.npz", WANTED), weights.hold(data, "b.npz", WANTED)
    assert one is two
    digest = one.digest
    assert weights.held(digest)["layers"][0]["bias"].tolist() == [7, 7, 7]
    del one, two
    gc.collect()
    with pytest.raises(LookupError, match="nobody holds"):
        weights.held(digest)


def test_parameters_fit_networks_of_their_shapes_alone():
    assert weights.fits(weights.read(given(), WANTED), WANTED)
    assert not weights.fits({"layers": WANTED["layers"][:1]}, WANTED)
    assert not weights.fits({"layers": WANTED["layers"][::-1]}, WANTED)
