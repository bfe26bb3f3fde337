"""Networks that people bring: taken in, changed, removed; and what they would get to see of a picture."""

from __future__ import annotations

from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Path, Query, Request, Response

from cnn_core.errors import CnnError, ShapeError, UnsupportedOperator
from cnn_core.input_spec import SCALINGS, InputSpec, scaled_spec
from cnn_core.preprocess import to_tensor

from ..caching import NOT_MODIFIED, revalidated
from ..container import Services, ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems
from ..intake import received_json
from ..lookups import ImageDep, cannot_be_read
from ..model_form import received_model
from ..payloads.describe import imported_schema, model_detail
from ..payloads.model_schemas import ImportedSchema, ModelChange
from ..payloads.npy import NPY_TYPE, npy_bytes
from ..payloads.requests import file_form, json_body, validated
from ..payloads.schemas import ModelDetail
from ..services.answers import READINGS, read_as
from ..services.labels import read_labels
from ..services.model_imports import KeptModel, ModelImports
from ..services.model_records import Choices
from ..services.stopping import Stop
from ..services.uploaded_models import Unreadable

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["models"])

_FORM = file_form(
    "The .onnx file, or a zip archive with it and the files of its weights.",
    name={"type": "string"},
    labels={"type": "string", "description": "One class a line, or JSON."},
    data={
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "description": "Files that hold its weights.",
    },
    scaling={"type": "string", "enum": list(SCALINGS)},
    output={"type": "string", "description": "Name of the file's output that is the answer."},
    reading={"type": "string", "enum": list(READINGS)},
    height={"type": "integer", "minimum": 1, "maximum": 9999},
    width={"type": "integer", "minimum": 1, "maximum": 9999},
    verify={
        "type": "string",
        "enum": ["now", "later"],
        "description": "later: answer before it is compared; .../verification does.",
    },
)

_Brought = Annotated[str, Path(description="Id of a model that was brought, from /api/models.")]

_SCALING: dict[str, Any] = {"enum": list(SCALINGS)}

_NPY: dict[int | str, dict[str, Any]] = {
    200: {"description": "The array, float32.", "content": {NPY_TYPE: {}}}
}


@router.post(
    "/models",
    summary="Bring a model",
    status_code=201,
    responses=problems(413, 415, 422, 503, 507),
    openapi_extra=_FORM,
)
async def upload_model(request: Request, services: ServicesDep, response: Response) -> ModelDetail:
    """Send an ONNX file: it is kept by its content, and every layer is compared with another program's."""
    async with received_model(request, services.settings.model_file_bytes) as (file, fields, beside):
        job = services.importers.run_stoppable(_taken, services.imports, file, fields, beside)
        detail = await while_connected(request, job)
    response.headers["Location"] = f"/api/models/{detail.id}"
    response.headers["Cache-Control"] = "no-store"
    return detail


@router.post(
    "/models/{model}/verification",
    summary="Compare a model with its file",
    responses=problems(404, 422, 503, 507),
)
async def verify_model(
    request: Request, services: ServicesDep, response: Response, model: _Brought
) -> ImportedSchema:
    """Compute one picture here and in another program, if that has not been done, and compare every layer."""
    await _check_brought(services, model)
    response.headers["Cache-Control"] = "no-store"
    job = services.importers.run_once_stoppable(("verify", model), _verified, services.imports, model)
    return await while_connected(request, job)


@router.patch(
    "/models/{model}",
    summary="Say more of a model",
    responses=problems(404, 413, 422, 503, 507),
    openapi_extra=json_body(ModelChange),
)
async def change_model(
    request: Request, services: ServicesDep, response: Response, model: _Brought
) -> ModelDetail:
    """Change name, labels, scaling, size or what is taken for the answer of a model that was brought."""
    asked = validated(ModelChange, await received_json(request))
    await _check_brought(services, model)
    choices = Choices(
        name=asked.name,
        labels=None if asked.labels is None else tuple(asked.labels),
        scaling=asked.scaling,
        size=_size(asked.height, asked.width),
        output=asked.output,
        reading=asked.reading,
    )
    response.headers["Cache-Control"] = "no-store"
    job = services.importers.run_stoppable(_changed, services.imports, model, choices)
    return await while_connected(request, job)


@router.delete(
    "/models/{model}", summary="Remove a model", status_code=204, responses=problems(404, 422, 503, 507)
)
async def remove_model(services: ServicesDep, model: _Brought) -> Response:
    """Forget a model that was brought; those of the package stay."""
    await _check_brought(services, model)
    try:
        await services.files.run(services.imports.remove, model)
    except OSError as error:
        raise _refused(error) from error
    services.forget_model(model)
    return Response(status_code=204)


@router.get(
    "/images/{image}/seen",
    summary="An image as a network would get it",
    response_class=Response,
    responses={**_NPY, **NOT_MODIFIED, **problems(404, 422, 503)},
)
async def see_image(
    request: Request,
    found: ImageDep,
    services: ServicesDep,
    height: Annotated[int, Query(ge=1, le=4096, description="Rows that the network takes.")],
    width: Annotated[int, Query(ge=1, le=4096, description="Columns that the network takes.")],
    channels: Annotated[int, Query(description="1 or 3.", json_schema_extra={"enum": [1, 3]})] = 3,
    scaling: Annotated[str, Query(description="A convention.", json_schema_extra=_SCALING)] = "unit",
) -> Response:
    """The largest centred part of the image, float32 (C, height, width), scaled by a convention."""
    try:
        spec = scaled_spec(InputSpec(channels, height, width), scaling)
    except ShapeError as error:
        raise Problem(422, "No such input", f"{error}.") from error
    headers = revalidated(request, spec)
    tensor = await while_connected(request, services.pool.run(to_tensor, found.pixels, spec))
    return Response(npy_bytes(tensor[0]), headers=headers, media_type=NPY_TYPE)


def _taken(
    stop: Stop,
    imports: ModelImports,
    file: BinaryIO,
    fields: dict[str, bytes],
    beside: dict[str, BinaryIO],
) -> ModelDetail:
    try:
        later = _chosen("verify", fields, ("now", "later")) == "later"
        choices = _read_choices(fields)
        weights = {name: each.read() for name, each in beside.items()}
        return _detail(imports.take(file.read(), choices, later=later, stop=stop, beside=weights))
    except (CnnError, OSError) as error:
        raise _refused(error) from error


def _detail(kept: KeptModel) -> ModelDetail:
    return model_detail(kept.model, kept.imported)


def _verified(stop: Stop, imports: ModelImports, model: str) -> ImportedSchema:
    try:
        return imported_schema(imports.verify(model, stop))
    except (CnnError, OSError) as error:
        if model not in imports.files:  # it may have been removed meanwhile
            raise _not_brought() from error
        raise _refused(error) from error


def _changed(stop: Stop, imports: ModelImports, model: str, choices: Choices) -> ModelDetail:
    try:
        return _detail(imports.change(model, choices, stop))
    except (CnnError, OSError) as error:
        raise _refused(error) from error


def _read_choices(fields: dict[str, bytes]) -> Choices:
    text = {name: value.decode("utf-8", errors="replace").strip() for name, value in fields.items()}
    labels = read_labels(fields["labels"]) if fields.get("labels", b"").strip() else None
    sides = [_number(name, text[name]) if text.get(name) else None for name in ("height", "width")]
    reading = text.get("reading") or None
    return Choices(
        text.get("name") or None,
        labels,
        text.get("scaling") or None,
        _size(*sides),
        output=text.get("output") or None,
        reading=None if reading is None else read_as(reading),
    )


def _chosen(name: str, fields: dict[str, bytes], known: tuple[str, ...]) -> str:
    """A field that is one of several words, the first of them where it is left out."""
    text = fields.get(name, b"").decode("utf-8", errors="replace").strip() or known[0]
    if text not in known:
        raise Problem(422, "No such choice", f"{name} must be {' or '.join(known)}.")
    return text


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= len(text) <= 4 and int(text)):
        raise Problem(422, "Out of range", f"{name} must be a whole number from 1 to 9999.")
    return int(text)


def _size(height: int | None, width: int | None) -> tuple[int, int] | None:
    if height is None and width is None:
        return None
    if height is None or width is None:
        raise Problem(422, "Half a size", "height and width belong together; send both or neither.")
    return height, width


async def _check_brought(services: Services, model: str) -> None:
    if not await services.files.run(services.imports.files.__contains__, model):
        raise _not_brought()


def _not_brought() -> Problem:
    detail = "There is no such model among those that were brought to this server."
    return Problem(404, "No such model", detail)


def _refused(error: CnnError | OSError) -> Problem:
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return Problem(507, "The model cannot be kept", f"The data folder cannot be written to: {reason}.")
    if isinstance(error, Unreadable):
        return cannot_be_read()
    title = "Operators not known here" if isinstance(error, UnsupportedOperator) else "Not a model to open"
    return Problem(422, title, f"{error}.".replace("..", "."))
