"""Embeddings."""


def show() -> list[str]:
    """Draw the study; the keys of its controls."""
    return []
