"""What a file from a stranger may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from cnn_core.errors import ModelLimit

__all__ = ["SLOW", "Bounds", "Budget", "Limits"]

SLOW = 10
"""Multiply-adds of a matrix product in the time of one step of a pool or a depthwise convolution."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on an ONNX file and on the network in it; each is checked before the memory is taken.

    ``max_structure_bytes`` bounds all of the file that is not numbers of tensors: a message of two bytes
    takes a hundred when it is parsed. ``max_constant_bytes`` bounds what is computed from the file's
    constants while it is read, ``max_activation_bytes`` the outputs of all layers together for one image,
    ``max_plan_bytes`` all that a plan takes while it runs, packed weights and borders included.
    ``max_macs`` are the multiply-adds for one image; what no matrix product computes counts ``SLOW`` times.
    ``max_side`` is the longest side of the image, and of any window.
    """

    max_bytes: int = 670_000_000
    max_structure_bytes: int = 8_000_000
    max_nodes: int = 5_000
    max_parameters: int = 150_000_000
    max_constant_bytes: int = 256_000_000
    max_activation_bytes: int = 1_500_000_000
    max_plan_bytes: int = 4_000_000_000
    max_macs: int = 100_000_000_000
    max_side: int = 2048
    max_name_length: int = 256
    max_rank: int = 8


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a comparison may take: seconds from its start to its end, and bytes of memory.

    Memory is held to by the system, where there is such a limit (Linux, macOS in part; not Windows).
    """

    seconds: float = 20.0
    memory: int = 3_000_000_000


class Budget:
    """Bytes that may be taken all in all; ``what`` says for what."""

    def __init__(self, what: str, limit: int) -> None:
        self.what, self.limit, self.spent = what, limit, 0

    def spend(self, count: int) -> None:
        """Take some of it.

        Raises:
            ModelLimit: not so much is left.
        """
        self.spent += count
        if self.spent > self.limit:
            raise ModelLimit(
                f"ONNX file: {self.what} may take {self.limit:,}, this file wants at least {self.spent:,}"
            )

    def array(self, shape: Sequence[int], itemsize: int = 8) -> None:
        """Take what an array of this shape needs."""
        self.spend(prod(shape) * itemsize)
