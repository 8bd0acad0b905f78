"""Noise: what a mini-batch does to the gradient, and what averaging the iterates does to the noise."""
