"""Compiled programs on disk."""

import os

from landscape.studio import disk_cache


def test_the_programs_used_last_stay(tmp_path, monkeypatch):
    monkeypatch.setenv(disk_cache.FOLDER, str(tmp_path))
    for age, name in enumerate(("new", "middle", "old")):
        (tmp_path / name).write_bytes(bytes(100))
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    disk_cache.prune(limit=250)
    assert {path.name for path in tmp_path.iterdir()} == {"new", "middle"}
    disk_cache.prune(limit=250)
    assert {path.name for path in tmp_path.iterdir()} == {"new", "middle"}


def test_a_folder_that_is_not_there_is_nothing_to_prune(tmp_path, monkeypatch):
    monkeypatch.setenv(disk_cache.FOLDER, str(tmp_path / "none"))
    disk_cache.prune()
    assert disk_cache.folder() == tmp_path / "none"
