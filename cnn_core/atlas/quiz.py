"""Two photos of an atlas, one of which excites a channel clearly more: does whoever saw its card know which?

Reference: Borowski et al. 2021, Exemplary Natural Images Explain CNN Activations Better than State-of-the-Art
Feature Visualization (ICLR).
"""

from __future__ import annotations

import numpy as np

from cnn_core.atlas.store import Atlas

__all__ = ["quiz_pair"]

STRONG, WEAK = (0.0, 0.2), (0.4, 0.8)
"""Where in the order from strongest to weakest both photos are drawn from, as parts of all photos."""


def quiz_pair(atlas: Atlas, node: str, channel: int, turn: int) -> tuple[int, int] | None:
    """Two photos that are not on the channel's card, in an order drawn for this turn.

    None where the atlas has too few photos, or none in either part that its card shows not.

    Raises:
        BadAtlas: no such layer or channel.
    """
    shown = {patch.photo for patch in atlas.card(node, channel).top}
    peaks, photos = atlas.peaks_of(node, channel)
    rng = np.random.default_rng([turn, channel, atlas.layer(node).first])
    order = np.argsort(-np.asarray(peaks), kind="stable")
    kept = atlas.has_picture(np.asarray(photos)) & ~np.isin(photos, list(shown))
    drawn: list[int] = []
    for first, last in (STRONG, WEAK):
        part = order[int(first * len(order)) : max(len(shown) + 4, round(last * len(order)))]
        part = part[kept[part]]
        if len(part) == 0:
            return None
        drawn.append(int(rng.choice(part)))
    if peaks[drawn[0]] <= peaks[drawn[1]]:
        return None
    one, other = (int(photos[row]) for row in drawn)
    return (one, other) if rng.random() < 0.5 else (other, one)
