"""Datasets against the published facts of the tables and the truth behind the synthetic ones."""

import numpy as np
import pytest
import sklearn.preprocessing

from landscape.datasets import (
    DATASETS,
    Dataset,
    blobs,
    boxes,
    collinear,
    collinear_ingredients,
    correlated_features,
    counts,
    diabetes,
    line,
    line_with_outliers,
    moons,
    rare_class,
    spirals,
    spreading_line,
    thrown_stone,
    xor,
)

SYNTHETIC = [
    *(line, line_with_outliers, thrown_stone, spreading_line, counts, boxes, collinear),
    *(blobs, rare_class, moons, spirals, xor),
]
SHAPES = {
    "line": (40, 1),
    "line-with-outliers": (40, 1),
    "thrown-stone": (25, 1),
    "spreading-line": (80, 1),
    "counts": (60, 1),
    "boxes": (40, 1),
    "collinear": (60, 2),
    "diabetes": (442, 10),
    "blobs": (100, 2),
    "rare-class": (200, 2),
    "moons": (100, 2),
    "spirals": (200, 2),
    "xor": (200, 2),
    "breast-cancer": (569, 30),
    "iris": (150, 4),
    "wine": (178, 13),
    "digits": (1797, 64),
}


def table(inputs=((1.0,), (2.0,)), targets=(0.0, 1.0), names=("x",), **fields):
    return Dataset("table", "Table", inputs, targets, names, **fields)


@pytest.mark.parametrize("name", SHAPES)
def test_a_registered_dataset_is_what_its_recipe_says(name):
    data, recipe = DATASETS[name], DATASETS.recipes[name]
    assert data.inputs.shape == SHAPES[name]
    assert data.targets.shape == (*SHAPES[name][:1], *((3,) if name == "boxes" else ()))
    assert (data.name, data.title, data.task) == (recipe.name, recipe.title, recipe.task)
    assert data is DATASETS[name]
    assert data.inputs.dtype == np.float64
    assert data.targets.dtype == (np.float64 if data.task == "regression" else np.int64)
    assert set(np.unique(data.targets)) == set(range(data.num_classes)) or data.task == "regression"


def test_the_registry_holds_these_and_no_others():
    assert set(DATASETS) == set(SHAPES)
    assert len(DATASETS) == len(SHAPES)
    with pytest.raises(KeyError, match="did you mean 'diabetes'"):
        DATASETS["diabetis"]


def test_diabetes_is_the_table_of_efron_et_al():
    data = DATASETS["diabetes"]
    np.testing.assert_allclose(data.inputs.sum(axis=0), 0.0, atol=1e-10)
    np.testing.assert_allclose((data.inputs**2).sum(axis=0), 1.0, rtol=1e-10)
    correlations = data.inputs.T @ data.inputs
    s1, s2 = data.feature_names.index("s1"), data.feature_names.index("s2")
    assert correlations[s1, s2] == pytest.approx(0.90, abs=0.005)
    measured = diabetes(scaled=False)
    # the first patient of the published file: 59 2 32.1 101 157 93.2 38 4 4.8598 87 and 151
    np.testing.assert_allclose(measured.inputs[0], [59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87])
    assert measured.targets[0] == 151
    assert measured.targets.mean() == pytest.approx(152.13, abs=0.005)


def test_tables_of_classes_have_the_published_numbers_of_each_class():
    cancer = DATASETS["breast-cancer"]
    assert dict(zip(cancer.class_names, np.bincount(cancer.targets).tolist(), strict=True)) == {
        "malignant": 212,
        "benign": 357,
    }
    counts = np.bincount(DATASETS["digits"].targets)
    assert counts.tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(DATASETS["wine"].targets).tolist() == [59, 71, 48]


def test_iris_has_fishers_means():
    data = DATASETS["iris"]
    means = [data.inputs[data.targets == species].mean(axis=0) for species in range(3)]
    # Fisher (1936), table II; his versicolor and virginica as he gives them
    np.testing.assert_allclose(means[0], [5.006, 3.428, 1.462, 0.246], atol=1e-9)
    np.testing.assert_allclose(means[1], [5.936, 2.770, 4.260, 1.326], atol=1e-9)
    np.testing.assert_allclose(means[2], [6.588, 2.974, 5.552, 2.026], atol=1e-9)


@pytest.mark.parametrize("make", SYNTHETIC)
def test_the_same_seed_gives_the_same_data(make):
    one, same, other = make(seed=1), make(seed=1), make(seed=2)
    np.testing.assert_array_equal(one.inputs, same.inputs)
    np.testing.assert_array_equal(one.targets, same.targets)
    assert not (np.array_equal(one.inputs, other.inputs) and np.array_equal(one.targets, other.targets))


@pytest.mark.parametrize("make", SYNTHETIC)
@pytest.mark.parametrize("num_examples", [3, 4, 101])
def test_as_many_examples_as_asked_for(make, num_examples):
    sizes = {line_with_outliers: {"num_outliers": 1}, rare_class: {"num_rare": 1}}.get(make, {})
    assert make(num_examples=num_examples, **sizes).num_examples == num_examples


@pytest.mark.parametrize("correlation", [-1.0, -0.5, 0.0, 0.3, 0.95, 0.9999, 1.0])
@pytest.mark.parametrize("seed", [0, 5])
def test_collinear_features_have_exactly_the_correlation_asked_for(correlation, seed):
    data = collinear(correlation=correlation, seed=seed)
    np.testing.assert_allclose(data.inputs.mean(axis=0), 0.0, atol=1e-14)
    np.testing.assert_allclose(data.inputs.std(axis=0), 1.0, rtol=1e-13)
    assert np.corrcoef(data.inputs.T)[0, 1] == pytest.approx(correlation, abs=1e-13)


def test_only_the_mixture_changes_with_the_correlation():
    directions, noise = collinear_ingredients(60, seed=0)
    for correlation in (0.2, 0.99):
        data = collinear(correlation=correlation, weights=(2.0, 1.0), noise=0.5)
        np.testing.assert_array_equal(data.inputs, correlated_features(directions, correlation))
        np.testing.assert_allclose(data.targets, data.inputs @ [2.0, 1.0] + 0.5 * noise, rtol=1e-12)
    assert noise.mean() == pytest.approx(0.0, abs=1e-14)


def test_the_stone_falls_with_9_point_8_metres_per_second_squared():
    data = thrown_stone(num_examples=31, noise=0.0)
    np.testing.assert_allclose(np.diff(data.targets, 2) / np.diff(data.inputs[:, 0])[0] ** 2, -9.8)


def test_noise_has_the_size_asked_for():
    noisy, exact = line(10_000, noise=0.7), line(10_000, noise=0.0)
    assert (noisy.targets - exact.targets).std() == pytest.approx(0.7, rel=0.03)


def test_outliers_are_the_points_with_the_smallest_inputs():
    clean, moved = line(30), line_with_outliers(30, num_outliers=3, shift=5.0)
    lowest = np.argsort(clean.inputs[:, 0])[:3]
    expected = clean.targets.copy()
    expected[lowest] += 5.0
    np.testing.assert_array_equal(moved.targets, expected)


def test_clouds_moons_spirals_and_squares_are_where_they_are_said_to_be():
    clouds = blobs(20_000, separation=4.0, noise=1.0)
    centres = [clouds.inputs[clouds.targets == label].mean(axis=0) for label in (0, 1)]
    assert np.linalg.norm(centres[1] - centres[0]) == pytest.approx(4.0, abs=0.05)
    halves = moons(noise=0.0)
    centres = np.array([[0.0, 0.0], [1.0, 0.5]])[halves.targets]
    np.testing.assert_allclose(np.linalg.norm(halves.inputs - centres, axis=1), 1.0)
    wound = spirals(noise=0.0)
    distance = np.linalg.norm(wound.inputs, axis=1)
    assert (distance.min(), distance.max()) == pytest.approx((0.05, 1.0))
    square = xor(noise=0.0)
    np.testing.assert_array_equal(np.sign(square.inputs).prod(axis=1) < 0, square.targets)
    assert np.abs(square.inputs).max() <= 1.0


def test_arrays_are_copied_and_cannot_be_written_to():
    inputs = np.ones((2, 1))
    data = table(inputs)
    inputs[0] = 5.0
    assert data.inputs[0, 0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        data.inputs[0, 0] = 2.0
    with pytest.raises(ValueError, match="read-only"):
        data.targets[0] = 2.0


def test_select_takes_columns_in_the_order_asked_for():
    data = DATASETS["iris"]
    some = data.select("petal width (cm)", "sepal length (cm)")
    np.testing.assert_array_equal(some.inputs, data.inputs[:, [3, 0]])
    assert some.feature_names == ("petal width (cm)", "sepal length (cm)")


def test_select_classes_numbers_them_anew():
    two = DATASETS["iris"].select_classes("virginica", "setosa")
    assert two.class_names == ("virginica", "setosa")
    iris = DATASETS["iris"]
    np.testing.assert_array_equal(two.inputs[two.targets == 0], iris.inputs[iris.targets == 2])
    np.testing.assert_array_equal(two.inputs[two.targets == 1], iris.inputs[iris.targets == 0])


def test_standardize_is_scikit_learns():
    data = DATASETS["breast-cancer"]
    expected = sklearn.preprocessing.StandardScaler().fit_transform(data.inputs)
    np.testing.assert_allclose(data.standardize().inputs, expected, atol=1e-10)
    np.testing.assert_array_equal(data.standardize().targets, data.targets)


def test_a_constant_feature_becomes_0():
    data = table([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]], [0.0, 1.0, 2.0], ("constant", "other"))
    assert data.standardize().inputs[:, 0].tolist() == [0.0, 0.0, 0.0]


def test_center_and_standardized_targets_have_mean_0():
    data = diabetes(scaled=False)
    centred = data.center()
    np.testing.assert_allclose(centred.inputs.mean(axis=0), 0.0, atol=1e-11)
    np.testing.assert_allclose(np.diff(centred.inputs, axis=0), np.diff(data.inputs, axis=0), atol=1e-11)
    assert data.standardize(targets=True).targets.std() == pytest.approx(1.0)
    iris = DATASETS["iris"]
    np.testing.assert_array_equal(iris.center().targets, iris.targets)


def test_split_uses_every_example_once():
    data = table(np.arange(10.0)[:, None], 10.0 * np.arange(10.0))
    training, held_out = data.split(0.3, seed=4)
    assert (training.num_examples, held_out.num_examples) == (7, 3)
    both = np.concatenate([training.inputs, held_out.inputs]).ravel()
    np.testing.assert_array_equal(np.sort(both), np.arange(10.0))
    np.testing.assert_array_equal(held_out.targets, 10.0 * held_out.inputs[:, 0])
    np.testing.assert_array_equal(data.split(0.3, seed=4)[1].inputs, held_out.inputs)
    assert any(not np.array_equal(data.split(0.3, seed=k)[1].inputs, held_out.inputs) for k in range(3))


CLASSES = {"task": "classification", "class_names": ("no", "yes")}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: table(task="clustering"), "`task` must be 'regression' or 'classification'"),
        (lambda: table([1.0, 2.0]), r"`inputs` must have the shape \(n, d\), got \(2,\)"),
        (lambda: table(np.zeros((0, 1)), []), "`inputs` must hold at least 1 example"),
        (lambda: table(targets=[1.0]), r"`targets` must have the shape \(2,\), got \(1,\)"),
        (lambda: table(names=("x", "y")), "`feature_names` must be 1 distinct names"),
        (lambda: table([[1.0], [np.nan]]), "`inputs` must be finite numbers, got nan at row 1"),
        (lambda: table(targets=[np.inf, 0.0]), "`targets` must be finite numbers, got inf at row 0"),
        (lambda: table(targets=[0, 2], **CLASSES), "`targets` must be class numbers 0 to 1, got 2"),
        (lambda: table(targets=[0, 0.5], **CLASSES), "`targets` must be class numbers 0 to 1, got 0.5"),
        (lambda: table(task="classification"), "`class_names` must be at least 2 distinct names"),
        (lambda: table(class_names=("a", "b")), "`class_names` must be empty for a regression"),
        (lambda: DATASETS["iris"].select(), "`features` must name at least 1 feature, got none"),
        (lambda: DATASETS["diabetes"].select("s7"), "`features` must be among .*, got 's7'"),
        (lambda: DATASETS["diabetes"].select("s1", "s1"), "`features` must be distinct, got s1, s1"),
        (lambda: DATASETS["iris"].select_classes("setosa"), "`classes` must be at least 2 distinct"),
        (lambda: DATASETS["iris"].select_classes("setosa", "rose"), "`classes` must be among .*'rose'"),
        (lambda: DATASETS["iris"].standardize(targets=True), "`targets` must be False for class labels"),
        (lambda: DATASETS["line"].split(0.0), "`held_out` must leave at least 1 of 40 examples"),
        (lambda: DATASETS["line"].split(np.nan), "`held_out` must leave at least 1 of 40 examples"),
        (lambda: line(1), "`num_examples` must be at least 2, got 1"),
        (lambda: line(noise=-1.0), "`noise` must be a finite number, at least 0, got -1"),
        (lambda: line(slope=np.inf), "`slope` must be a finite number, got inf"),
        (lambda: line_with_outliers(num_outliers=41), "`num_outliers` must be from 0 to 40, got 41"),
        (lambda: collinear(correlation=1.1), "`correlation` must be from -1 to 1, got 1.1"),
        (lambda: collinear(num_examples=2), "`num_examples` must be at least 3, got 2"),
        (lambda: spirals(turns=np.nan), "`turns` must be a finite number, got nan"),
    ],
)
def test_bad_input_is_refused_by_name(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_held_out_examples_are_measured_by_the_scale_of_the_training_part():
    training, held_out = DATASETS["diabetes"].split(0.3, seed=1)
    scaler = sklearn.preprocessing.StandardScaler().fit(training.inputs)
    np.testing.assert_allclose(
        held_out.standardize(by=training).inputs, scaler.transform(held_out.inputs), atol=1e-12
    )
    with pytest.raises(ValueError, match="`by` must have the features s1, got s2"):
        training.select("s1").standardize(by=training.select("s2"))


# --- several targets, and noise that is not the same everywhere -------------------------------------------


def test_several_targets_are_centred_scaled_and_split_each_by_itself():
    data = DATASETS["boxes"]
    assert (data.num_targets, DATASETS["line"].num_targets) == (3, 1)
    np.testing.assert_allclose(data.center().targets.mean(axis=0), 0.0, atol=1e-14)
    scaled = data.standardize(targets=True)
    np.testing.assert_allclose(
        scaled.targets, sklearn.preprocessing.StandardScaler().fit_transform(data.targets), rtol=1e-12
    )
    training, held_out = data.split(0.25)
    assert (training.targets.shape, held_out.targets.shape) == ((30, 3), (10, 3))
    assert data.select("t (s)").target_names == ("centre", "size", "overlap")


@pytest.mark.parametrize(
    ("targets", "fields", "words"),
    [
        (np.ones((2, 2)), {}, r"`target_names` must be 2 distinct names, got \(\)"),
        (np.ones((2, 2)), {"target_names": ("a", "a")}, "`target_names` must be 2 distinct names"),
        (np.ones(2), {"target_names": ("a",)}, "`target_names` must be empty for 1 target per example"),
        (
            np.ones((3, 2)),
            {"target_names": ("a", "b")},
            r"`targets` must have the shape \(2,\), got \(3, 2\)",
        ),
        (np.ones((2, 1, 1)), {}, r"`targets` must have the shape \(2,\), got \(2, 1, 1\)"),
        (
            np.ones((2, 2)),
            {"target_names": ("a", "b"), "task": "classification", "class_names": ("no", "yes")},
            r"`targets` of a classification must have the shape \(n,\), got \(2, 2\)",
        ),
    ],
)
def test_targets_that_do_not_fit_are_refused(targets, fields, words):
    with pytest.raises(ValueError, match=words):
        table(targets=targets, **fields)


def test_a_spreading_line_spreads_as_it_says():
    data = spreading_line(20_000)
    x, errors = data.inputs[:, 0], data.targets - data.inputs[:, 0] - 2.0
    standard = errors / (0.5 * np.exp(0.6 * x))
    for part in (x < -1, abs(x) < 0.5, x > 1):
        assert standard[part].std() == pytest.approx(1.0, rel=0.05)


def test_counts_are_poisson():
    data = counts(20_000)
    x, rates = data.inputs[:, 0], np.exp(0.8 * data.inputs[:, 0] + 1.0)
    assert np.array_equal(data.targets, np.floor(data.targets))
    for part in (x < -1, abs(x) < 0.5, x > 1):
        standard = (data.targets - rates)[part] / np.sqrt(rates[part])
        assert standard.mean() == pytest.approx(0.0, abs=0.05)
        assert standard.var() == pytest.approx(1.0, rel=0.05)


def test_boxes_move_evenly():
    data = boxes(5_000)
    slopes, heights = np.polyfit(data.inputs[:, 0], data.targets, 1)
    np.testing.assert_allclose(slopes, [0.3, -0.12, -0.2], atol=0.005)
    np.testing.assert_allclose(heights, [0.2, 0.4, 0.85], atol=0.005)


def test_a_rare_class_has_as_many_as_asked_for_at_the_distance_asked_for():
    data = rare_class(4_000, num_rare=1_000, separation=2.0)
    assert data.targets.sum() == 1_000
    assert data.class_names == ("common", "rare")
    centres = [data.inputs[data.targets == kind].mean(axis=0) for kind in (0, 1)]
    assert np.linalg.norm(centres[1] - centres[0]) == pytest.approx(2.0, rel=0.05)
    with pytest.raises(ValueError, match="`num_rare` must be from 1 to 199, got 200"):
        rare_class(num_rare=200)
