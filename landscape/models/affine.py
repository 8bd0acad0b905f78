"""Models whose raw output is affine in their parameters: lines, rates, classifiers and a parabola."""

import jax
import jax.numpy as jnp

from landscape.models.model import Model, Params


def _init_affine(key: jax.Array, num_features: int, num_outputs: int) -> Params:
    shape = (num_features,) if num_outputs == 1 else (num_features, num_outputs)
    weights = jax.random.normal(key, shape, dtype=float) / jnp.sqrt(num_features)
    return {"weights": weights, "bias": jnp.zeros(shape[1:])}


def _affine(params: Params, inputs: jax.Array) -> jax.Array:
    return inputs @ params["weights"] + params["bias"]


def _init_polynomial(key: jax.Array, num_features: int, num_outputs: int) -> Params:
    a, b, c = jax.random.normal(key, (3,), dtype=float)
    return {"a": a, "b": b, "c": c}


def _polynomial(params: Params, inputs: jax.Array) -> jax.Array:
    t = inputs[:, 0]
    return (params["a"] * t + params["b"]) * t + params["c"]


AFFINE = (
    Model(
        name="linear",
        title="Linear model",
        formula=r"f(x) = w^\top x + b",
        initialize=_init_affine,
        apply=_affine,
        affine=True,
        output_unit="identity",
        task="regression",
        outputs=(1, None),
    ),
    Model(
        name="polynomial",
        title="Parabola",
        formula=r"f(t) = a t^2 + b t + c",
        initialize=_init_polynomial,
        apply=_polynomial,
        affine=True,
        output_unit="identity",
        task="regression",
        num_features=1,
        unpenalized=("c",),
    ),
    Model(
        name="gaussian",
        title="Line with its spread",
        formula=r"f(x) = (\mu, \sigma^2) = (w_1^\top x + b_1,\ e^{w_2^\top x + b_2})",
        initialize=_init_affine,
        apply=_affine,
        affine=True,
        output_unit="gaussian",
        task="regression",
        outputs=(2, 2),
        output_names=("mean", "log-variance"),
    ),
    Model(
        name="poisson",
        title="Log-linear rate",
        formula=r"f(x) = e^{w^\top x + b}",
        initialize=_init_affine,
        apply=_affine,
        affine=True,
        output_unit="exponential",
        task="regression",
    ),
    Model(
        name="logistic",
        title="Sigmoid unit",
        formula=r"f(x) = \sigma(w^\top x + b)",
        initialize=_init_affine,
        apply=_affine,
        affine=True,
        output_unit="sigmoid",
        task="classification",
    ),
    Model(
        name="softmax",
        title="Softmax classifier",
        formula=r"f(x) = \operatorname{softmax}(W^\top x + b)",
        initialize=_init_affine,
        apply=_affine,
        affine=True,
        output_unit="softmax",
        task="classification",
        outputs=(2, None),
    ),
)
"""These models; parameters are {"weights", "bias"}, or {"a", "b", "c"}."""
