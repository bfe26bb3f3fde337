/** Values that take no part in a comparison. */

/** What is left of their colours; the hatching behind the picture shows through. */
const REST = 0x50;

/**
 * Fade out the pixels that were left out, in place.
 *
 * @param {ImageData} image
 * @param {Uint8Array | null} compared  1 where a value was compared; null: everywhere.
 * @param {number} [alpha]  0 to 255.
 * @returns {ImageData}
 */
export function veil(image, compared, alpha = REST) {
  if (!compared) return image;
  const { data } = image;
  for (let index = 0; index < compared.length; index += 1) if (!compared[index]) data[4 * index + 3] = alpha;
  return image;
}
