"""The pages: one row each; address, navigation and title follow from the row."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PAGES", "Page"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page at ``path``, made from ``templates/pages/<template>``; ``slug`` names it in scripts."""

    slug: str
    title: str
    path: str
    template: str


PAGES = (
    Page(slug="explore", title="Explore", path="/", template="explore.html"),
    Page(slug="shift", title="Shift lab", path="/shift", template="shift.html"),
)
"""In the order of the navigation."""
