/** A circle as a path. @type {(x: number, y: number, radius: number) => string} */
export const circleAt = (x, y, radius) => `M${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;
