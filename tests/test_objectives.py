"""Objectives: what may be said of a loss, and which parameters fit it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.tree_util import Partial

from landscape.objectives import (
    Objective,
    as_program,
    check_batch,
    check_domain,
    check_finite,
    check_params,
    flatten,
    floating,
)


def square_sum(w):
    return sum(jnp.sum(leaf**2) for leaf in jax.tree.leaves(w))


TREE = Objective(square_sum, start={"a": np.ones((2, 2), np.float32), "b": [3, np.zeros(0)]})


def test_an_objective_counts_its_parameters_and_can_be_changed_in_part():
    assert TREE.num_parameters == 5
    assert Objective(square_sum, start=2.0).num_parameters == 1
    other = TREE.replace(title="Bowl", domain=((0, 1), [2, 3]))
    assert (other.title, other.domain, other.start) == ("Bowl", ((0.0, 1.0), (2.0, 3.0)), TREE.start)
    assert TREE.title == ""


def test_another_height_is_not_what_the_formula_says():
    risk = Objective(
        square_sum,
        np.ones(2),
        formula="w^2",
        minimum=0.0,
        on_batch=lambda params, rows, weights: square_sum(params),
        num_examples=4,
        measures={"largest": jnp.max},
    )
    height = risk.measuring("largest")
    assert (height.loss, height.formula, height.minimum) == (jnp.max, "", None)
    assert (height.on_batch, height.num_examples) == (None, None)
    with pytest.raises(ValueError, match="`measure` must be one of largest, got 'smallest'"):
        risk.measuring("smallest")
    with pytest.raises(ValueError, match="`num_examples` must be at least 1, got 0"):
        risk.replace(num_examples=0)


def test_parameters_take_the_objectives_structure_shapes_and_types():
    params = check_params(TREE, {"a": [[1, 2], [3, 4]], "b": [5, []]})
    assert jax.tree.structure(params) == jax.tree.structure(TREE.start)
    assert [leaf.dtype for leaf in jax.tree.leaves(params)] == [np.float32, np.float64, np.float64]
    np.testing.assert_array_equal(params["a"], [[1, 2], [3, 4]])
    assert float(params["b"][0]) == 5.0
    assert not any(leaf.weak_type for leaf in jax.tree.leaves(params))


def test_a_batch_of_parameters_has_one_axis_more():
    batch = check_batch(TREE, {"a": np.zeros((3, 2, 2)), "b": [[1, 2, 3], np.zeros((3, 0))]}, "starts")
    assert [leaf.shape for leaf in jax.tree.leaves(batch)] == [(3, 2, 2), (3,), (3, 0)]
    with pytest.raises(
        ValueError, match=r"`starts` must have one leading axis of at least 1, got lengths \[2, 3\]"
    ):
        check_batch(TREE, {"a": np.zeros((3, 2, 2)), "b": [[1, 2], np.zeros((3, 0))]}, "starts")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"a": np.ones((2, 2))}, "`params` must have the structure"),
        (np.ones(5), "`params` must have the structure"),
        ({"a": np.ones(4), "b": [3, []]}, r"`params` must have the shape \(2, 2\), got \(4,\)"),
        ({"a": np.ones((2, 2)), "b": ["3", []]}, "`params` must be numbers, got '3'"),
        ({"a": np.ones((2, 2)), "b": [None, []]}, "`params` must"),
        ({"a": [[1, 2], [3]], "b": [3, []]}, "`params` must be numbers"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(params, message):
    with pytest.raises(ValueError, match=message):
        check_params(TREE, params)


def test_numbers_that_are_not_finite_are_named():
    check_finite({"a": np.ones(3), "b": np.zeros(0)}, "start")
    with pytest.raises(ValueError, match="`start` must be finite numbers, got -inf"):
        check_finite({"a": np.ones(3), "b": [np.array([1.0, -np.inf, np.nan])]}, "start")


@pytest.mark.parametrize(
    "domain",
    [
        ((0, 0), (0, 1)),
        ((1, 0), (0, 1)),
        ((0, 1), (0, np.nan)),
        ((-np.inf, 1), (0, 1)),
        ((0, 1),),
        None,
        "square",
    ],
)
def test_a_domain_that_is_none_is_refused(domain):
    with pytest.raises(ValueError, match="`domain` must"):
        check_domain(domain)
    if domain is not None:
        with pytest.raises(ValueError, match="`domain` must"):
            Objective(square_sum, start=np.zeros(2), domain=domain)


def test_the_scale_of_the_residuals_is_one_of_three_words():
    with pytest.raises(ValueError, match="`residual_scale` must be one of half, mean, sum, got 'double'"):
        Objective(square_sum, start=np.zeros(2), residual_scale="double")


def test_a_loss_is_a_program_whose_numbers_are_its_leaves():
    assert jax.tree.leaves(as_program(square_sum)) == []
    program = Partial(lambda scale, w: scale * w, 3.0)
    assert as_program(program) is program
    assert jax.tree.leaves(program) == [3.0]


def test_numbers_in_one_vector_keep_their_order():
    assert flatten({"b": jnp.array([[1.0, 2.0]]), "a": jnp.array(0.5)}).tolist() == [0.5, 1.0, 2.0]
    assert floating(3).dtype == floating(np.arange(2)).dtype == np.float64
    assert floating(np.float32(3)).dtype == np.float32
