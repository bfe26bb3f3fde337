"""Classes of one's own: the last layer of a network learnt from pictures, and where that goes."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Request, Response

from cnn_core.errors import BadDataset, CnnError

from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems
from ..intake import received_json
from ..lookups import Finder
from ..payloads.own_schemas import (
    OwnAnswer,
    OwnMistake,
    OwnProgress,
    OwnQuestion,
    OwnSet,
    OwnSetKept,
    OwnTraining,
)
from ..payloads.race_messages import task_told
from ..payloads.race_schemas import RaceTask, TrainedModel
from ..payloads.requests import json_body, validated
from ..services.fine_tunings import Job, UnknownJob
from ..services.image_store import UnknownImage
from ..services.kept_texts import UnknownText
from ..services.model_store import LoadedModel
from ..services.own_classes import OwnPictures

__all__ = ["router"]

router = APIRouter(prefix="/api/training/own", tags=["training"])

Asked = TypeVar("Asked", bound=OwnQuestion)
_Training = Annotated[str, Path(max_length=40, description="Id of a training.")]


@router.post(
    "",
    summary="Learn a last layer",
    responses=problems(404, 413, 422, 503),
    openapi_extra=json_body(OwnQuestion),
)
async def learn_own(request: Request, services: ServicesDep, response: Response) -> OwnAnswer:
    """Solve the last layer for one's own pictures; each is also named by the layer learnt from the others."""
    response.headers["Cache-Control"] = "no-store"
    loaded, pictures, asked = await _asked(request, services, OwnQuestion)
    learnt = await _refusing(request, services.own.learn(loaded, pictures))
    shares = None
    if asked.ask is not None:
        shares = await _refusing(request, _named(services, loaded, learnt, asked.ask))
    mistake = learnt.surest_mistake(pictures)
    learnt_numbers = learnt.layer.weight.size + learnt.layer.bias.size
    total = loaded.model.graph.total_cost().parameters
    replaced = len(loaded.model.labels) * (learnt.layer.weight.shape[1] + 1)
    return OwnAnswer(
        right=learnt.layer.right,
        count=len(learnt.layer.labels),
        mistake=mistake and OwnMistake.model_validate(mistake, from_attributes=True),
        shares=shares,
        learnt=learnt_numbers,
        kept=total - replaced,
        milliseconds=learnt.milliseconds,
    )


@router.post(
    "/model",
    summary="Open a network for own classes",
    status_code=201,
    responses=problems(404, 413, 422, 503, 507),
    openapi_extra=json_body(OwnQuestion),
)
async def open_own(request: Request, services: ServicesDep) -> TrainedModel:
    """Put the network with the last layer learnt anew among the models, with a card."""
    loaded, pictures, _ = await _asked(request, services, OwnQuestion)
    _check(pictures)
    learnt = await _refusing(request, services.own.learn(loaded, pictures))
    data, choices = await services.pool.run(services.own.model, loaded, pictures, learnt)
    try:
        kept = await while_connected(request, services.importers.run(services.imports.take, data, choices))
    except OSError as error:
        raise _no_room(error) from error
    return TrainedModel(id=kept.model.name, title=kept.model.title)


@router.post(
    "/task",
    summary="Race on own classes",
    status_code=201,
    responses=problems(404, 413, 422, 503, 507),
    openapi_extra=json_body(OwnQuestion),
)
async def race_own(request: Request, services: ServicesDep) -> RaceTask:
    """Keep the pictures as a task, for nets that begin with random weights."""
    _, pictures, _ = await _asked(request, services, OwnQuestion)
    _check(pictures)
    brought = await services.pool.run(services.own.brought, pictures)
    try:
        return task_told(await services.decoders.run(services.tasks.keep, brought))
    except OSError as error:
        raise _no_room(error) from error


@router.post(
    "/sets",
    summary="Keep own classes for a link",
    status_code=201,
    responses=problems(413, 422, 503, 507),
    openapi_extra=json_body(OwnSet),
)
async def keep_own(request: Request, services: ServicesDep, response: Response) -> OwnSetKept:
    """Keep which pictures stand for which class, so that a link restores them."""
    asked = validated(OwnSet, await received_json(request))
    try:
        identity = await services.files.run(services.own_sets.keep, asked.model_dump_json().encode())
    except OSError as error:
        raise _no_room(error) from error
    response.headers["Location"] = f"/api/training/own/sets/{identity}"
    return OwnSetKept(id=identity)


@router.get("/sets/{classes}", summary="Own classes of a link", responses=problems(404, 422, 503))
async def get_own(
    services: ServicesDep, classes: Annotated[str, Path(max_length=40, description="Id of own classes.")]
) -> OwnSet:
    """Which pictures stood for which class; pictures that had to go meanwhile are named all the same."""
    try:
        return OwnSet.model_validate_json(await services.files.run(services.own_sets.get, classes))
    except UnknownText:
        detail = "The server does not have these classes, or has them no longer: take the pictures again."
        raise Problem(404, "No such classes", detail) from None


@router.post(
    "/trainings",
    summary="Train all layers on own classes",
    status_code=202,
    responses=problems(404, 413, 422, 503),
    openapi_extra=json_body(OwnTraining),
)
async def train_own(request: Request, services: ServicesDep, response: Response) -> OwnProgress:
    """Train every layer on, in the background; a fifth of the pictures is held back to measure it."""
    loaded, pictures, asked = await _asked(request, services, OwnTraining)
    _check(pictures)
    await _refusing(request, services.own.learn(loaded, pictures))  # says what the network is not able to
    data = await services.pool.run(pictures.dataset, loaded.model.spec)
    begun = services.importers.run(services.fine_tunings.start, loaded.model, data, asked.passes)
    job = await _refusing(request, begun)
    response.headers["Location"] = f"/api/training/own/trainings/{job.id}"
    return _told(job)


@router.get("/trainings/{training}", summary="How far a training is", responses=problems(404, 422, 503))
async def get_training(services: ServicesDep, training: _Training, response: Response) -> OwnProgress:
    """A training as it stands."""
    response.headers["Cache-Control"] = "no-store"
    return _told(_job(services, training))


@router.delete(
    "/trainings/{training}", summary="Stop a training", status_code=204, responses=problems(404, 422, 503)
)
async def stop_training(services: ServicesDep, training: _Training) -> Response:
    """End a training; nothing is kept of it."""
    services.fine_tunings.stop(_job(services, training))
    return Response(status_code=204)


def _job(services: ServicesDep, training: str) -> Job:
    try:
        return services.fine_tunings.get(training)
    except UnknownJob:
        raise Problem(404, "No such training", "There is no such training on this server.") from None


def _told(job: Job) -> OwnProgress:
    now = job.now
    return OwnProgress(
        id=job.id,
        title=job.title,
        state=job.state,
        step=now.step if now else 0,
        total=now.total if now else 0,
        loss=now.loss if now else None,
        before=job.before,
        right=now.right if now else None,
        count=now.count if now else 0,
        problem=job.problem,
        model=job.model,
    )


async def _asked(
    request: Request, services: ServicesDep, kind: type[Asked]
) -> tuple[LoadedModel, OwnPictures, Asked]:
    asked = validated(kind, await received_json(request))
    loaded = await Finder(services).model(asked.model)
    names = tuple(each.name for each in asked.classes)
    if len(set(names)) < len(names):
        raise Problem(422, "Two classes of one name", "Every class needs a name of its own.")
    images = []
    for each in asked.classes:
        try:
            images.append(tuple([await services.images.get(image) for image in each.images]))
        except UnknownImage:
            detail = f"The server no longer has a picture of {each.name}: send its pictures again."
            raise Problem(404, "Picture not here", detail) from None
    return loaded, OwnPictures(names, tuple(images)), asked


async def _named(services: ServicesDep, loaded: LoadedModel, learnt: Any, image: str) -> list[float]:
    try:
        found = await services.images.get(image)
    except UnknownImage:
        detail = "The server no longer has this picture: send it again."
        raise Problem(404, "Picture not here", detail) from None
    return await services.own.shares(loaded, learnt, found)


async def _refusing(request: Request, work: Any) -> Any:
    try:
        return await while_connected(request, work)
    except CnnError as error:
        raise Problem(422, "Nothing to learn from", f"{error}.") from error


def _check(pictures: OwnPictures) -> None:
    try:
        pictures.check()
    except BadDataset as error:
        raise Problem(422, "Nothing to learn from", f"{error}.") from error


def _no_room(error: OSError) -> Problem:
    reason = f"The data folder cannot be written to: {error.strerror or error}."
    return Problem(507, "It cannot be kept", reason)
