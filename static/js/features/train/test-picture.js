/** A picture in the place of the test picture: drawn, or brought. */

import { ApiProblem, postFile } from "../../api/client.js";
import { problem, see } from "../../state/race.js";

/** @param {Blob} blob */
export async function showPicture(blob) {
  try {
    const { id } = await postFile("/api/images", blob, { name: "picture" });
    see({ drawn: id });
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    problem.value = { title: error.title, detail: error.detail };
  }
}
