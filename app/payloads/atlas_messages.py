"""Atlases as messages."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cnn_core.atlas import TWINS, Atlas, Partner, Progress, SurveyedLayer, Twin, Worker
from cnn_core.preprocess import Pixels
from cnn_core.visualise import Forming

from ..services.atlases import patch_side
from ..services.surveys import Survey
from .atlas_schemas import (
    AtlasLayer,
    AtlasSchema,
    AtlasState,
    ChannelCard,
    ChannelRow,
    LayerWall,
    PartnerSchema,
    PatchSchema,
    TwinSchema,
    WorkerRow,
)
from .frames import framed

__all__ = ["atlas_message", "card_message", "forming_frame", "state_message", "wall_message"]


def state_message(survey: Survey | None, atlas: Atlas | None, layers: Iterable[SurveyedLayer]) -> AtlasState:
    """What to show of a network: a survey that runs or was stopped, else its atlas, else nothing yet."""
    told = None if atlas is None else atlas_message(atlas)
    shown = told.layers if told else [_layer(layer) for layer in layers]
    if survey is None or (survey.state == "done" and told):
        survey = Survey(Progress(0, 0, 0.0, None, ""), "done" if told else "none")
    now = survey.progress
    return AtlasState(
        state="stopped" if survey.state == "done" and told is None else survey.state,
        photos=now.photos,
        total=now.total,
        photos_a_second=now.photos_a_second,
        seconds_left=now.seconds_left,
        step=now.step,
        workers=[_worker(each) for each in now.workers],
        problem=survey.problem,
        atlas=told,
        layers=shown,
    )


def atlas_message(atlas: Atlas) -> AtlasSchema:
    """An atlas in short."""
    found = atlas.manifest
    return AtlasSchema(
        id=atlas.id,
        model=found["model"],
        title=found["title"],
        photos=found["photos"],
        classes=found["classes"],
        right=found["right"],
        skipped=found["skipped"],
        skipped_named=found["skipped_named"],
        compared=len(atlas.table("peak_photos")),
        layers=[_layer(layer, atlas) for layer in atlas.layers.values()],
    )


def wall_message(atlas: Atlas, node: str, first: int, limit: int) -> LayerWall:
    """Channels of a layer.

    Raises:
        BadAtlas: no such layer.
    """
    layer = atlas.layer(node)
    channels = range(first, min(first + limit, layer.channels))
    values = atlas.photos * layer.height * layer.width
    dead, rare = atlas.dead(layer), atlas.rare(layer)
    means = atlas.table("class_mean")[layer.span]
    best = np.argsort(-np.nan_to_num(means), axis=1, kind="stable")[:, :2]
    columns = {name: atlas.table(name)[layer.span] for name in ("on", "zeros", "top_value")}
    strongest = np.maximum(columns["top_value"][:, 0], 0 if layer.rectified else -np.inf)
    twin, correlation = atlas.table("twin")[layer.span], atlas.table("twin_correlation")[layer.span]
    apart = atlas.table("separation")[layer.span] if atlas.classes else None
    rows = [
        ChannelRow(
            channel=c,
            max=float(strongest[c]),
            on=int(columns["on"][c]) / max(1, atlas.photos),
            zeros=int(columns["zeros"][c]) / max(1, values),
            classes=[int(k) for k in best[c]] if atlas.classes else [],
            separation=None if apart is None or np.isnan(apart[c]) else float(apart[c]),
            dead=bool(dead[c]),
            rare=bool(rare[c]),
            twin=TwinSchema(channel=int(twin[c]) - layer.first, correlation=float(correlation[c]))
            if twin[c] >= 0 and correlation[c] > TWINS
            else None,
        )
        for c in channels
    ]  # fmt: skip
    return LayerWall(
        node=node, first=first, total=layer.channels, side=patch_side(atlas, layer), channels=rows
    )


def card_message(atlas: Atlas, node: str, channel: int) -> ChannelCard:
    """Everything known of a channel.

    Raises:
        BadAtlas: no such layer or channel.
    """
    card, layer = atlas.card(node, channel), atlas.layer(node)
    low = [
        PatchSchema(
            photo=photo, name=atlas.name_of(photo), label=atlas.label_of(photo), value=value, y=0, x=0, box=[]
        )
        for photo, value in card.low
    ]
    return ChannelCard(
        node=node,
        channel=channel,
        side=patch_side(atlas, layer),
        top=[
            PatchSchema(
                photo=patch.photo,
                name=atlas.name_of(patch.photo),
                label=atlas.label_of(patch.photo),
                value=patch.value,
                y=patch.y,
                x=patch.x,
                box=list(patch.box),
            )
            for patch in card.top
        ],
        low=low,
        on=card.on,
        zeros=card.zeros,
        mean=card.mean,
        edges=list(card.edges),
        counts=list(card.counts),
        zero_count=int(atlas.table("zeros")[layer.first + channel]),
        class_means=[0.0 if np.isnan(mean) else mean for mean in card.class_means],
        best_class=card.best_class,
        separation=None if card.separation is None or np.isnan(card.separation) else card.separation,
        twin=_twin(card.twin),
        twinned=card.twin is not None and card.twin.correlation > TWINS,
        dead=bool(atlas.dead(layer)[channel]),
        sources=_partners(card.sources),
        targets=_partners(card.targets),
    )


def forming_frame(forming: Forming) -> bytes:
    """A picture under way: its pixels as bytes (S, S, 3)."""
    pixels = _rgb(forming.picture)
    payload = pixels.tobytes() + bytes(-pixels.nbytes % 4)
    header = {
        "kind": "picture",
        "step": forming.step,
        "steps": forming.steps,
        "side": pixels.shape[0],
        "field": forming.field,
        "value": forming.value,
        "robust": forming.robust,
        "done": forming.done,
        "bytes": len(payload),
    }
    return framed(header, payload)


def _layer(layer: SurveyedLayer, atlas: Atlas | None = None) -> AtlasLayer:
    told = AtlasLayer(
        node=layer.node,
        channels=layer.channels,
        height=layer.height,
        width=layer.width,
        field=layer.field.size,
        stride=layer.field.stride,
        offset=layer.field.offset,
    )
    if atlas is not None:
        told.dead = int(atlas.dead(layer).sum())
        told.rare = int(atlas.rare(layer).sum())
        told.twins = int(atlas.twinned(layer).sum())
    return told


def _worker(worker: Worker) -> WorkerRow:
    return WorkerRow(
        name=worker.name,
        shards=worker.shards,
        photos_a_second=worker.photos_a_second,
        now=worker.now,
        lost=worker.lost,
    )


def _twin(twin: Twin | None) -> TwinSchema | None:
    return None if twin is None else TwinSchema(channel=twin.channel, correlation=twin.correlation)


def _partners(partners: Iterable[Partner]) -> list[PartnerSchema]:
    return [PartnerSchema(node=p.node, channel=p.channel, strength=p.strength) for p in partners]


def _rgb(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)
