"""Compiled programs on disk, so that a second start finds them; JAX reads these settings when it is imported."""

import os
import sys
from pathlib import Path

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
    """Keep every compiled program, the small ones too; what the user has set in the environment stands."""
    os.environ.setdefault(FOLDER, str(folder()))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")
