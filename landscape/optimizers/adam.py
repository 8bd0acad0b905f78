r"""Adam and its relatives: a mean of gradients divided by the root of a mean of their squares.

The conventions are PyTorch's: both means start at 0 and are corrected for it, and ε stands
outside the root of the corrected second moment.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from landscape.objectives import Params
from landscape.optimizers import hyperparameters as numbers
from landscape.optimizers.optimizer import Numbers, Optimizer, Quantity, State

MOMENTS = {
    "m": Quantity("m", "first moment"),
    "v": Quantity("v", "second moment"),
    "m_hat": Quantity(r"\hat m", "first moment, bias-corrected"),
    "v_hat": Quantity(r"\hat v", "second moment, bias-corrected"),
}


def moments(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    """Both moments after the update, as they are and bias-corrected, shaped like the parameters."""
    return _both_moments(state[0].mu, state[0].nu, state[0].count, values)


def _both_moments(m: Params, v: Params, num_steps: Any, values: Numbers) -> dict[str, Any]:
    return {
        "m": m,
        "v": v,
        "m_hat": _correct(m, values["beta1"], num_steps),
        "v_hat": _correct(v, values["beta2"], num_steps),
    }


def _correct(mean: Params, beta: Any, num_steps: Any) -> Params:
    """A mean that began at 0, divided by what it would be for a constant 1."""
    return jax.tree.map(lambda x: x / (1 - beta**num_steps), mean)


def adam(learning_rate: Any, beta1: Any, beta2: Any, epsilon: Any) -> optax.GradientTransformation:
    """Adam: θ ← θ − η m̂ / (√v̂ + ε)."""
    return optax.adam(learning_rate, beta1, beta2, epsilon)


def adamw(
    learning_rate: Any, beta1: Any, beta2: Any, epsilon: Any, weight_decay: Any
) -> optax.GradientTransformation:
    """Adam with decoupled weight decay: θ ← θ − η (m̂ / (√v̂ + ε) + λθ)."""
    return optax.adamw(learning_rate, beta1, beta2, epsilon, weight_decay=weight_decay)


class AmsgradState(NamedTuple):
    """Steps taken, both moments, and the largest second moment so far."""

    num_steps: jax.Array
    mu: Params
    nu: Params
    nu_max: Params


def amsgrad(learning_rate: Any, beta1: Any, beta2: Any, epsilon: Any) -> optax.GradientTransformation:
    """AMSGrad: Adam whose v never shrinks: v̂ = max over the steps so far of v, then bias-corrected.

    Optax's own version takes the largest of the corrected moments; this one is PyTorch's, which
    corrects the largest moment.
    """

    def init(params: Params) -> AmsgradState:
        zeros = optax.tree.zeros_like(params)
        return AmsgradState(jnp.zeros((), jnp.int32), zeros, zeros, zeros)

    def update(gradient: Params, state: AmsgradState, params: Params = None) -> tuple[Params, AmsgradState]:
        mu = optax.tree.update_moment(gradient, state.mu, beta1, 1)
        nu = optax.tree.update_moment(gradient, state.nu, beta2, 2)
        nu_max = jax.tree.map(jnp.maximum, state.nu_max, nu)
        num_steps = state.num_steps + 1
        updates = jax.tree.map(
            lambda m, v: -learning_rate * m / (jnp.sqrt(v) + epsilon),
            _correct(mu, beta1, num_steps),
            _correct(nu_max, beta2, num_steps),
        )
        return updates, AmsgradState(num_steps, mu, nu, nu_max)

    return optax.GradientTransformation(init, update)


def _amsgrad_moments(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    largest = _correct(state.nu_max, values["beta2"], state.num_steps)
    both = _both_moments(state.mu, state.nu, state.num_steps, values)
    return both | {"v_max": state.nu_max, "v_hat": largest}


MOMENTUM_DECAY = 0.004
"""How fast NAdam's momentum rises to β₁: PyTorch's default."""


class NadamState(NamedTuple):
    """Steps taken, both moments, the product of the momenta so far, and the look-ahead m̂."""

    num_steps: jax.Array
    mu: Params
    nu: Params
    product: jax.Array
    mu_hat: Params


def nadam(learning_rate: Any, beta1: Any, beta2: Any, epsilon: Any) -> optax.GradientTransformation:
    """NAdam: Adam with Nesterov's look ahead, and a momentum that rises to β₁.

    μₜ = β₁ (1 − ½ 0.96^(0.004 t)) and m̂ = μₜ₊₁ m / (1 − μ₁⋯μₜ₊₁) + (1 − μₜ) g / (1 − μ₁⋯μₜ).
    Optax's own version keeps the momentum at β₁; this one is PyTorch's.
    """

    def init(params: Params) -> NadamState:
        zeros = optax.tree.zeros_like(params)
        return NadamState(jnp.zeros((), jnp.int32), zeros, zeros, jnp.ones(()), zeros)

    def update(gradient: Params, state: NadamState, params: Params = None) -> tuple[Params, NadamState]:
        mu = optax.tree.update_moment(gradient, state.mu, beta1, 1)
        nu = optax.tree.update_moment(gradient, state.nu, beta2, 2)
        num_steps = state.num_steps + 1
        now = beta1 * (1 - 0.5 * 0.96 ** (num_steps * MOMENTUM_DECAY))
        then = beta1 * (1 - 0.5 * 0.96 ** ((num_steps + 1) * MOMENTUM_DECAY))
        product = state.product * now
        past, fresh = then / (1 - product * then), (1 - now) / (1 - product)
        mu_hat = jax.tree.map(lambda m, g: past * m + fresh * g, mu, gradient)
        updates = jax.tree.map(
            lambda m, v: -learning_rate * m / (jnp.sqrt(v) + epsilon), mu_hat, _correct(nu, beta2, num_steps)
        )
        return updates, NadamState(num_steps, mu, nu, product, mu_hat)

    return optax.GradientTransformation(init, update)


def _nadam_moments(state: State, updates: Params, values: Numbers) -> dict[str, Any]:
    return _both_moments(state.mu, state.nu, state.num_steps, values) | {"m_hat": state.mu_hat}


ADAM = Optimizer(
    name="adam",
    title="Adam",
    formula=r"""\begin{aligned}
m &\leftarrow \beta_1 m + (1-\beta_1)\, g, & \hat m &= m / (1-\beta_1^t) \\
v &\leftarrow \beta_2 v + (1-\beta_2)\, g^2, & \hat v &= v / (1-\beta_2^t) \\
\theta &\leftarrow \theta - \eta\, \hat m / (\sqrt{\hat v} + \varepsilon)
\end{aligned}""",
    hyperparameters=(numbers.learning_rate(5e-2), numbers.beta1(), numbers.beta2(), numbers.epsilon(1e-8)),
    make=adam,
    internals=moments,
    quantities=MOMENTS,
    reference="D. P. Kingma and J. Ba (2015), Adam: a method for stochastic optimization, algorithm 1, "
    "arXiv:1412.6980.",
)

ADAMW = Optimizer(
    name="adamw",
    title="AdamW",
    formula=r"""\begin{aligned}
m &\leftarrow \beta_1 m + (1-\beta_1)\, g, & \hat m &= m / (1-\beta_1^t) \\
v &\leftarrow \beta_2 v + (1-\beta_2)\, g^2, & \hat v &= v / (1-\beta_2^t) \\
\theta &\leftarrow \theta - \eta\, \big(\hat m / (\sqrt{\hat v} + \varepsilon) + \lambda \theta\big)
\end{aligned}""",
    hyperparameters=(*ADAM.hyperparameters, numbers.weight_decay(1e-2)),
    make=adamw,
    internals=moments,
    quantities=MOMENTS,
    reference="I. Loshchilov and F. Hutter (2019), Decoupled weight decay regularization, algorithm 2, "
    "arXiv:1711.05101.",
)

AMSGRAD = Optimizer(
    name="amsgrad",
    title="AMSGrad",
    formula=r"""\begin{aligned}
m &\leftarrow \beta_1 m + (1-\beta_1)\, g, & \hat m &= m / (1-\beta_1^t) \\
v &\leftarrow \beta_2 v + (1-\beta_2)\, g^2, & v_{\max} &\leftarrow \max(v_{\max}, v),\quad
\hat v = v_{\max} / (1-\beta_2^t) \\
\theta &\leftarrow \theta - \eta\, \hat m / (\sqrt{\hat v} + \varepsilon)
\end{aligned}""",
    hyperparameters=ADAM.hyperparameters,
    make=amsgrad,
    internals=_amsgrad_moments,
    quantities={
        **MOMENTS,
        "v_max": Quantity(r"v_{\max}", "largest second moment so far"),
        "v_hat": Quantity(r"\hat v", "largest second moment, bias-corrected"),
    },
    reference="S. J. Reddi, S. Kale and S. Kumar (2018), On the convergence of Adam and beyond, algorithm 2, "
    "arXiv:1904.09237; in the form of PyTorch.",
)

NADAM = Optimizer(
    name="nadam",
    title="NAdam",
    formula=r"""\begin{aligned}
m &\leftarrow \beta_1 m + (1-\beta_1)\, g, \quad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2,
\quad \hat v = v / (1-\beta_2^t) \\
\hat m &= \frac{\mu_{t+1}\, m}{1 - \prod_{i=1}^{t+1} \mu_i}
+ \frac{(1-\mu_t)\, g}{1 - \prod_{i=1}^{t} \mu_i},
\quad \mu_t = \beta_1 \big(1 - \tfrac12\, 0.96^{0.004 t}\big) \\
\theta &\leftarrow \theta - \eta\, \hat m / (\sqrt{\hat v} + \varepsilon)
\end{aligned}""",
    hyperparameters=ADAM.hyperparameters,
    make=nadam,
    internals=_nadam_moments,
    quantities=MOMENTS | {"m_hat": Quantity(r"\hat m", "first moment, looking ahead")},
    reference="T. Dozat (2016), Incorporating Nesterov momentum into Adam, ICLR workshop, "
    "https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ; in the form of PyTorch.",
)
