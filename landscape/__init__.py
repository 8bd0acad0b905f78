"""Landscape: what a loss function does to a parameter space, and how an optimizer walks there."""

import jax

# Published trajectories need double precision; networks cast to float32 themselves.
jax.config.update("jax_enable_x64", True)
