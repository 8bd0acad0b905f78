"""A slice of a network's landscape against PyTorch: by loss-landscapes, by loops by hand; and its memory."""

import importlib.util
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

import digits
import jax
import jax.numpy as jnp
import numpy as np
from measuring import Row, added_memory, in_turn, spell
from numerics import has_torch, row

import landscape
from landscape import Plane

AT_ONCE = {"cpu": 16, "cuda": 512}
"""Points that the vectorised PyTorch takes at a time: the fastest of the powers of two."""

PRODUCT = {"cpu": 2048, "cuda": 8192}
"""Rows of the square matrices whose product shows how fast the machine computes in float32."""

CLOSE = 1e-5
"""Relative difference of losses up to which two programs are said to compute the same."""

PREPARE = """
import ctypes
import jax
import landscape
from landscape import DATASETS, MODELS, Plane

risk = landscape.network_risk(MODELS["mlp"].replace(width=64, depth=1), DATASETS["digits"].standardize())
plane = Plane.random(risk.start, seed=0)
landscape.evaluate(risk, plane, resolution=8, memory_limit={limit})
ctypes.CDLL(None).malloc_trim(0)  # what the first slice has given back is no longer held
"""
WORK = "landscape.evaluate(risk, plane, resolution={side}, memory_limit={limit})"
ON_DEVICE = """
print(jax.devices()[0].memory_stats()["peak_bytes_in_use"] // 1024)
"""


def slice_of_digits(side: int, turns: int) -> list[Row]:
    """The filter-normalized slice through the trained network, and its share of the machine's best."""
    risk, params = digits.trained()
    plane = Plane.random(params, seed=0, normalize="filter")
    works: dict[str, Callable[[], Any]] = {
        "ours": lambda: landscape.evaluate(risk, plane, resolution=side).values
    }
    peers = {}
    if has_torch():
        tensors, examples = torch_plane(plane), digits.examples_in_torch()
        if has_loss_landscapes():
            peer = LossLandscapes(params, examples)
            peer.check(risk, side)
            works["peer"] = lambda: peer.slice(side)
            peers["peer"] = ("loss-landscapes 3.0.6", 6)
        works["loop"] = lambda: torch_slice(tensors, examples, side)
        works["batches"] = lambda: torch_slice_in_batches(tensors, examples, side)
        peers["loop"] = ("PyTorch loop by hand", 5)
        peers["batches"] = (f"PyTorch, {AT_ONCE[digits.device()]} points at a time by hand", 0)
        for name in ("loop", "batches"):
            check(name, works["ours"](), works[name]())
    jax.clear_caches()
    products = large_products()
    medians, first = in_turn(works | products, turns)
    work = f"{side} × {side} slice of a 64-64-10 tanh network on {digits.NUM_EXAMPLES:,} digits"
    rows = [row(work, title, name, medians, first, aim) for name, (title, aim) in peers.items()]
    # By the book: what the loops do. Ours makes the first layer's product once for all points.
    operations = side**2 * digits.OPERATIONS
    best = min(products, key=medians.__getitem__)
    speed, peak = operations / medians["ours"], 2 * PRODUCT[digits.device()] ** 3 / medians[best]
    share = Row(
        "the same, in operations of its matrix products by the book",
        f"{spell(medians['ours'])}, {speed / 1e9:.0f} GFLOP/s",
        f"{peak / 1e9:.0f} GFLOP/s ({best}’s product of large float32 matrices)",
        f"{speed / peak:.0%} of it",
        "",
        spell(max(first["ours"] - medians["ours"], 0.0)),
    )
    return [*rows, share]


def memory_of_slice(side: int, limit: int) -> list[Row]:
    """What a fine slice adds to a process that has computed a coarse one."""
    prepare, work = PREPARE.format(limit=limit), WORK.format(side=side, limit=limit)
    found = added_memory(prepare, work, "" if digits.on_processor() else ON_DEVICE)
    if found is None:
        return []
    megabytes, *device = [f"{each:.0f} MB" for each in found]
    ours = (
        f"{device[0]} on the device (XLA’s trials of products included), {megabytes} beside it"
        if device
        else megabytes
    )
    return [Row(f"memory that a {side} × {side} slice of it adds", ours, aim=f"≤ {limit / 2**20:.0f} MB")]


def check(name: str, ours: np.ndarray, theirs: np.ndarray) -> None:
    """Refuse to compare two programs that compute different things."""
    worst = np.abs(theirs / ours - 1).max()
    assert worst <= CLOSE, f"{name} finds other losses: {worst:.1e}"


def large_products() -> dict[str, Callable[[], Any]]:
    """The product of large float32 matrices, by each library that offers it."""
    rows = PRODUCT[digits.device()]
    square = np.random.default_rng(0).standard_normal((rows, rows)).astype(np.float32)
    on_device, multiply = jnp.asarray(square), jax.jit(jnp.matmul)
    products: dict[str, Callable[[], Any]] = {
        "XLA": lambda: multiply(on_device, on_device).block_until_ready()
    }
    if digits.on_processor():
        products["NumPy"] = lambda: square @ square
    return products


def torch_plane(plane: Plane) -> tuple[Any, Any, Any]:
    """Origin, u and v as one vector each."""
    import torch

    return tuple(
        torch.cat([leaf.ravel() for leaf in digits.in_torch(params)])
        for params in (plane.origin, plane.u, plane.v)
    )


def axis(side: int) -> np.ndarray:
    """The coordinates of the points along each side."""
    return np.linspace(-1.0, 1.0, side)


def views(vectors: Any) -> digits.Tensors:
    """The layers in a vector (4810,), or in several (points, 4810), without a copy."""
    import torch

    d, m, k = digits.FEATURES, digits.WIDTH, digits.CLASSES
    first, first_bias, second, second_bias = torch.split(vectors, [d * m, m, m * k, k], dim=-1)
    rest = vectors.shape[:-1]
    return first.view(*rest, d, m), first_bias, second.view(*rest, m, k), second_bias


def torch_slice(plane: tuple[Any, Any, Any], examples: tuple[Any, Any], side: int) -> np.ndarray:
    """A point after the other: its parameters are set in place, its loss is kept on the device."""
    import torch

    origin, u, v = plane
    with torch.no_grad():
        row, point = torch.empty_like(origin), torch.empty_like(origin)
        layers = views(point)
        losses = torch.empty(side, side, device=origin.device)
        for i, b in enumerate(axis(side)):
            torch.add(origin, v, alpha=float(b), out=row)
            for j, a in enumerate(axis(side)):
                torch.add(row, u, alpha=float(a), out=point)
                losses[i, j] = digits.torch_loss(layers, *examples)
        return losses.cpu().numpy()


def torch_slice_in_batches(plane: tuple[Any, Any, Any], examples: tuple[Any, Any], side: int) -> np.ndarray:
    """Many points at a time, by batched products."""
    import torch

    (origin, u, v), (inputs, targets) = plane, examples
    with torch.no_grad():
        x = torch.tensor(axis(side), dtype=torch.float32, device=origin.device)
        b, a = torch.meshgrid(x, x, indexing="ij")
        losses = []
        for some in torch.stack([a.ravel(), b.ravel()], dim=1).split(AT_ONCE[digits.device()]):
            first, first_bias, second, second_bias = views(torch.addmm(origin, some, torch.stack([u, v])))
            seen, wanted = inputs.expand(len(some), -1, -1), targets.expand(len(some), -1)
            hidden = torch.baddbmm(first_bias[:, None], seen, first).tanh_()
            outputs = torch.baddbmm(second_bias[:, None], hidden, second)
            each = torch.nn.functional.cross_entropy(
                outputs.view(-1, digits.CLASSES), wanted.reshape(-1), reduction="none"
            )
            losses.append(each.view(len(some), -1).mean(dim=1))
        return torch.cat(losses).view(side, side).cpu().numpy()


def has_loss_landscapes() -> bool:
    """Whether the peer is installed."""
    return importlib.util.find_spec("loss_landscapes") is not None


class LossLandscapes:
    """The peer's own slice, `random_plane` with filters normalized, of a module of PyTorch."""

    def __init__(self, params: Any, examples: tuple[Any, Any]) -> None:
        import torch
        from loss_landscapes.metrics import Loss

        first, first_bias, second, second_bias = digits.in_torch(params)
        hidden = torch.nn.Linear(digits.FEATURES, digits.WIDTH, device=digits.device())
        readout = torch.nn.Linear(digits.WIDTH, digits.CLASSES, device=digits.device())
        self.module = torch.nn.Sequential(hidden, torch.nn.Tanh(), readout)
        with torch.no_grad():
            for own, given in (
                (hidden.weight, first.T),
                (hidden.bias, first_bias),
                (readout.weight, second.T),
                (readout.bias, second_bias),
            ):
                own.copy_(given)
        self.metric = Loss(torch.nn.functional.cross_entropy, *examples)

    def slice(self, side: int) -> np.ndarray:
        """Rows go along its first direction; its directions are drawn as soon as it begins."""
        import loss_landscapes
        import torch

        torch.manual_seed(0)
        with drawing_on_device():
            return loss_landscapes.random_plane(
                self.module, self.metric, 1, side, normalization="filter", deepcopy_model=True
            )

    def check(self, risk: Any, side: int) -> None:
        """Compare with ours in its own plane; every second row of its begins at step 0, the others at 1."""
        extent = ((-side / 2, side / 2 - 1), (-side / 2, side / 2))
        plane, resolution = self.plane(side), (side, side + 1)
        values = landscape.evaluate(risk, plane, resolution=resolution, extent=extent).values.T
        expected = np.where(np.arange(side)[:, None] % 2 == 0, values[:, 1:], values[:, :-1])
        check("loss-landscapes", expected, self.slice(side))

    def plane(self, side: int) -> Plane:
        """The plane that it draws, with its steps as units."""
        import torch
        from loss_landscapes.model_interface import model_parameters as theirs

        torch.manual_seed(0)
        with torch.no_grad(), drawing_on_device():
            start = theirs.ModelParameters([each.detach() for each in self.module.parameters()])
            first = theirs.rand_u_like(start)
            second = theirs.orthogonal_to(first)
            for direction in (first, second):
                direction.filter_normalize_(start)
                direction.mul_(start.model_norm() / side / direction.model_norm())
        return Plane(*(as_layers(each) for each in (start, first, second)))


def as_layers(tensors: Any) -> Any:
    """The tensors of a module as parameters of ours."""
    leaves = [tensor.cpu().numpy().T for tensor in tensors]
    return {"layers": [{"weights": leaves[i], "bias": leaves[i + 1]} for i in (0, 2)]}


def drawing_on_device() -> Any:
    """It draws on the processor, wherever its module is: here where the module is."""
    import torch

    return patch.object(torch, "rand", partial(torch.rand, device=digits.device()))
