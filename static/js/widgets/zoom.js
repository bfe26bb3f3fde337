/** How large the page is drawn: pointers and boxes are told in pixels of the window, sizes of elements in their own. */

/** So many pixels of the window is one of the page: as it was set on the root. `currentCSSZoom` would have styles worked out anew. */
export const zoomNow = () => Number(document.documentElement.style.zoom) || 1;

/** Pixels of the screen for each of the page. */
export const pixelRatio = () => devicePixelRatio * zoomNow();
