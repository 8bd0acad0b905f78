"""Landscape: what a loss function does to a parameter space, and how an optimizer walks there.

Every landscape is an `Objective`: an analytic function, or the loss of a model on data. Walk down
it, look at it from above, and ask for its curvature:

>>> import landscape
>>> from landscape import FUNCTIONS, OPTIMIZERS
>>> objective = FUNCTIONS["rosenbrock"]
>>> optimizer = OPTIMIZERS["adam"].build(learning_rate=0.05)
>>> path = landscape.descend(objective, optimizer, start=[-1.5, 2.0], num_steps=200)
>>> path.params.shape, bool(path.final_loss < path.losses[0])
((201, 2), True)
>>> surface = landscape.evaluate(objective, resolution=101)
>>> surface.values.shape
(101, 101)
>>> landscape.curvature(objective, [1.0, 1.0]).kind
'minimum'

The loss of a model on data, with a penalty on its weights:

>>> from landscape import DATASETS, LOSSES, MODELS
>>> features = DATASETS["diabetes"].select("s1", "s2")
>>> ridge = landscape.empirical_risk(MODELS["linear"], features, LOSSES["mse"], penalty=landscape.l2(0.1))
>>> ridge.num_parameters
3
"""

import jax

# Published trajectories need double precision; networks cast to float32 themselves.
jax.config.update("jax_enable_x64", True)
# Graphics processors would multiply float32 matrices with ten bits: losses 3e-4 off, where 1e-7 is promised.
jax.config.update("jax_default_matmul_precision", "float32")

from landscape.curvature import (  # noqa: E402
    Curvature,
    Eigenpairs,
    critical_points,
    curvature,
    eigenpairs,
    hessian_product,
    sharpness,
    spectral_density,
    trace,
)  # fmt: skip
from landscape.datasets import DATASETS, Dataset, read_csv  # noqa: E402
from landscape.fidelity import fidelity  # noqa: E402
from landscape.formulas import formula, model_formula  # noqa: E402
from landscape.functions import FUNCTIONS  # noqa: E402
from landscape.losses import LOSSES, Loss, elastic_net, l1, l2  # noqa: E402
from landscape.models import MODELS, Model  # noqa: E402
from landscape.networks import network_risk  # noqa: E402
from landscape.noise import average_iterates, gradient_noise  # noqa: E402
from landscape.objectives import Objective  # noqa: E402
from landscape.optimizers import OPTIMIZERS, Optimizer  # noqa: E402
from landscape.paths import Path, descend, endpoints  # noqa: E402
from landscape.planes import Line, Plane, Projection, project, restrict  # noqa: E402
from landscape.risk import empirical_risk  # noqa: E402
from landscape.roughness import roughness  # noqa: E402
from landscape.schedules import SCHEDULES, scheduled  # noqa: E402
from landscape.show import show  # noqa: E402
from landscape.surfaces import Profile, Surface, evaluate, profile  # noqa: E402
from landscape.sweeps import Basins, Sweep, Trainability, basins, sweep, trainability  # noqa: E402
from landscape.tasks import loss_landscape  # noqa: E402
from landscape.training import Training, train  # noqa: E402

__all__ = [
    "DATASETS", "FUNCTIONS", "LOSSES", "MODELS", "OPTIMIZERS", "SCHEDULES", "Basins", "Curvature",
    "Dataset", "Eigenpairs", "Line", "Loss", "Model", "Objective", "Optimizer", "Path", "Plane",
    "Profile", "Projection", "Surface", "Sweep", "Trainability", "Training", "average_iterates", "basins",
    "critical_points", "curvature", "descend", "eigenpairs", "elastic_net", "empirical_risk", "endpoints",
    "evaluate", "fidelity", "formula", "gradient_noise", "hessian_product", "l1", "l2", "loss_landscape",
    "model_formula", "network_risk", "profile", "project", "read_csv", "restrict", "roughness",
    "scheduled", "sharpness", "show", "spectral_density", "sweep", "trace", "train", "trainability",
]  # fmt: skip
