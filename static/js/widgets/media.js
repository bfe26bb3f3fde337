/** Opening a camera or a microphone, and what a person can do where the browser refuses it. */

/** @typedef {"camera" | "microphone"} Device */

/** What getUserMedia refuses with. @type {Record<string, (what: Device) => string>} */
const REFUSALS = {
  NotAllowedError: (what) => `The ${what} is blocked for this page. Allow it in the address bar\u2019s site settings, or in those of the system, then try again.`,
  NotFoundError: (what) => `No ${what} was found. Plug one in, then try again.`,
  OverconstrainedError: (what) => `That ${what} is gone. Try again with another.`,
  NotReadableError: (what) => `The ${what} is busy: another program is using it. Close that, then try again.`,
  AbortError: (what) => `The ${what} stopped. Try again.`,
};

/** Why there is no picture, or no sound. */
export class MediaRefused extends Error {
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
 * @param {{ video: MediaTrackConstraints } | { audio: MediaTrackConstraints }} wanted
 * @returns {Promise<MediaStream>} Rejected with MediaRefused.
 */
export async function openStream(wanted) {
  const what = "audio" in wanted ? "microphone" : "camera";
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new MediaRefused(`Browsers open the ${what} only for https:// addresses and for this machine (localhost). Open ConvScope under one of those.`, false);
  }
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    throw refused(error, what);
  }
}

/** @param {unknown} error @param {Device} what */
export function refused(error, what) {
  if (error instanceof MediaRefused) return error;
  const name = error instanceof Error ? error.name : "";
  return new MediaRefused(REFUSALS[name]?.(what) ?? `The ${what} did not start (${name}). Try again.`, true);
}

/** @param {MediaStream | null} stream */
export function stopStream(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Those there are; their names are known only once one of them may be used. @param {Device} what */
export async function devicesHere(what) {
  const kind = what === "camera" ? "videoinput" : "audioinput";
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === kind);
  const name = what === "camera" ? "Camera" : "Microphone";
  return devices.map(({ label, deviceId }, at) => ({ id: deviceId, name: label || `${name} ${at + 1}` }));
}
