"""What Explore asks for first. The browser is told with the page, and fetches it beside the page's code."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import quote, urlencode

from cnn_core.preprocess import default_crop

from .container import Services

__all__ = ["first_requests"]

_TOLD = {"model", "image", "crop", "a-model", "a-image"}
"""What an address may say of the view; then the page itself finds out what to ask for."""


async def first_requests(services: Services, told: Collection[str]) -> list[str]:
    """Addresses, as the page will write them, of a view of which the page's own address says nothing.

    The trace is among them once the server is warm: before, the page would wait for it.
    """
    addresses = ["/api/models", "/api/samples"]
    if _TOLD.intersection(told) or not services.warmed:
        return addresses
    first = services.models.packaged[0]
    spec = (await services.models.get(first)).model.spec
    photo = (await services.images.samples())[0]
    box = default_crop(spec, photo.width, photo.height)
    query = urlencode({"crop": f"{box.left},{box.top},{box.width}", "encoding": "float32"})
    model = quote(first, safe="")
    return [*addresses, f"/api/models/{model}", f"/api/traces/{model}/{photo.id}/frames?{query}"]
