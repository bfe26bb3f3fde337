"""From a number typed into a kernel to all maps of B - A painted anew: part of ``make bench-page``."""

from __future__ import annotations

from playwright.sync_api import Page

EDIT = """async (value) => {
  const cell = document.querySelector(".edit-kernel .number-cells input");
  const done = window.bench.ready(true), began = performance.now();
  cell.value = value;
  cell.dispatchEvent(new Event("change", { bubbles: true }));
  return await done - began;
}"""

LAYERS = {
    "tiny_vgg": ("conv_1_1", "50 ms"),
    "resnet": ("stem_conv", "100 ms"),
    "efficientnet": ("stem_conv", "100 ms"),
}
"""Of each network the first convolution, so that everything behind it changes; and the goal."""
WARM, EDITS = 3, 9


def edited(page: Page) -> list[float]:
    """Milliseconds of every edit, on a page whose address names model and layer."""
    page.evaluate("window.bench.visit")
    page.keyboard.press("e")
    page.wait_for_selector(".edit-kernel .number-cells input")
    found = []
    for number in range(WARM + EDITS):
        found.append(float(page.evaluate(EDIT, f"{0.1 * (number + 1):.1f}")))
        page.wait_for_timeout(300)
    return found[WARM:]
