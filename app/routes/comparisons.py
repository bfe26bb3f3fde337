"""Two subjects: what differs, noise that makes B of A, and how alike the layers of two networks are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from cnn_core.comparison import EPSILONS, LEAST_IMAGES, Attack
from cnn_core.errors import CnnError
from cnn_core.preprocess import crop_pixels

from ..caching import NOT_MODIFIED, revalidated
from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems, shortened
from ..lookups import CROP, Finder, ModelDep, SubjectDep, crop_numbers
from ..payloads.comparison_messages import comparison_schema, noise_schema
from ..payloads.comparison_schemas import ComparisonSchema, NoiseSchema, SimilaritySchema
from ..payloads.describe import probabilities
from ..payloads.schemas import ImageInfo, Probability
from ..services.image_store import StoredImage
from ..services.model_store import LoadedModel
from ..services.trace_service import Subject, TraceRun
from .addressing import FAILURES

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["comparison"])

_MOST_IMAGES = 32
_MOST_LAYERS = 24


@router.get("/traces/{model}/{image}/comparison", summary="What differs in another trace", responses=FAILURES)
async def compare_traces(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    response: Response,
    model_b: Annotated[str | None, Query(description="B's model; A's without it.")] = None,
    image_b: Annotated[str | None, Query(description="B's image; A's without it.")] = None,
    crop_b: Annotated[
        str | None,
        Query(
            description="B's crop; the largest centred box without it.",
            examples=["40,0,400"],
            json_schema_extra={"pattern": CROP},
        ),
    ] = None,
) -> ComparisonSchema:
    """B held against A: every layer that both have, over all its values, bit by bit.

    Layers correspond by name and shape; where two networks of nearly the same layers share few names, in
    their order. A subject compared with itself is run a second time.
    """
    other = await Finder(services).subject(
        model_b or subject.loaded.model.name,
        image_b or subject.image.id,
        None if crop_b is None else crop_numbers(crop_b),
    )
    response.headers.update(revalidated(request, subject.key, other.key))
    found = await while_connected(request, services.comparisons.compare(subject, other))
    answers = _answer(subject, found.a), _answer(other, found.b)
    graphs = subject.loaded.model.graph, other.loaded.model.graph
    return comparison_schema(*graphs, found.found, *answers)


@router.post(
    "/traces/{model}/{image}/noise",
    summary="The same picture with noise",
    status_code=201,
    responses=problems(404, 422, 503),
)
async def make_noise(
    request: Request,
    subject: SubjectDep,
    services: ServicesDep,
    response: Response,
    epsilon: Annotated[
        int, Query(ge=EPSILONS[0], le=EPSILONS[-1], description="How far a pixel may move, in 1/255.")
    ] = 4,
    steps: Annotated[
        int, Query(ge=1, le=10, description="1: FGSM; more: PGD, steps of a quarter of epsilon.")
    ] = 1,
    seed: Annotated[
        int | None,
        Query(
            ge=0, le=2**31 - 1, description="Begin at a random place within epsilon; without, at the picture."
        ),
    ] = None,
) -> NoiseSchema:
    """Noise that leads the network away from its own answer; what comes back is an image like any other.

    It has the size of the network's input and holds what the network sees, rounded to whole bytes: traced as
    it is, without a crop, these very pixels go in.
    """
    attack = Attack(epsilon, steps, seed)
    try:
        image, noise = await while_connected(request, services.comparisons.noise(subject, attack))
    except CnnError as error:
        raise Problem(422, "No noise for this network", f"{error}.") from error
    response.headers["Location"] = f"/api/images/{image.id}"
    response.headers["Cache-Control"] = "no-store"
    model = subject.loaded.model
    seen = crop_pixels(subject.image.pixels, model.spec, subject.crop)
    info = ImageInfo(id=image.id, width=image.width, height=image.height, kind=image.kind)
    return noise_schema(info, model.labels, seen, attack, noise)


@router.get(
    "/models/{model}/similarity/{other}",
    summary="How alike the layers of two models are",
    responses={**NOT_MODIFIED, **problems(404, 422, 503)},
)
async def measure_similarity(
    request: Request,
    loaded: ModelDep,
    other: Annotated[str, Path(description="Id of another model.")],
    services: ServicesDep,
    response: Response,
    images: Annotated[
        str | None,
        Query(
            description="Ids of images, joined by commas; the sample photographs without.", max_length=4096
        ),
    ] = None,
    layers: Annotated[
        int, Query(ge=2, le=_MOST_LAYERS, description="Layers of each model at most, evenly thinned out.")
    ] = 12,
) -> SimilaritySchema:
    """Linear CKA, unbiased, of every layer of one model with every layer of the other.

    Every image is one example, cut to its largest centred box; all values of a layer are its features.
    """
    finder = Finder(services)
    second = await finder.model(other)
    chosen = await _pictures(finder, images, loaded)
    response.headers.update(
        revalidated(request, loaded.fingerprint, second.fingerprint, [image.id for image in chosen], layers)
    )
    work = services.comparisons.similarity(loaded, second, chosen, layers)
    try:
        found = await while_connected(request, work)
    except CnnError as error:
        raise Problem(422, "These two cannot be compared", f"{error}.") from error
    return SimilaritySchema(
        images=found.images,
        estimator="unbiased",
        a=list(found.a),
        b=list(found.b),
        values=[list(row) for row in found.values],
    )


async def _pictures(finder: Finder, text: str | None, loaded: LoadedModel) -> Sequence[StoredImage]:
    if text is None:
        return await finder.photographs(loaded.model.spec)
    ids = list(dict.fromkeys(text.split(",")))
    if not LEAST_IMAGES <= len(ids) <= _MOST_IMAGES:
        detail = f"images must name {LEAST_IMAGES} to {_MOST_IMAGES} different images, got {len(ids)}: "
        raise Problem(422, "Too few or too many images", f"{detail}{shortened(text)}.")
    return [await finder.image(image) for image in ids]


def _answer(subject: Subject, run: TraceRun) -> list[Probability]:
    model = subject.loaded.model
    return probabilities(model.labels, run.layer(model.graph.output).output)
