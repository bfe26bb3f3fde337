/** Files that somebody drops or chooses, with their folders in their names; photos are made small before they are sent. */

/** @typedef {{name: string, file: Blob}} Named */

/** Longer sides than this say nothing more to a net that sees 32 pixels. */
const SIDE = 128;
/** A smaller file is sent as it is. */
const SMALL = 60_000;
const MOST = 6000;

/** @param {readonly File[]} files Chosen in a dialog. */
export const namedFiles = (files) => small([...files].map((file) => ({ name: file.webkitRelativePath || file.name, file })));

/** @param {DataTransfer} transfer What was dropped; folders are looked into. */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  /** @type {Named[]} */
  const found = [];
  for (const entry of entries) await gather(entry, "", found);
  return small(found);
}

/**
 * @param {FileSystemEntry} entry
 * @param {string} folder
 * @param {Named[]} found
 */
async function gather(entry, folder, found) {
  if (found.length > MOST || entry.name.startsWith(".")) return;
  const name = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise((/** @type {(file: File) => void} */ resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject));
    found.push({ name, file });
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    // A reader gives a hundred at a time, and none when it is through.
    const part = await new Promise((/** @type {(part: FileSystemEntry[]) => void} */ resolve, reject) => reader.readEntries(resolve, reject));
    if (!part.length) return;
    for (const each of part) await gather(each, `${name}/`, found);
  }
}

/** @param {Named[]} files */
async function small(files) {
  const found = [];
  for (const each of files) found.push(await smaller(each));
  return found;
}

/** @param {Named} named @returns {Promise<Named>} */
async function smaller({ name, file }) {
  if (file.size < SMALL || !file.type.startsWith("image/")) return { name, file };
  try {
    const whole = await createImageBitmap(file);
    const scale = SIDE / Math.min(whole.width, whole.height);
    if (scale >= 1) return { name, file };
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(whole.width * scale), Math.round(whole.height * scale)];
    canvas.getContext("2d")?.drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
    return { name, file: blob ?? file };
  } catch {
    // No picture that this browser reads: the server says what it is.
    return { name, file };
  }
}
