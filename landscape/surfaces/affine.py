r"""Affine parts: what a loss on a slice computes as c_0 + \sum_i t_i c_i, and the rest of it.

On a plane the parameters are affine in its coordinates (a, b), and so is all that a program makes of
them by sums and by products with constants: before its activation the first layer of a network on data X is
X W(a, b) = X W_0 + a X U + b X V. Three matrix products made once stand for one at every point of the
slice. A loss is any program of JAX, so the affine part is found in the program that JAX has traced.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import Literal, subjaxprs

CALLS = frozenset(
    {"jit", "pjit", "closed_call", "core_call", "remat", "remat2", "checkpoint"}
    | {"custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr"}
)
"""Primitives that only call another program; their bodies are taken for them."""

LINEAR = frozenset(
    {"add", "add_any", "sub", "neg", "reshape", "transpose", "broadcast_in_dim", "squeeze", "expand_dims"}
    | {"slice", "concatenate", "pad", "rev", "reduce_sum", "cumsum", "copy", "copy_p", "convert_element_type"}
)
"""Primitives that are affine in all of their arguments together."""

PRODUCTS = frozenset({"mul", "dot_general", "conv_general_dilated"})
"""Primitives that are affine in one argument where the other is a constant."""

FIRST_ONLY = frozenset({"div", "gather", "dynamic_slice"})
"""Primitives that are affine in their first argument where the others are constants."""

CONTRACTIONS = frozenset({"dot_general", "conv_general_dilated"})
"""What is worth a part made once: other affine operations cost no more than adding up such parts."""

SPREADING = frozenset({"broadcast_in_dim", "iota"})
"""Primitives that make much of little: done where they are used, for to read their results costs more."""

KNOWN, LIGHT, HEAVY, VARYING = range(4)
"""Whether a value is the same on the whole slice, affine in its coordinates without a contraction, affine
with one, or another function of them."""


@dataclass(frozen=True)
class _Step:
    """One operation: slots of its arguments (or literal values), and of its results."""

    equation: Any
    arguments: tuple[Any, ...]
    results: tuple[int, ...]

    def run(self, values: dict[int, Any]) -> None:
        """Do it, on the values of its arguments, and add those of its results."""
        inputs = [values[each] if isinstance(each, int) else each.val for each in self.arguments]
        primitive = self.equation.primitive
        found = primitive.bind(*inputs, **primitive.get_bind_params(self.equation.params))
        results = found if primitive.multiple_results else [found]
        values.update(zip(self.results, results, strict=True))


class Split:
    """A scalar function of a point (k,), taken apart into what is made once and what at every point.

    Args:
        function: Of a point (k,); a program of JAX.
        num_coordinates: k.
    """

    def __init__(self, function: Callable[[jax.Array], jax.Array], num_coordinates: int) -> None:
        traced = jax.make_jaxpr(function)(jax.ShapeDtypeStruct((num_coordinates,), jnp.result_type(float)))
        self.num_coordinates = num_coordinates
        self.constants: dict[int, Any] = {}
        self.avals: list[Any] = []
        self.steps: list[_Step] = []
        self.point = self._slot(traced.jaxpr.invars[0].aval)
        (self.result,) = self._inline(traced.jaxpr, traced.consts, [self.point])
        self.kinds = self._kinds()
        self._choose()

    def _slot(self, aval: Any) -> int:
        self.avals.append(aval)
        return len(self.avals) - 1

    def _inline(self, program: Any, constants: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
        slots: dict[Any, Any] = dict(zip(program.invars, arguments, strict=True))
        for variable, value in zip(program.constvars, constants, strict=True):
            slots[variable] = self._slot(variable.aval)
            self.constants[slots[variable]] = value
        for equation in program.eqns:
            inputs = [each if isinstance(each, Literal) else slots[each] for each in equation.invars]
            if equation.primitive.name in CALLS:
                called = equation.params.get("jaxpr", equation.params.get("call_jaxpr"))
                body = getattr(called, "jaxpr", called)
                slots.update(
                    zip(
                        equation.outvars,
                        self._inline(body, getattr(called, "consts", ()), inputs),
                        strict=True,
                    )
                )
                continue
            for variable in equation.outvars:
                slots[variable] = self._slot(variable.aval)
            self.steps.append(
                _Step(equation, tuple(inputs), tuple(slots[variable] for variable in equation.outvars))
            )
        return [each if isinstance(each, Literal) else slots[each] for each in program.outvars]

    def _kinds(self) -> list[int]:
        kinds = [KNOWN] * len(self.avals)
        kinds[self.point] = LIGHT
        for step in self.steps:
            kind = self._kind(
                step, [kinds[each] if isinstance(each, int) else KNOWN for each in step.arguments]
            )
            for slot in step.results:
                kinds[slot] = kind
        return kinds

    def _kind(self, step: _Step, kinds: list[int]) -> int:
        name = step.equation.primitive.name
        largest = max(kinds, default=KNOWN)
        if largest in (KNOWN, VARYING):
            return largest
        if not all(jnp.issubdtype(self.avals[slot].dtype, jnp.floating) for slot in step.results):
            return VARYING
        moving = [place for place, kind in enumerate(kinds) if kind != KNOWN]
        affine = (
            name in LINEAR
            or (name in PRODUCTS and len(moving) == 1)
            or (name in FIRST_ONLY and moving == [0])
            or (name == "select_n" and 0 not in moving)
        )
        if not affine:
            return VARYING
        return HEAVY if name in CONTRACTIONS else largest

    def _choose(self) -> None:
        """What is made once (`kept`: known values, `parts`: affine ones) and what at every point (`late`)."""
        makers = {slot: step for step in self.steps for slot in step.results}
        kept: dict[int, None] = {}
        parts: dict[int, None] = {}
        late: set[int] = set()
        wanted = [self.result]
        seen = set()
        while wanted:
            slot = wanted.pop()
            if not isinstance(slot, int) or slot in seen:
                continue
            seen.add(slot)
            maker = makers.get(slot)
            if self.kinds[slot] == HEAVY:
                parts[slot] = None
            elif maker is None and slot != self.point:
                kept[slot] = None
            elif maker is not None and (
                self.kinds[slot] != KNOWN or maker.equation.primitive.name in SPREADING
            ):
                late.add(id(maker))
                wanted += maker.arguments
            elif maker is not None:
                kept[slot] = None
        self.kept, self.parts = sorted(kept), sorted(parts)
        self.late = [step for step in self.steps if id(step) in late]

    def prepare(self) -> tuple[list[Any], list[list[jax.Array]]]:
        """What is made once: the known values used at each point, and c_0, c_1, … of each affine part."""
        values = dict(self.constants)
        early = self._needed([*self.kept, *self.parts])
        for step in early:
            if all(self.kinds[slot] == KNOWN for slot in step.results):
                step.run(values)

        def affine(point: jax.Array) -> list[jax.Array]:
            found = {**values, self.point: point}
            for step in early:
                if any(self.kinds[slot] != KNOWN for slot in step.results):
                    step.run(found)
            return [found[slot] for slot in self.parts]

        kept = [values[slot] for slot in self.kept]
        if not self.parts:
            return kept, []
        origin = jnp.zeros(self.num_coordinates)
        start, along = jax.linearize(affine, origin)
        directions = [along(unit) for unit in jnp.eye(self.num_coordinates)]
        return kept, [list(parts) for parts in zip(start, *directions, strict=True)]

    def finish(self, prepared: tuple[list[Any], list[list[jax.Array]]], point: jax.Array) -> Any:
        """The function at a point, from what was made once."""
        kept, parts = prepared
        values = {self.point: point, **dict(zip(self.kept, kept, strict=True))}
        for slot, (start, *directions) in zip(self.parts, parts, strict=True):
            along = [t.astype(start.dtype) * each for t, each in zip(point, directions, strict=True)]
            values[slot] = reduce(jnp.add, along, start)
        for step in self.late:
            step.run(values)
        return values[self.result] if isinstance(self.result, int) else jnp.asarray(self.result.val)

    def _needed(self, slots: Sequence[int]) -> list[_Step]:
        """The steps that lead to some slots, in their order."""
        wanted = set(slots)
        found = []
        for step in reversed(self.steps):
            if wanted.intersection(step.results):
                found.append(step)
                wanted.update(each for each in step.arguments if isinstance(each, int))
        return found[::-1]

    def bytes_once(self) -> int:
        """The bytes of what is made once, and of all on the way to it."""
        early = self._needed([*self.kept, *self.parts])
        return self._peak(early, [*self.kept, *self.parts]) + self.num_coordinates * sum(
            map(self._bytes, self.parts)
        )

    def bytes_at_a_point(self) -> int:
        """The most bytes that values at one point take at a time, were each kept until its last use."""
        return sum(map(self._bytes, self.parts)) + self._peak(self.late, [self.result])

    def bytes_moved(self) -> int:
        """The bytes of all values that are made at one point: a measure of its work."""
        made = [slot for step in self.late for slot in step.results]
        return sum(map(self._bytes, [*self.parts, *made]))

    def _bytes(self, slot: int) -> int:
        return _bytes_of(self.avals[slot])

    def _peak(self, steps: list[_Step], until_the_end: Sequence[Any]) -> int:
        last = {
            each: index
            for index, step in enumerate(steps)
            for each in step.arguments
            if isinstance(each, int)
        }
        last.update(dict.fromkeys((slot for slot in until_the_end if isinstance(slot, int)), len(steps)))
        ends: dict[int, list[int]] = {}
        held = most = 0
        for index, step in enumerate(steps):
            inner = sum(map(_all_bytes, _inside(step.equation)))
            for slot in step.results:
                held += self._bytes(slot)
                ends.setdefault(max(last.get(slot, index), index), []).append(slot)
            most = max(most, held + inner)
            held -= sum(map(self._bytes, ends.pop(index, [])))
        return most


def _inside(equation: Any) -> list[Any]:
    """The programs inside an operation, such as the body of a loop."""
    values = jax.tree.leaves(list(equation.params.values()), is_leaf=lambda each: hasattr(each, "eqns"))
    return [getattr(each, "jaxpr", each) for each in values if hasattr(each, "eqns")]


def _all_bytes(program: Any) -> int:
    """The bytes of every array that a program makes on its way."""
    own = sum(_bytes_of(variable.aval) for equation in program.eqns for variable in equation.outvars)
    return own + sum(map(_all_bytes, subjaxprs(program)))


def _bytes_of(aval: Any) -> int:
    return int(aval.size) * int(getattr(aval.dtype, "itemsize", 8))
