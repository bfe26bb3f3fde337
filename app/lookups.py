"""The model, image and crop that an address or a message names."""

from __future__ import annotations

import logging
import re
from functools import partial
from typing import Annotated, Final

from fastapi import Depends, Path, Query

from cnn_core.errors import BadInput, CnnError, ShapeError
from cnn_core.graph.edits import Edit
from cnn_core.preprocess import Crop, InputSpec, crop_from, default_crop

from .container import Services, ServicesDep
from .errors import Problem, shortened
from .services.edit_text import Patch, read_edits
from .services.edits import UnknownEdits, edited_model, parted
from .services.image_store import StoredImage, UnknownImage
from .services.model_store import LoadedModel, UnknownModelName
from .services.trace_service import Subject
from .services.twins import twinless
from .services.uploaded_models import is_content_id

__all__ = [
    "CROP",
    "Finder",
    "ImageDep",
    "ModelDep",
    "SubjectDep",
    "before_edits",
    "cannot_be_read",
    "crop_numbers",
    "edit_model",
    "kept_edits",
]

CROP: Final = r"^(-?[0-9]{1,9}),(-?[0-9]{1,9}),(-?[0-9]{1,9})$"
"""How left, top and width are written in an address."""

MOST_LETTERS = 4000
"""Of the edits in an address."""

_log = logging.getLogger(__name__)


async def _model(
    services: ServicesDep,
    model: Annotated[
        str, Path(description="Id of a model, from /api/models; `{id}~edit-{edits}` is an edited one.")
    ],
    edit: Annotated[
        str | None,
        Query(
            max_length=MOST_LETTERS,
            description="Edits joined by `;`, each `node:what:which:value:region`; "
            "longer ones: `POST /api/edits`.",
            examples=["conv_1_1:mute:2;conv_1_2:weight:0,1:0,0,0,0,1,0,0,0,0", "relu_1_1:fill:2:0.5:3,4,9,9"],
        ),
    ] = None,
) -> LoadedModel:
    base, own = parted(model)
    loaded = await _unedited(services, base)
    for text in (own, edit):
        if text is not None:
            loaded = await edit_model(services, loaded, text)
    return loaded


async def edit_model(services: Services, loaded: LoadedModel, text: str) -> LoadedModel:
    """A model with the edits that a text tells of, or stands for.

    Raises:
        Problem: 422 if an edit cannot be made, naming it; 404 for edits or images that are gone.
    """
    told = await kept_edits(services, text)
    try:
        found = read_edits(told, loaded.model.graph)
        edits = [
            await _patched(services, loaded, each) if isinstance(each, Patch) else each for each in found
        ]
        return await services.models.edited(loaded, text, partial(edited_model, loaded, text, edits))
    except CnnError as error:
        raise Problem(422, "An edit cannot be made", f"{error}.") from error


async def kept_edits(services: Services, text: str) -> str:
    """The text of edits that a text stands for; any other text is its own.

    Raises:
        Problem: 404 if they are gone.
    """
    try:
        return await services.edits.read(text)
    except UnknownEdits:
        detail = "The server no longer has these edits: send them to /api/edits again."
        raise Problem(404, "Edits not here", detail) from None


async def _patched(services: Services, loaded: LoadedModel, patch: Patch) -> Edit:
    subject = await _of(services, loaded, patch.image, patch.crop)
    run = await services.traces.open(subject).finished()
    return patch.made(run.layer(patch.node).output[0])


async def _of(services: Services, loaded: LoadedModel, image: str, crop: list[int] | None) -> Subject:
    found = await _image(services, image)
    return _subject(loaded, found, _crop(loaded, found) if crop is None else _box(loaded, found, *crop))


async def _unedited(services: Services, model: str) -> LoadedModel:
    try:
        return await services.models.get(model)
    except UnknownModelName:
        known = ", ".join(services.models.packaged)
        detail = f"There is no model {shortened(model)}; models: {known}."
        if is_content_id(twinless(model)):
            detail = "The network is not on this server any more: bring its file again."
        raise Problem(404, "No such model", detail) from None
    except CnnError as error:
        _log.exception("model %s cannot be loaded", model)
        if twinless(model) not in services.models.packaged:
            raise cannot_be_read() from error
        detail = f"The weights of {model} are damaged or do not fit it; the server's log says which."
        raise Problem(500, "The model cannot be loaded", detail) from error


def before_edits(loaded: LoadedModel) -> LoadedModel:
    """What a model was before all its edits."""
    while loaded.base is not None:
        loaded = loaded.base
    return loaded


def cannot_be_read() -> Problem:
    """What is said of a network that was brought, where its file is gone, damaged or above the limits now."""
    return Problem(
        410,
        "The model cannot be read any more",
        "Its file is gone or damaged where this server keeps it, or too large by now: bring it again.",
    )


ModelDep = Annotated[LoadedModel, Depends(_model)]


async def _image(
    services: ServicesDep,
    image: Annotated[str, Path(description="Id of an image, from /api/samples or an upload.")],
) -> StoredImage:
    try:
        return await services.images.get(image)
    except UnknownImage:
        detail = "The server no longer has the image: upload it again, or take one that /api/samples lists."
        raise Problem(404, "Image not here", detail) from None


ImageDep = Annotated[StoredImage, Depends(_image)]


def _crop(
    loaded: ModelDep,
    image: ImageDep,
    crop: Annotated[
        str | None,
        Query(
            description="left,top,width in image pixels; the height follows from the model's input. "
            "Without it the largest centred box.",
            examples=["40,0,400"],
            json_schema_extra={"pattern": CROP},
        ),
    ] = None,
) -> Crop:
    spec = loaded.model.spec
    if crop is None:
        return default_crop(spec, width=image.width, height=image.height)
    return _box(loaded, image, *crop_numbers(crop))


def crop_numbers(text: str) -> list[int]:
    """Left, top and width as an address has them; 422 unless they are three whole numbers."""
    numbers = re.fullmatch(CROP, text, re.ASCII)
    if not numbers:
        raise Problem(
            422,
            "The crop cannot be read",
            f"crop must be three whole numbers, left,top,width in image pixels; got {shortened(text)}.",
        )
    return [int(number) for number in numbers.groups()]


def _box(loaded: LoadedModel, image: StoredImage, left: int, top: int, width: int) -> Crop:
    try:
        return crop_from(loaded.model.spec, left, top, width, image.width, image.height)
    except ShapeError as error:
        raise Problem(422, "The crop does not fit", f"{error}.") from error


def _subject(loaded: ModelDep, image: ImageDep, crop: Annotated[Crop, Depends(_crop)]) -> Subject:
    try:
        return Subject(loaded, image, crop)
    except BadInput as error:
        detail = f"{error}. Choose another network, or what this one takes."
        raise Problem(422, "Not for this network", detail) from error


SubjectDep = Annotated[Subject, Depends(_subject)]


class Finder:
    """Models and images for what names them in a message instead of an address."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def subject(self, model: str, image: str, crop: list[int] | None) -> Subject:
        """A model on a part of an image; ``crop`` is left, top and width, None the largest centred box.

        Raises:
            Problem: there is no such model or image, or the crop leaves the image.
        """
        return await _of(self._services, await self.model(model), image, crop)

    async def model(self, model: str) -> LoadedModel:
        """The model of that id.

        Raises:
            Problem: there is none, or it cannot be loaded.
        """
        return await _model(self._services, model)

    async def image(self, image: str) -> StoredImage:
        """The image of that id.

        Raises:
            Problem: it is not here.
        """
        return await _image(self._services, image)

    async def photographs(self, spec: InputSpec) -> list[StoredImage]:
        """The sample photographs; the sounds, for a network that takes sounds."""
        kind = "sound" if spec.takes == "sound" else "photo"
        return [sample for sample in await self._services.images.samples() if sample.kind == kind]

    async def another(self, image: str) -> StoredImage:
        """A sample photograph that is not this one; a sound beside a sound."""
        heard = (await self.image(image)).kind == "sound"
        samples = await self._services.images.samples()
        return next(one for one in samples if one.id != image and (one.kind == "sound") == heard)
