import { Resampler } from "../../../static/js/geometry/resample.js";
import { assert, test } from "../harness.js";

/** @param {number} rate @param {number} pitch @param {number} [seconds] */
const tone = (rate, pitch, seconds = 0.25) => Float32Array.from({ length: seconds * rate }, (_, at) => Math.sin((2 * Math.PI * pitch * at) / rate));

/**
 * The largest distance of two sounds, away from the ends, where what is missing is taken for silence.
 *
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
const apart = (a, b) => Math.max(...a.slice(200, -200).map((value, at) => Math.abs(value - (b[200 + at] ?? 9))));

for (const rate of [48000, 44100, 8000, 96000]) {
  test(`a tone at ${rate} samples a second is the same tone at 16000`, () => {
    const even = new Resampler(rate, 16000).push(tone(rate, 1000));
    assert.equal(Math.abs(even.length - 4000) < 100, true);
    assert.equal(apart(even, tone(16000, 1000)) < 1e-3, true);
  });
}

test("what is too high for the new rate is gone, and folds nowhere", () => {
  const even = new Resampler(48000, 16000).push(tone(48000, 9000));
  assert.equal(apart(even, new Float32Array(4000)) < 1e-3, true);
});

test("in pieces it comes out as in one", () => {
  const sound = tone(44100, 700);
  const whole = new Resampler(44100, 16000).push(sound);
  const piecewise = new Resampler(44100, 16000);
  const pieces = [];
  for (let at = 0; at < sound.length; at += 128) pieces.push(...piecewise.push(sound.slice(at, at + 128)));
  assert.deepEqual(Float32Array.from(pieces), whole);
});

test("at the same rate nothing changes", () => {
  const sound = tone(16000, 700);
  assert.deepEqual(new Resampler(16000, 16000).push(sound), sound);
});
