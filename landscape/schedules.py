r"""Schedules: how the learning rate changes over a run, as optax schedules.

At step k of T the learning rate is η_k = η f_k. The factors f_k have the largest value 1, so that η is
the largest rate of a run. What a schedule reaches "in the end" it would reach at k = T, one step after
the last, as in optax and as with PyTorch's schedulers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from landscape.objectives import check_count
from landscape.optimizers import BuiltOptimizer, Hyperparameter
from landscape.optimizers.optimizer import choose
from landscape.optimizers.scheduled import ScheduledOptimizer
from landscape.registries import Registry

SMALLEST_LENGTH = 1024
"""Factors that the shortest schedule holds: a power of two, so that few programs serve all lengths."""


@dataclass(frozen=True, eq=False)
class Schedule:
    """A family of schedules, before its numbers are chosen.

    Args:
        name: Lower-case hyphenated name, the text of a link.
        title: What a reader sees.
        formula: LaTeX of the learning rate at step k of T, with η the largest.
        make: (num_steps, one keyword per hyper-parameter) -> the optax schedule of the factors.
        reference: Where it comes from.
        hyperparameters: The numbers it depends on, in the order a reader should meet them.
    """

    name: str
    title: str
    formula: str
    make: Callable[..., optax.Schedule]
    reference: str
    hyperparameters: tuple[Hyperparameter, ...] = ()

    def build(self, num_steps: int, **hyperparameters: float) -> "BuiltSchedule":
        """The schedule of a run.

        Args:
            num_steps: How many steps the run takes, T, at least 1.
            hyperparameters: By name; those not given keep their defaults.

        Returns:
            The `BuiltSchedule`, with its factors.

        Raises:
            ValueError: The number of steps is below 1, a name is unknown, or a value is not a finite
                number in its bounds.

        Example:
            >>> from landscape import SCHEDULES
            >>> SCHEDULES["step"].build(6, drop=0.5, drops=2).factors.tolist()
            [1.0, 1.0, 0.5, 0.5, 0.25, 0.25]
        """
        num_steps = check_count("num_steps", num_steps)
        numbers = choose(self.name, self.hyperparameters, hyperparameters)
        factors = _factors(self.make(num_steps, **numbers), num_steps)
        return BuiltSchedule(self, numbers, factors)


@dataclass(frozen=True, eq=False)
class BuiltSchedule:
    """A schedule with its numbers chosen, for a run of so many steps.

    Attributes:
        spec: The family.
        hyperparameters: Its numbers, by name.
        factors: What the learning rate is multiplied by at each step, shape (num_steps,); at most 1.
    """

    spec: Schedule
    hyperparameters: dict[str, float]
    factors: np.ndarray

    @property
    def num_steps(self) -> int:
        """How many steps it is made for."""
        return len(self.factors)


def scheduled(
    optimizer: BuiltOptimizer, schedule: BuiltSchedule | optax.Schedule, num_steps: int | None = None
) -> ScheduledOptimizer:
    """An optimizer whose learning rate follows a schedule.

    At step k the rate is η f_k, wherever the rule uses its rate: the weight decay of AdamW and Lion
    shrinks with it. After the last step of the schedule its last factor stays.

    Args:
        optimizer: From `OPTIMIZERS[name].build(...)`, with a learning rate η.
        schedule: From `SCHEDULES[name].build(num_steps, ...)`, or any optax schedule, a JAX function
            of the step, whose values f_k multiply η: with η = 1 they are the rates themselves.
        num_steps: How many steps are looked up of an optax schedule; left out for one of `SCHEDULES`.

    Returns:
        An optimizer like the one given. It is a pytree, and the factors are among its leaves,
        repeated at their end up to a power of two from 1,024: every schedule of every run up to that
        length shares one compiled program.

    Raises:
        ValueError: The optimizer has no learning rate or is scheduled already; or the schedule is no
            schedule, is without the number of its steps, or gives values that are not finite numbers
            of at least 0.

    Example:
        >>> import landscape
        >>> from landscape import FUNCTIONS, OPTIMIZERS, SCHEDULES
        >>> optimizer = OPTIMIZERS["gd"].build(learning_rate=0.1)
        >>> cosine = landscape.scheduled(optimizer, SCHEDULES["cosine"].build(50))
        >>> path = landscape.descend(FUNCTIONS["bowl"], cosine, num_steps=50)
        >>> bool(abs(path.updates[-1]).max() < 1e-3 * abs(path.updates[0]).max())
        True
    """
    if not isinstance(optimizer, BuiltOptimizer) or isinstance(optimizer, ScheduledOptimizer):
        raise ValueError(f"`optimizer` must be one of `OPTIMIZERS` without a schedule, got {optimizer!r}")
    if "learning_rate" not in optimizer.hyperparameters:
        raise ValueError(f"`optimizer` must have a learning rate, got {optimizer.spec.name}, which has none")
    if isinstance(schedule, BuiltSchedule):
        if num_steps is not None:
            raise ValueError(f"`num_steps` must be left out with a built schedule, got {num_steps}")
        factors = schedule.factors
    elif callable(schedule):
        if num_steps is None:
            raise ValueError("`num_steps` must be given with an optax schedule, got None")
        factors = _factors(schedule, check_count("num_steps", num_steps))
    else:
        raise ValueError(f"`schedule` must be a built schedule or an optax schedule, got {schedule!r}")
    padding = _length(len(factors)) - len(factors)
    return ScheduledOptimizer.over(
        optimizer.spec, optimizer.hyperparameters, np.pad(factors, (0, padding), mode="edge")
    )


def _length(num_steps: int) -> int:
    return max(SMALLEST_LENGTH, 1 << (num_steps - 1).bit_length())


def _factors(schedule: optax.Schedule, num_steps: int) -> np.ndarray:
    """The values of a schedule at the steps of a run."""
    # Always at as many steps as a power of two: another number of steps is no other program.
    values = jax.vmap(lambda step: jnp.asarray(schedule(step), float))(jnp.arange(_length(num_steps)))
    factors = np.asarray(values)[:num_steps]
    if factors.ndim != 1:
        raise ValueError(f"`schedule` must give one number at each step, got the shape {factors.shape[1:]}")
    bad = factors[~(np.isfinite(factors) & (factors >= 0))]
    if bad.size:
        raise ValueError(f"`schedule` must give finite numbers of at least 0, got {bad[0]:g}")
    return factors


def _warmup_steps(num_steps: int, warmup: float) -> int:
    """The nearest count of steps, so that at least one step is left for what follows."""
    return min(round(warmup * num_steps), num_steps - 1)


def _constant(num_steps: int) -> optax.Schedule:
    return optax.schedules.constant_schedule(1.0)


def _step(num_steps: int, drop: float, drops: float) -> optax.Schedule:
    parts = int(drops) + 1
    ends = [-(-num_steps * part // parts) for part in range(1, parts)]
    return optax.schedules.piecewise_constant_schedule(1.0, dict.fromkeys(ends, drop))


def _exponential(num_steps: int, final: float) -> optax.Schedule:
    return optax.schedules.exponential_decay(1.0, num_steps, final)


def _cosine(num_steps: int, final: float) -> optax.Schedule:
    return optax.schedules.cosine_decay_schedule(1.0, num_steps, alpha=final)


def _linear_warmup(num_steps: int, warmup: float, final: float) -> optax.Schedule:
    falling = num_steps - _warmup_steps(num_steps, warmup)
    return _warmed_up(optax.schedules.linear_schedule(1.0, final, falling), num_steps - falling)


def _cosine_warmup(num_steps: int, warmup: float, final: float) -> optax.Schedule:
    falling = num_steps - _warmup_steps(num_steps, warmup)
    return _warmed_up(optax.schedules.cosine_decay_schedule(1.0, falling, alpha=final), num_steps - falling)


def _warmed_up(schedule: optax.Schedule, rising: int) -> optax.Schedule:
    # One form for no warm-up too, so that it is no other program.
    warmup = optax.schedules.linear_schedule(0.0, 1.0, max(rising, 1))
    return optax.schedules.join_schedules([warmup, schedule], [rising])


def _one_cycle(num_steps: int, warmup: float, rise: float, fall: float) -> optax.Schedule:
    # Optax rounds the share times the steps down.
    share = (_warmup_steps(num_steps, warmup) + 0.5) / num_steps
    return optax.schedules.cosine_onecycle_schedule(num_steps, 1.0, share, rise, fall)


def _inverse_time(num_steps: int, decay: float) -> optax.Schedule:
    def factor(step: Any) -> Any:
        return 1.0 / (1.0 + decay * step / num_steps)

    return factor


def _warmup(default: float) -> Hyperparameter:
    return Hyperparameter(
        "warmup", "Share of warm-up", r"\rho", default, 0.0, 0.9, "linear", maximum=1.0, open=True
    )


TINY = 1e-12
"""The smallest factor of a decay: 0 would be no decay but a stop."""

FINAL = Hyperparameter("final", "Final factor", r"\alpha", 0.0, 0.0, 1.0, "linear", maximum=1.0)
WARM_UP = r"\eta\, k / w & k < w"
COSINE = r"\alpha + (1 - \alpha)\, \tfrac12 \big(1 + \cos \pi "

SCHEDULES: Registry[Schedule] = Registry(
    "schedule",
    [
        Schedule(
            name="constant",
            title="Constant",
            formula=r"\eta_k = \eta",
            make=_constant,
            reference="L. Bottou, F. E. Curtis and J. Nocedal (2018), Optimization methods for large-scale "
            "machine learning, theorem 4.6 on the noise that remains, doi:10.1137/16M1080173.",
        ),
        Schedule(
            name="step",
            title="Staircase",
            formula=r"\eta_k = \eta\, \gamma^{\lfloor (m + 1)\, k / T \rfloor}",
            make=_step,
            hyperparameters=(
                Hyperparameter("drop", "Factor of a drop", r"\gamma", 0.1, 0.01, 1.0, "log", TINY, 1.0),
                Hyperparameter("drops", "Number of drops", "m", 2, 1, 9, "linear", 1, whole=True),
            ),
            reference="K. He, X. Zhang, S. Ren and J. Sun (2016), Deep residual learning for image "
            "recognition, section 4.2, doi:10.1109/CVPR.2016.90; PyTorch's StepLR.",
        ),
        Schedule(
            name="exponential",
            title="Exponential",
            formula=r"\eta_k = \eta\, \alpha^{k / T}",
            make=_exponential,
            hyperparameters=(
                Hyperparameter("final", "Final factor", r"\alpha", 0.01, 1e-4, 1.0, "log", TINY, 1.0),
            ),
            reference="X. Li, Z. Zhuang and F. Orabona (2021), A second look at exponential and cosine step "
            "sizes, section 2, arXiv:2002.05273; PyTorch's ExponentialLR.",
        ),
        Schedule(
            name="cosine",
            title="Cosine",
            formula=rf"\eta_k = \eta\, \Big({COSINE}k / T\big)\Big)",
            make=_cosine,
            hyperparameters=(FINAL,),
            reference="I. Loshchilov and F. Hutter (2017), SGDR: stochastic gradient descent with warm "
            "restarts, eq. 5, arXiv:1608.03983; PyTorch's CosineAnnealingLR.",
        ),
        Schedule(
            name="linear-warmup",
            title="Linear with warm-up",
            formula=rf"\eta_k = \begin{{cases}} {WARM_UP} \\ "
            r"\eta\, \big(1 - (1 - \alpha)\, \frac{k - w}{T - w}\big) & k \ge w \end{cases},\quad "
            r"w = \rho T",
            make=_linear_warmup,
            hyperparameters=(_warmup(0.1), FINAL),
            reference="J. Devlin, M.-W. Chang, K. Lee and K. Toutanova (2019), BERT: pre-training of deep "
            "bidirectional transformers, appendix A.2, doi:10.18653/v1/N19-1423.",
        ),
        Schedule(
            name="cosine-warmup",
            title="Cosine with warm-up",
            formula=rf"\eta_k = \begin{{cases}} {WARM_UP} \\ \eta\, \Big({COSINE}\frac{{k - w}}{{T - w}}"
            r"\big)\Big) & k \ge w \end{cases},\quad w = \rho T",
            make=_cosine_warmup,
            hyperparameters=(_warmup(0.1), FINAL),
            reference="I. Loshchilov and F. Hutter (2017), arXiv:1608.03983; warm-up: P. Goyal et al. "
            "(2017), Accurate, large minibatch SGD, section 2.2, arXiv:1706.02677.",
        ),
        Schedule(
            name="one-cycle",
            title="One cycle",
            formula=r"\eta_k = \begin{cases} "
            r"\eta \big(\frac1a + (1 - \frac1a)\, \tfrac12 (1 - \cos \pi \frac{k}{w})\big) & k < w \\ "
            r"\eta \big(\frac1{ab} + (1 - \frac1{ab})\, \tfrac12 (1 + \cos \pi \frac{k - w}{T - w})\big) "
            r"& k \ge w \end{cases},\quad w = \rho T",
            make=_one_cycle,
            hyperparameters=(
                _warmup(0.3),
                Hyperparameter("rise", "Largest over first rate", "a", 25.0, 1.0, 100.0, "log", 1.0),
                Hyperparameter("fall", "First over final rate", "b", 1e4, 1.0, 1e6, "log", 1.0),
            ),
            reference="L. N. Smith and N. Topin (2019), Super-convergence: very fast training of neural "
            "networks using large learning rates, arXiv:1708.07120; PyTorch's OneCycleLR.",
        ),
        Schedule(
            name="inverse-time",
            title="Inverse time",
            formula=r"\eta_k = \frac{\eta}{1 + \delta\, k / T}",
            make=_inverse_time,
            hyperparameters=(Hyperparameter("decay", "Decay", r"\delta", 9.0, 0.1, 1e3, "log"),),
            reference="H. Robbins and S. Monro (1951), A stochastic approximation method, "
            "doi:10.1214/aoms/1177729586; in this form L. Bottou (2012), Stochastic gradient descent "
            "tricks, doi:10.1007/978-3-642-35289-8_25.",
        ),
    ],
)
"""Every schedule by its name, in the order in which a reader should meet them."""
