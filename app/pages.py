"""The pages: one row each; address, navigation and title follow from the row."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PAGES", "TRAINED", "Page"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page at ``path``, made from ``templates/pages/<template>``; ``slug`` names it in scripts.

    ``subject``: it shows a network and a photo, so the header offers both.
    """

    slug: str
    title: str
    path: str
    template: str
    subject: bool = True


PAGES = (
    Page(slug="explore", title="Explore", path="/", template="explore.html"),
    Page(slug="shift", title="Shift lab", path="/shift", template="shift.html"),
    Page(slug="explain", title="Explain", path="/explain", template="explain.html"),
    Page(slug="train", title="Training lab", path="/train", template="train.html", subject=False),
    Page(slug="learn", title="Learn", path="/learn", template="learn.html", subject=False),
)
"""In the order of the navigation."""

TRAINED = Page(slug="trained", title="Training lab", path="/train", template="trained.html", subject=False)
"""The Training lab with a run of ``convscope train`` in the place of a race."""
