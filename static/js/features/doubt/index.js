/** How far the answer is to be believed, where no bars say so. */

/** Fetched when what the page is about is there. */
export const doubtLine = () => import("./doubt-line.js");
