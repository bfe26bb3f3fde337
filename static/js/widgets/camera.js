/** Opening a camera, and what a person can do where the browser refuses it. */

/** What getUserMedia refuses with. @type {Record<string, string>} */
const REFUSALS = {
  NotAllowedError: "The camera is blocked for this page. Allow it in the address bar\u2019s site settings, then try again.",
  NotFoundError: "No camera was found. Plug one in, then try again.",
  OverconstrainedError: "That camera is gone. Try again with another.",
  NotReadableError: "The camera is busy: another program is using it. Close that, then try again.",
  AbortError: "The camera stopped. Try again.",
};
const INSECURE = "Browsers open the camera only for https:// addresses and for this machine (localhost). Open ConvScope under one of those.";

/** Why there is no picture. */
export class CameraRefused extends Error {
  /**
   * @param {string} message
   * @param {boolean} again Whether trying again makes sense.
   */
  constructor(message, again) {
    super(message);
    this.again = again;
  }
}

/**
 * @param {MediaTrackConstraints} video
 * @returns {Promise<MediaStream>} Rejected with CameraRefused.
 */
export async function openStream(video) {
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraRefused(INSECURE, false);
  try {
    return await navigator.mediaDevices.getUserMedia({ video });
  } catch (error) {
    throw refused(error);
  }
}

/** @param {unknown} error */
export function refused(error) {
  if (error instanceof CameraRefused) return error;
  const name = error instanceof Error ? error.name : "";
  return new CameraRefused(REFUSALS[name] ?? `The camera did not start (${name}). Try again.`, true);
}

/** @param {MediaStream | null} stream */
export function stopStream(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
