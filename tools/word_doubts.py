"""How well the network of spoken words can be doubted: ``python -m tools.word_doubts speech-commands.zip``.

Known are the words of the speakers who were never heard, strange are sounds made here (tones, chirps, claps
and noise, seeded) and the same words backwards, or cut into tenths of a second that are put together anew.
For each rule the share of strange sounds that it flags where one in ten of the known is flagged as well; and
how the rule of the page errs, which ``--write-card`` puts into the network's card.

Reference: Lee et al. 2018, 'A simple unified framework for detecting out-of-distribution samples', for the
distance of Mahalanobis; Liu et al. 2020, 'Energy-based out-of-distribution detection', for the energy.
"""

from __future__ import annotations

import argparse
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_core.doubt import doubt
from cnn_core.graph.trace import forward
from cnn_core.models import load_card, load_model, save_card
from cnn_core.models.base import WEIGHTS, DoubtErrors, Model
from cnn_core.ops.activation import softmax
from cnn_core.preprocess import to_tensor
from cnn_core.sound import RATE, Samples, read_sound, sound_pixels
from cnn_core.training.datasets import read_dataset
from cnn_core.training.losses import logits_node

HOLDOUT = 25
"""Words of each kind by speakers who were never heard, as the network was trained."""
EACH = 80
"""Sounds of each kind that is made."""
FALSE_ALARMS = 0.1
PIECE = RATE // 10

Values = NDArray[np.floating[Any]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write-card", action="store_true")
    options = parser.parse_args()
    model = load_model("spoken_words")
    data = read_dataset(options.data, model.spec)
    heard, kept = data.split(HOLDOUT)
    words = _sounds(options.data, kept.names)
    known, features = _seen(model, words)
    learnt, learnt_features = _seen(model, _sounds(options.data, heard.names[::3]))
    distance = _mahalanobis(learnt_features, learnt.argmax(axis=1))
    rules: dict[str, Callable[[Values, Values], Values]] = {
        "entropy": lambda logits, _: np.array([doubt(row).entropy for row in softmax(logits)]),
        "largest logit": lambda logits, _: -logits.max(axis=1),
        "energy": lambda logits, _: -np.log(np.exp(logits.astype(np.float64)).sum(axis=1)),
        "Mahalanobis": lambda _, values: distance(values),
    }
    kinds = {name: _seen(model, list(made)) for name, made in _strangers(words)}
    strange = [np.concatenate(parts) for parts in zip(*kinds.values(), strict=True)]
    for name, rule in rules.items():
        bound = np.quantile(rule(known, features), 1 - FALSE_ALARMS)
        flagged = {kind: float((rule(*seen) > bound).mean()) for kind, seen in kinds.items()}
        told = ", ".join(f"{kind} {share:.0%}" for kind, share in flagged.items())
        print(
            f"{name:14} bound {bound:8.3f}  flags {(rule(*strange) > bound).mean():.1%} of strangers: {told}"
        )
    labels = [model.labels.index(kept.classes[label]) for label in kept.labels]
    errors = _errors(known, known.argmax(axis=1) == labels, strange[0])
    print(errors)
    if options.write_card:
        card = WEIGHTS / "spoken_words.json"
        save_card(card, replace(load_card(card), doubts=(errors,)))


def _errors(known: Values, right: NDArray[np.bool_], strange: Values) -> DoubtErrors:
    """How the rule of the page errs."""
    unsure, passed = (np.array([doubt(row).unsure for row in softmax(each)]) for each in (known, strange))
    doubted, caught = unsure[right].mean(), unsure[~right].mean()
    doubted, caught, believed = (round(float(each), 4) for each in (doubted, caught, 1 - passed.mean()))
    return DoubtErrors("entropy", doubted, caught, believed, len(known), len(strange))


def _sounds(path: Path, names: tuple[str, ...]) -> list[Samples]:
    with zipfile.ZipFile(path) as archive:
        return [read_sound(archive.read(name)) for name in names]


def _seen(model: Model, sounds: list[Samples]) -> tuple[Values, Values]:
    """Logits, and what the last layer reads of each."""
    wanted = logits_node(model.graph)
    [reads] = model.graph[wanted].inputs
    logits, features = [], []
    for sound in sounds:
        x = to_tensor(sound_pixels(sound), model.spec)
        outputs = {record.node.name: record.output for record in forward(model.graph, model.parameters, x)}
        logits.append(outputs[wanted].reshape(-1))
        features.append(outputs[reads].reshape(-1))
    return np.stack(logits), np.stack(features).astype(np.float64)


def _mahalanobis(features: Values, labels: NDArray[np.int64]) -> Callable[[Values], Values]:
    """Squared distance to the nearest class, by the covariance that all classes share."""
    means = np.stack([features[labels == label].mean(axis=0) for label in range(labels.max() + 1)])
    apart = features - means[labels]
    inverse = np.linalg.pinv(apart.T @ apart / len(apart) + 1e-6 * np.eye(features.shape[1]))

    def distance(values: Values) -> Values:
        between = values[:, None] - means
        nearest: Values = np.einsum("nkf,fg,nkg->nk", between, inverse, between).min(axis=1)
        return nearest

    return distance


def _strangers(words: list[Samples]) -> Iterator[tuple[str, Iterator[Samples]]]:
    seconds = np.arange(RATE) / RATE
    random = np.random.default_rng(24)

    def scaled(wave: Values) -> Samples:
        samples: Samples = np.rint(wave * random.uniform(1000, 20000) / np.abs(wave).max()).astype(np.int16)
        return samples

    def tones() -> Iterator[Samples]:
        for pitch, start in zip(random.uniform(100, 6000, EACH), random.uniform(0, 0.6, EACH), strict=True):
            sounding = (seconds > start) & (seconds < start + random.uniform(0.1, 1))
            yield scaled(np.sin(2 * np.pi * pitch * seconds) * sounding)

    def chirps() -> Iterator[Samples]:
        for first, last in random.uniform(100, 6000, (EACH, 2)):
            yield scaled(np.sin(2 * np.pi * (first * seconds + (last - first) * seconds**2 / 2)))

    def claps() -> Iterator[Samples]:
        for _ in range(EACH):
            since = [np.where(s <= seconds, seconds - s, np.inf) for s in random.uniform(0, 0.9, 3)]
            yield scaled(random.standard_normal(RATE) * sum(np.exp(-each / 0.03) for each in since))

    def noise() -> Iterator[Samples]:
        for colour in random.uniform(0, 1, EACH):
            spectrum = np.fft.rfft(random.standard_normal(RATE)) / np.arange(1, RATE // 2 + 2) ** colour
            yield scaled(np.fft.irfft(spectrum))

    def pieces() -> Iterator[Samples]:
        for word in words[::3]:
            yield random.permutation(word[: 10 * PIECE].reshape(10, PIECE)).reshape(-1)

    yield from {"tones": tones(), "chirps": chirps(), "claps": claps(), "noise": noise()}.items()
    yield "backwards", (word[::-1].copy() for word in words[1::3])
    yield "pieces", pieces()


if __name__ == "__main__":
    main()
