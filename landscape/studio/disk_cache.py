"""Compiled programs on disk, so that a second start finds them."""

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


def keep_compiled_programs() -> None:
    """Keep every compiled program, the small ones too, from the next compilation on."""
    jax.config.update("jax_compilation_cache_dir", str(folder()))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
