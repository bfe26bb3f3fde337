import { boxInSound, milliseconds, pitches, samplesIn, wavePath, wavFile, wavSamples } from "../../../static/js/geometry/sound.js";
import { assert, test } from "../harness.js";

/** @param {number} value @param {number} wanted @param {number} within */
const close = (value, wanted, within) => assert.ok(Math.abs(value - wanted) <= within, `${value}, wanted ${wanted}`);

test("all rows hear 0 to 8 kHz, and every row more than its centre, which the server's bands have", () => {
  const all = pitches({ top: 0, bottom: 64 });
  close(all.low, 0, 1e-9);
  close(all.high, 8000, 1e-6);
  // cnn_core.sound.band_centres()[0] and [63]: a band reaches from the centre before its own to the one behind
  close(pitches({ top: 62, bottom: 63 }).low, 27.67137228, 1e-6);
  close(pitches({ top: 1, bottom: 2 }).high, 7669.16255331, 1e-6);
});

test("a column begins every 10 ms and is 25 ms long", () => {
  assert.deepEqual(samplesIn({ left: 3, right: 4 }), { from: 480, to: 880 });
  assert.deepEqual(samplesIn({ left: 0, right: 98 }), { from: 0, to: 15920 });
  assert.equal(milliseconds(880), 55);
});

test("a box of the input lies in the sound where the part that is seen begins, and ends with it", () => {
  const crop = { left: 102, top: 0, width: 96, height: 64 };
  const input = { height: 64, width: 96 };
  const box = { top: -3, left: 10, bottom: 20, right: 29 };
  assert.deepEqual(boxInSound(box, input, crop), { top: 0, left: 112, bottom: 20, right: 131 });
  assert.deepEqual(boxInSound({ top: 60, left: 90, bottom: 70, right: 99 }, input, crop), { top: 60, left: 192, bottom: 64, right: 198 });
});

/** A WAV file with a chunk before its samples. @param {number[]} samples */
function wav(samples) {
  const file = new DataView(new ArrayBuffer(12 + 8 + 4 + 8 + 2 * samples.length));
  [...new TextEncoder().encode("RIFF....WAVEnote")].forEach((each, at) => file.setUint8(at, each));
  file.setUint32(16, 4, true);
  [...new TextEncoder().encode("data")].forEach((each, at) => file.setUint8(24 + at, each));
  file.setUint32(28, 2 * samples.length, true);
  samples.forEach((each, at) => file.setInt16(32 + 2 * at, each, true));
  return file.buffer;
}

test("samples are found behind other chunks of a WAV file", () => {
  assert.deepEqual([...wavSamples(wav([1, -2, 32767]))], [1, -2, 32767]);
  assert.throws(() => wavSamples(new ArrayBuffer(20)));
});

test("the outline has the lowest and the highest sample of every part", () => {
  const path = wavePath(Int16Array.from([0, 16384, -16384, 0, 0, 0, 32767, 0]), 2);
  assert.equal(path, "M0.5 0.500V1.520M1.5 0.000V1.020");
});

test("samples written as a file are read back, and the file says what it is", () => {
  const samples = Int16Array.of(0, -32768, 32767, 5);
  const file = wavFile(samples);
  assert.deepEqual(wavSamples(file), samples);
  const view = new DataView(file);
  assert.deepEqual([4, 16, 24, 28, 40].map((at) => view.getUint32(at, true)), [44, 16, 16000, 32000, 8]);
  assert.deepEqual([20, 22, 32, 34].map((at) => view.getUint16(at, true)), [1, 1, 2, 16]);
});
