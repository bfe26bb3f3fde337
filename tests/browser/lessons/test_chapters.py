"""Every step of every lesson in a browser: answered wrong and right, each shown number against the arrays."""

from __future__ import annotations

from tests.browser.lessons.walk import LESSONS, Walk


class TestValue(Walk):
    lesson = "value"


class TestFilters(Walk):
    lesson = "filters"


class TestSharing(Walk):
    lesson = "sharing"


class TestDepth(Walk):
    lesson = "depth"


class TestMove(Walk):
    lesson = "move"


class TestPooling(Walk):
    lesson = "pooling"


class TestLearning(Walk):
    lesson = "learning"


class TestNetworks(Walk):
    lesson = "networks"


class TestTrust(Walk):
    lesson = "trust"


class TestPractice(Walk):
    lesson = "practice"


class TestBasics(Walk):
    lesson = "basics"


def test_every_lesson_is_walked_through() -> None:
    assert {walk.lesson for walk in Walk.__subclasses__()} == set(LESSONS)
