"""Messages about two subjects: what differs, how alike layers are, and noise."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from .schemas import ImageInfo, Probability

__all__ = ["ComparisonSchema", "LayerDifferenceSchema", "NoiseSchema", "SimilaritySchema"]


class LayerDifferenceSchema(BaseModel):
    """One layer of A and its counterpart in B, whose values stand at the same places."""

    a: str = Field(description="The node of A.")
    b: str = Field(description="The node of B.")
    shape: list[int]
    compared: int
    differing: int = Field(description="Values whose bits are not the same; 0: exactly equal.")
    relative: float | None = Field(description="||B - A|| / ||A||; null: A is all zero and B is not.")
    cosine: float | None = Field(description="A . B / (||A|| ||B||); null: one of them is all zero.")
    largest: float = Field(description="The largest |b - a|.")
    channels: list[float | None] = Field(description="relative of every channel.")


class ComparisonSchema(BaseModel):
    """B held against A, layer by layer, over all values."""

    compared: int = Field(description="Values held against each other; 0: the networks share no shapes.")
    differing: int
    exact: bool = Field(
        description="Every layer has a counterpart, and every bit of every value is the same."
    )
    first: str | None = Field(description="The first node of A that differs; null: none.")
    layers: list[LayerDifferenceSchema] = Field(description="In A's order.")
    only_a: list[str] = Field(description="Nodes of A without a counterpart.")
    only_b: list[str] = Field(description="Nodes of B without a counterpart.")
    answer_a: list[Probability] = Field(description="A's classes, likeliest first.")
    answer_b: list[Probability] = Field(description="B's classes, likeliest first.")


class NoiseSchema(ImageInfo):
    """A picture with noise: exactly what the network sees, in whole bytes, of its own size."""

    epsilon: int = Field(description="No pixel is further than this from the picture, in 1/255.")
    steps: int
    seed: int | None
    label: str = Field(description="The answer that the noise leads away from; empty: it has no name.")
    loss_before: float = Field(description="-log p(label) of the picture.")
    loss_after: float = Field(description="-log p(label) of the picture with noise.")
    largest: int = Field(description="How far a pixel moved at most, in 1/255.")


class SimilaritySchema(BaseModel):
    """Layers that share no channels, by linear CKA (Kornblith et al. 2019)."""

    images: int = Field(description="Over how many images.")
    estimator: Literal["unbiased"] = Field(description="That of Song et al. 2012; it may fall below zero.")
    a: list[str] = Field(description="Layers of A: rows.")
    b: list[str] = Field(description="Layers of B: columns.")
    values: list[list[float | None]] = Field(
        description="1: the same up to rotation and scale; null: a layer that says the same of every image."
    )
