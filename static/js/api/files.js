/** Sending files: apart from what a first picture needs. */

import { ApiProblem, AWAY_TRIES, offline, problemFrom, remedies } from "./client.js";

/**
 * Send a file, and what is said of it. XMLHttpRequest, because fetch does not say how much has been sent.
 *
 * @param {string} url
 * @param {Blob} blob
 * @param {object} options
 * @param {string} options.name  File name, for the server's messages.
 * @param {Record<string, string | Blob>} [options.fields]
 * @param {readonly File[]} [options.beside]  Files that go with it.
 * @param {(sent: number, total: number) => void} [options.onProgress]  Bytes.
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<any>}
 */
export async function postFile(url, blob, options) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sendFile(url, blob, options);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status || !remedies.away || attempt === AWAY_TRIES) throw error;
      await remedies.away(options.signal);
    }
  }
}

/**
 * @param {string} url
 * @param {Blob} blob
 * @param {Parameters<typeof postFile>[2]} options
 * @returns {Promise<any>}
 */
function sendFile(url, blob, { name, fields = {}, beside = [], onProgress, signal }) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append("file", blob, name);
  for (const each of beside) form.append("data", each, each.name);
  return new Promise((resolve, reject) => {
    const http = new XMLHttpRequest();
    http.open("POST", url);
    http.upload.onprogress = (event) => onProgress?.(event.loaded, event.total);
    http.onerror = () => reject(offline());
    http.onabort = () => reject(new DOMException("Upload given up", "AbortError"));
    http.onload = () => {
      if (http.status === 201 || http.status === 200) resolve(JSON.parse(http.responseText));
      else reject(problemFrom(http.responseText, http.status));
    };
    signal?.addEventListener("abort", () => http.abort(), { once: true });
    http.send(form);
  });
}
