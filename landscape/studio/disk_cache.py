"""Compiled programs on disk, so that a second start finds them."""

import contextlib
import os
import sys
from pathlib import Path

import jax

FOLDER = "JAX_COMPILATION_CACHE_DIR"


def folder() -> Path:
    """Where compiled programs are kept: `JAX_COMPILATION_CACHE_DIR`, else the user's own cache folder."""
    if chosen := os.environ.get(FOLDER):
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "landscape" / "compiled"


MAX_BYTES = 512 * 2**20
"""What the folder may hold from one start to the next."""


def prune(limit: int = MAX_BYTES) -> None:
    """Take the programs away that have not been used for longest, until the rest fits the limit."""
    files = []
    for path in folder().glob("*"):
        # Another process may be pruning the same folder.
        with contextlib.suppress(FileNotFoundError):
            state = path.stat()
            files.append((max(state.st_atime, state.st_mtime), state.st_size, path))
    room = limit
    for _used, size, path in sorted(files, reverse=True):
        room -= size
        if room < 0:
            path.unlink(missing_ok=True)


def keep_compiled_programs() -> None:
    """Keep every compiled program, the small ones too, from the next compilation on."""
    jax.config.update("jax_compilation_cache_dir", str(folder()))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
