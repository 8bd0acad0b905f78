"""Jobs: one computation for all who look at it, with its progress, and none for those who have left."""

import threading

import pytest

from landscape.studio import jobs
from landscape.studio.jobs import Wanted, await_all, gather, job, keep_all


def test_those_who_look_share_one_computation():
    calls, free = [], threading.Event()

    @job(maxsize=4)
    def slow(number, progress):
        calls.append(number)
        progress(0.25)
        free.wait(30)
        return number + 1

    assert slow.kept(1) is None
    assert [slow.found(1) for _ in range(5)] == [None] * 5
    assert slow.found(1, seconds=0.2) is None
    assert slow.share(1) == 0.25
    free.set()
    assert slow.found(1, seconds=30) == 2
    assert (slow.kept(1), slow.share(1)) == (2, 1.0)
    assert slow.found(1) == 2
    assert calls == [1]


def test_what_nobody_looks_at_stops_and_begins_anew_when_asked(monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", 0.1)
    begun, stopped = [], threading.Event()

    @job(maxsize=4)
    def endless(number, progress):
        begun.append(number)
        if len(begun) == 2:
            return number
        try:
            while True:
                progress(0.5)
                threading.Event().wait(0.01)
        finally:
            stopped.set()

    assert endless.found(7) is None
    assert stopped.wait(30)
    while endless.found(7, seconds=1.0) is None:  # the first one may not be cleared away yet
        pass
    assert begun == [7, 7]


def test_where_the_app_ends_nothing_goes_on():
    begun, stopped = threading.Event(), threading.Event()

    @job(maxsize=4)
    def endless(progress):
        begun.set()
        try:
            while not stopped.wait(0.01):
                progress(0.5)
        except jobs.Unwanted:
            stopped.set()
            raise

    assert endless.found() is None
    assert begun.wait(30)
    jobs.dismiss()
    assert stopped.wait(jobs.PATIENCE / 2)  # before its readers' patience is over
    assert Wanted(job(maxsize=1)(lambda progress: 3), ()).found(30) == 3  # what comes later is done


def test_what_is_looked_at_goes_on(monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE", 2.0)
    monkeypatch.setattr(jobs, "LOOK", 0.05)
    told = []

    @job(maxsize=4)
    def steady(progress):
        for part in range(60):
            progress(part / 60)
            threading.Event().wait(0.05)
        return "done"

    await_all([Wanted(steady, ())], told.append)
    assert steady.kept() == "done"
    assert told == sorted(told)
    assert 0 < told[-1] < 1


def test_an_error_reaches_everyone_and_the_next_look_begins_anew():
    calls = []

    @job(maxsize=4)
    def wrong(number, progress):
        calls.append(number)
        raise ValueError("`number` must be right")

    for count in (1, 2):
        with pytest.raises(ValueError, match="must be right"):
            wrong.found(3, seconds=30)
        assert calls == [3] * count
    with pytest.raises(ValueError, match="must be right"):
        await_all([Wanted(wrong, (3,))], lambda share: None)


def test_what_telling_raises_ends_the_waiting():
    free = threading.Event()

    @job(maxsize=4)
    def slow(progress):
        free.wait(30)
        return 1

    class Superseded(BaseException):
        pass

    def tell(share):
        raise Superseded

    with pytest.raises(Superseded):
        await_all([Wanted(slow, ())], tell)
    free.set()
    assert slow.found(seconds=30) == 1


def test_gathering_begins_all_and_keeps_their_order():
    free = threading.Event()

    @job(maxsize=8)
    def held(number, progress):
        if number == 1:
            free.wait(30)
        return number

    wanted = [Wanted(held, (number,)) for number in (0, 1, 2)]
    found = gather(wanted, 0.5)
    assert found[1] is None
    free.set()
    assert gather(wanted, 30) == [0, 1, 2]


def test_the_oldest_result_goes_first():
    @job(maxsize=2)
    def square(number, progress):
        return number**2

    for number in (1, 2, 1, 3):
        assert square.found(number, seconds=30) == number**2
    assert (square.kept(1), square.kept(2), square.kept(3)) == (1, None, 9)
    square.cache_clear()
    assert square.kept(1) is None
    assert square.kept(3) is None


def test_what_has_been_found_is_held_though_not_all_can_be_kept():
    gates, calls = [threading.Event() for _ in range(3)], []

    @job(maxsize=1)
    def held(number, progress):
        calls.append(number)
        gates[number].wait(30)
        return number

    wanted, told = [Wanted(held, (number,)) for number in range(3)], []

    def tell(share):
        told.append(share)
        for gate in gates[: len(told)]:
            gate.set()

    assert await_all(wanted, tell) == [0, 1, 2]
    assert sorted(calls) == [0, 1, 2], "each once"
    assert told == sorted(told)


def test_what_is_known_is_not_looked_for():
    calls = []

    @job(maxsize=4)
    def noted(number, progress):
        calls.append(number)
        return number

    wanted = [Wanted(noted, (number,)) for number in (0, 1)]
    assert gather(wanted, 30, [7, None]) == [7, 1]
    assert calls == [1]


def test_what_is_kept_again_is_the_newest():
    @job(maxsize=2)
    def square(number, progress):
        return number**2

    for number in (1, 2, 3):
        square.found(number, seconds=30)
    wanted = [Wanted(square, (number,)) for number in (1, 2, 3)]
    keep_all(wanted, [1, None, 9])
    assert (square.kept(1), square.kept(2), square.kept(3)) == (1, None, 9)
    keep_all(wanted, [1, 4, None])
    assert (square.kept(1), square.kept(2), square.kept(3)) == (1, 4, None)
