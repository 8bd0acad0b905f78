"""Lanczos's method: eigenvalues at the ends of a Hessian's spectrum, from its products with vectors."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from landscape.curvature.products import multiply
from landscape.objectives import Objective, Params, as_program, check_count, check_params


@dataclass(frozen=True, eq=False)
class Eigenpairs:
    """Some eigenvalues of a Hessian with their eigenvectors, by descending eigenvalue.

    Attributes:
        values: The eigenvalues λ, shape (k,): the largest ones, then the smallest ones; NaN where
            the Hessian is not finite.
        vectors: The eigenvector v to each, of length one, shaped like the parameters.
        residuals: ‖Hv − λv‖ / |λ|max of each, shape (k,), of the products as they were computed. An
            eigenvalue of H lies within this share of |λ|max from λ.
        num_products: How many products Hv it took.
        converged: Whether every residual is at most the tolerance.
    """

    values: np.ndarray
    vectors: tuple[Params, ...]
    residuals: np.ndarray
    num_products: int
    converged: bool


def eigenpairs(
    objective: Objective,
    params: Params,
    largest: int = 2,
    smallest: int = 0,
    *,
    seed: int = 0,
    tolerance: float = 1e-4,
    max_products: int = 200,
) -> Eigenpairs:
    r"""The largest and the smallest eigenvalues of a loss's Hessian, by products with vectors alone.

    Lanczos's method with full reorthogonalization: from a random q_1 each product Hq_k is made
    orthogonal to all q before it and is the next one, and the eigenpairs of the small matrix
    Q^\top H Q are those of H at the ends of its spectrum, ever better. It stops as soon as all that
    are wanted have converged. The products are computed in the parameters' own precision, the
    basis is kept in float64: 8 n bytes for each product.

    An eigenvalue that is repeated is found once before its copies are, so the second largest may
    be the third. A matrix without products left (n of them) is solved exactly.

    Args:
        objective: The objective, over any pytree of n numbers.
        params: Where to look, shaped like `objective.start`.
        largest: How many of the largest (algebraically) are wanted, at least 0.
        smallest: How many of the smallest, at least 0; together from 1 to n.
        seed: Of the random beginning, at least 0.
        tolerance: Of ||Hv - \lambda v|| / |\lambda|_{max}, above 0. About 10^{-6} is the least that
            float32 allows.
        max_products: At most so many products, at least `largest + smallest`.

    Returns:
        The `Eigenpairs`, by descending eigenvalue.

    Raises:
        ValueError: The point does not fit the objective, or a number is out of its range.

    Example:
        >>> from landscape import FUNCTIONS, eigenpairs
        >>> found = eigenpairs(FUNCTIONS["ravine"], [3.0, 2.0], largest=1, smallest=1)
        >>> found.values.round(12).tolist(), found.num_products, found.converged
        ([25.0, 1.0], 2, True)

    Reference:
        Golub, Van Loan (2013), Matrix computations, 4th edition, chapter 10
    """
    point = check_params(objective, params)
    count = sum(leaf.size for leaf in jax.tree.leaves(point))
    largest, smallest = check_count("largest", largest, 0), check_count("smallest", smallest, 0)
    wanted = check_count("largest + smallest", largest + smallest, 1, count)
    check_count("max_products", max_products, wanted)
    if not tolerance > 0:
        raise ValueError(f"`tolerance` must be above 0, got {tolerance:g}")

    random, most = np.random.default_rng(check_count("seed", seed, 0)), min(max_products, count)
    basis = Basis(flat_product(objective, point), count, most, random)
    tiny = rounding(point)
    converged = False
    while not converged and basis.size < basis.most and basis.extend(tiny):
        if basis.size >= wanted:
            values, shares, residuals = basis.ritz()
            chosen = np.r_[:smallest, len(values) - largest : len(values)][::-1]
            converged = bool(np.all(residuals[chosen] <= tolerance))
    if not basis.finite:
        nothing = np.full(wanted, np.nan)
        lost = shaped_like(point, np.full(count, np.nan))
        return Eigenpairs(nothing, (lost,) * wanted, nothing, basis.size, False)
    found = shares[:, chosen].T @ basis.vectors
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    vectors = tuple(shaped_like(point, each) for each in found)
    return Eigenpairs(values[chosen], vectors, residuals[chosen], basis.size, converged)


def flat_product(objective: Objective, params: Params) -> Callable[[np.ndarray], np.ndarray]:
    """The Hessian times a vector, from float64 to float64, by a program in the parameters' precision."""
    loss = as_program(objective.loss)

    def product(direction: np.ndarray) -> np.ndarray:
        image = multiply(loss, params, shaped_like(params, direction))
        return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(image)]).astype(float)

    return product


def shaped_like(params: Params, numbers: np.ndarray) -> Params:
    """A vector's numbers as NumPy arrays in the structure, the shapes and the types of some parameters."""
    leaves, structure = jax.tree.flatten(params)
    parts = np.split(numbers, np.cumsum([leaf.size for leaf in leaves])[:-1])
    shaped = [part.reshape(leaf.shape).astype(leaf.dtype) for part, leaf in zip(parts, leaves, strict=True)]
    return jax.tree.unflatten(structure, shaped)


def rounding(params: Params) -> float:
    """The share of a product that may be the rounding of the coarsest type among the leaves."""
    return max(100 * float(jnp.finfo(leaf.dtype).eps) for leaf in jax.tree.leaves(params))


class Basis:
    """An orthonormal basis Q that grows by a vector with each product, and the small matrix of H in it.

    With W = HQ as computed, W = QM + R exactly: M is tridiagonal up to rounding, and R is what the last
    product holds beyond the basis, and what was taken for rounding of those at which an invariant
    subspace was full. So the residuals of the Ritz pairs are those of the products as they were
    computed, their rounding included.

    Args:
        product: The Hessian times a vector.
        num_parameters: n.
        most: So many vectors at most, up to n.
        random: Where the first vector comes from, and others where an invariant subspace is full.
    """

    def __init__(
        self,
        product: Callable[[np.ndarray], np.ndarray],
        num_parameters: int,
        most: int,
        random: np.random.Generator,
    ) -> None:
        self.product, self.most, self.random = product, most, random
        self.size, self.left, self.complete, self.finite = 0, 0.0, False, True
        self._dropped = np.zeros(most)
        self._vectors = np.empty((most, num_parameters))  # memory that is not written is not taken
        self._matrix = np.zeros((most, most))
        self._next: np.ndarray | None = None

    @property
    def vectors(self) -> np.ndarray:
        """Q in rows, (size, n)."""
        return self._vectors[: self.size]

    @property
    def matrix(self) -> np.ndarray:
        """M made symmetric, (size, size)."""
        matrix = self._matrix[: self.size, : self.size]
        return (matrix + matrix.T) / 2

    def extend(self, tiny: float) -> bool:
        """One product more; a share of it up to `tiny` beyond the basis is rounding. False if not finite."""
        place = self.size
        self._vectors[place] = self._fresh() if self._next is None else self._next
        self.size += 1
        rest = self.product(self._vectors[place])
        size = float(np.linalg.norm(rest))
        self.finite = bool(np.isfinite(size))
        if not self.finite:
            return False
        for _ in range(2):  # once leaves rounding errors that grow
            parts = self.vectors @ rest
            rest = rest - parts @ self.vectors
            self._matrix[: self.size, place] += parts
        self.left = float(np.linalg.norm(rest))
        self.complete = self.left <= tiny * size  # the basis spans an invariant subspace
        if self.complete:
            self._dropped[place], self.left, self._next = self.left, 0.0, None
        else:
            self._next = rest / self.left
            if self.size < self.most:
                self._matrix[self.size, place] = self.left
        return True

    def ritz(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Eigenvalues of M, ascending, its eigenvectors in columns, and ‖Hv − λv‖ / |λ|max of each."""
        values, shares = np.linalg.eigh(self.matrix)
        inside = self._matrix[: self.size, : self.size] @ shares - shares * values
        lengths = np.hypot(np.linalg.norm(inside, axis=0), self.left * np.abs(shares[-1]))
        lengths += self._dropped[: self.size] @ np.abs(shares)
        scale = np.abs(values).max()
        return values, shares, lengths / (scale if scale > 0 else 1.0)

    def _fresh(self) -> np.ndarray:
        vector = self.random.normal(size=self._vectors.shape[1])
        for _ in range(2):
            vector -= (self.vectors @ vector) @ self.vectors
            vector /= np.linalg.norm(vector)
        return vector
