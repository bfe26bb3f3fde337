/** A picture in the place of the test picture: drawn, or brought. */

import { ApiProblem } from "../../api/client.js";
import { postFile } from "../../api/files.js";
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

/** Let a person choose a file to be the test picture. */
export function choosePicture() {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", accept: "image/*" });
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) void showPicture(file);
  });
  input.click();
}
