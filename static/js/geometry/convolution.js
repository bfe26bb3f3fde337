/**
 * Convolution of a small picture in float32, in an order that is stated, so that the same pixels give the same bits
 * wherever they are: channel by channel, row by row, from left to right, every product rounded to float32, then every
 * sum; the bias comes last. Formulas as in Dumoulin & Visin 2016, A guide to convolution arithmetic, section 2.
 */

/** @typedef {"zeros" | "wrap" | "reflect"} Mode What stands beyond the border. */
/** @typedef {{size: number, stride: number, padding: number, dilation: number, mode: Mode}} Settings One number for both axes. */
/** @typedef {{values: Float32Array, width: number, height: number}} Plane */
/** @typedef {{planes: Float32Array[], width: number, height: number}} Picture One plane a channel. */
/** @typedef {{slices: Float32Array[], bias: number}} Kernel One slice of size × size a channel. */

/**
 * Windows along one axis: floor((n + 2p − d(k − 1) − 1) / s) + 1, at most 0 where none fits.
 *
 * @param {number} extent
 * @param {Omit<Settings, "mode">} settings
 */
export function outputSize(extent, { size, stride, padding, dilation }) {
  return Math.max(0, Math.floor((extent + 2 * padding - dilation * (size - 1) - 1) / stride) + 1);
}

/**
 * The index of the pixel that stands at an index beyond the border; −1 where zeros stand.
 *
 * @param {number} index
 * @param {number} extent
 * @param {Mode} mode
 */
export function sourceIndex(index, extent, mode) {
  if (index >= 0 && index < extent) return index;
  if (mode === "zeros") return -1;
  if (mode === "wrap") return ((index % extent) + extent) % extent;
  return index < 0 ? -index : 2 * (extent - 1) - index;
}

/**
 * The source of every index from `first` on.
 *
 * @param {number} first
 * @param {number} count
 * @param {number} extent
 * @param {Mode} mode
 */
const sources = (first, count, extent, mode) =>
  Array.from({ length: count }, (_, at) => sourceIndex(first + at, extent, mode));

/**
 * The part of an endless continuation of the picture that begins at (top, left).
 *
 * @param {Picture} picture
 * @param {{top: number, left: number, width: number, height: number}} box
 * @param {Mode} mode
 * @returns {Picture}
 */
export function continued({ planes, width, height }, box, mode) {
  const rows = sources(box.top, box.height, height, mode);
  const columns = sources(box.left, box.width, width, mode);
  const copied = planes.map((plane) => {
    const copy = new Float32Array(box.width * box.height);
    rows.forEach((row, y) => {
      if (row < 0) return;
      columns.forEach((column, x) => {
        if (column >= 0) copy[y * box.width + x] = plane[row * width + column] ?? 0;
      });
    });
    return copy;
  });
  return { planes: copied, width: box.width, height: box.height };
}

/**
 * The picture moved right by dx and down by dy; `mode` says what moves in.
 *
 * @param {Picture} picture
 * @param {{dx: number, dy: number}} shift
 * @param {Mode} mode
 */
export function shifted(picture, { dx, dy }, mode) {
  return continued(picture, { top: -dy, left: -dx, width: picture.width, height: picture.height }, mode);
}

/**
 * The map of one filter.
 *
 * @param {Picture} picture
 * @param {Kernel} kernel
 * @param {Settings} settings They must be legal.
 * @returns {Plane}
 */
export function convolve(picture, kernel, settings) {
  const { size, stride, padding, dilation, mode } = settings;
  const box = { top: -padding, left: -padding, width: picture.width + 2 * padding, height: picture.height + 2 * padding };
  const padded = padding ? continued(picture, box, mode) : picture;
  const [width, height] = [outputSize(picture.width, settings), outputSize(picture.height, settings)];
  const values = new Float32Array(width * height);
  kernel.slices.forEach((slice, channel) => {
    const plane = padded.planes[channel] ?? new Float32Array(0);
    for (let cell = 0; cell < slice.length; cell += 1) {
      const weight = slice[cell] ?? 0;
      const corner = Math.floor(cell / size) * dilation * padded.width + (cell % size) * dilation;
      addProducts(values, { plane, weight, corner, across: padded.width, stride, width, height });
    }
  });
  // Typed arrays round what is stored in them, so each of these sums is a float32.
  values.forEach((value, at) => (values[at] = value + kernel.bias));
  return { values, width, height };
}

/**
 * Add one cell's product to every value: for each value the cells come in the stated order.
 *
 * @param {Float32Array} values
 * @param {{plane: Float32Array, weight: number, corner: number, across: number, stride: number, width: number, height: number}} of
 */
function addProducts(values, { plane, weight, corner, across, stride, width, height }) {
  for (let y = 0; y < height; y += 1) {
    let from = corner + y * stride * across;
    for (let at = y * width; at < (y + 1) * width; at += 1, from += stride) {
      values[at] = (values[at] ?? 0) + Math.fround((plane[from] ?? 0) * weight);
    }
  }
}

/**
 * @typedef {object} Terms What one value is made of, per channel.
 * @property {Float32Array[]} patches
 * @property {boolean[]} inside Cell by cell: false over padding.
 * @property {Float32Array[]} products
 * @property {number} sum Of all products, in float32 and in the order of the map.
 * @property {number} value sum + bias, the bits of the map.
 */

/**
 * The products behind the value in row y, column x.
 *
 * @param {Picture} picture
 * @param {Kernel} kernel
 * @param {Settings} settings
 * @param {{y: number, x: number}} place
 * @returns {Terms}
 */
export function termsAt(picture, { slices, bias }, settings, place) {
  const { size, mode } = settings;
  const { rows, columns } = windowAt(settings, place);
  const [height, width] = [picture.height, picture.width];
  const cells = Array.from({ length: size * size }, (_, cell) => ({
    row: rows[Math.floor(cell / size)] ?? 0,
    column: columns[cell % size] ?? 0,
  }));
  const inside = cells.map(({ row, column }) => row >= 0 && row < height && column >= 0 && column < width);
  const patches = picture.planes.slice(0, slices.length).map((plane) =>
    Float32Array.from(cells, ({ row, column }) => {
      const [y, x] = [sourceIndex(row, height, mode), sourceIndex(column, width, mode)];
      return y < 0 || x < 0 ? 0 : (plane[y * width + x] ?? 0);
    }),
  );
  const products = patches.map((patch, channel) => patch.map((pixel, cell) => pixel * (slices[channel]?.[cell] ?? 0)));
  let sum = 0;
  for (const each of products) for (const product of each) sum = Math.fround(sum + product);
  return { patches, inside, products, sum, value: Math.fround(sum + bias) };
}

/**
 * Rows and columns that a window reads, in pixels of the picture; outside it over padding.
 *
 * @param {Omit<Settings, "mode">} settings
 * @param {{y: number, x: number}} place
 */
export function windowAt({ size, stride, padding, dilation }, { y, x }) {
  const along = (/** @type {number} */ index) =>
    Array.from({ length: size }, (_, cell) => index * stride - padding + cell * dilation);
  return { rows: along(y), columns: along(x) };
}
