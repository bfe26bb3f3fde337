/** How far the answer is to be believed, where no bars say so. */

import { late } from "../../api/client.js";

/** Fetched when what the page is about is there. */
export const doubtLine = () => late(() => import("./doubt-line.js"));
