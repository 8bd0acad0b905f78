"""Results that all readers share."""

import threading

import pytest

from landscape.studio.shared import shared


def in_threads(count, function):
    results = []
    threads = [threading.Thread(target=lambda: results.append(function())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def test_many_readers_cost_one_computation():
    calls, free = [], threading.Event()

    @shared(maxsize=4)
    def slow(number):
        calls.append(number)
        free.wait(30)
        return number + 1

    timer = threading.Timer(0.2, free.set)
    timer.start()
    assert in_threads(12, lambda: slow(1)) == [2] * 12
    assert calls == [1]


def test_results_that_need_others_never_wait_for_each_other():
    @shared(maxsize=64)
    def low(number):
        return number

    @shared(maxsize=64)
    def high(number):
        return low(number) + low(number + 1)

    for start in range(0, 40, 2):
        threads = [
            threading.Thread(target=call, args=(start + k,))
            for k in range(2)
            for call in (high, low)
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)


def test_the_oldest_result_goes_first():
    calls = []

    @shared(maxsize=2)
    def kept(number):
        calls.append(number)
        return number

    for number in (1, 2, 1, 3, 1, 2):
        kept(number)
    assert calls == [1, 2, 3, 2]


def test_a_failure_is_told_and_not_kept():
    calls = []

    @shared(maxsize=2)
    def fails_once(number):
        calls.append(number)
        if len(calls) == 1:
            raise ValueError("not yet")
        return number

    with pytest.raises(ValueError, match="not yet"):
        fails_once(1)
    assert fails_once(1) == 1


def test_arguments_by_name_are_other_arguments():
    @shared(maxsize=4)
    def power(base, exponent=2):
        return base**exponent

    assert (power(3), power(3, exponent=3), power(3, 3)) == (9, 27, 27)


def test_an_interruption_stays_with_its_reader():
    """A reader who leaves ends his own run; who waits for the same result computes it."""

    class LeftError(BaseException):
        """As Streamlit's own, which ends a run."""

    begun, waiting = threading.Event(), threading.Event()
    calls = []

    @shared(maxsize=2)
    def result(number):
        calls.append(number)
        if len(calls) == 1:
            begun.set()
            waiting.wait(10)
            raise LeftError
        return number**2

    ended, found = [], []

    def leave():
        try:
            result(3)
        except LeftError as error:
            ended.append(error)

    first = threading.Thread(target=leave)
    first.start()
    assert begun.wait(10)
    second = threading.Thread(target=lambda: found.append(result._obtain(((3,),), (3,), {})))
    second.start()
    waiting.set()
    for thread in (first, second):
        thread.join(10)
    assert len(ended) == 1
    assert found == [9]
    assert calls == [3, 3]
