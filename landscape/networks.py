"""Networks: the risk of a small two-layer network, as an objective of its weights."""
