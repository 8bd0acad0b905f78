"""The studies of the pages: each has its controls, its pictures and its words."""
