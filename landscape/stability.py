"""Stability: which learning rates gradient descent and momentum can stand, and how sharp a path is."""
