import { assert, run, test } from './harness.js';

test('equal tells values apart as Object.is does', () => {
  assert.equal(NaN, NaN);
  assert.throws(() => assert.equal(0, -0), /wanted 0, got/);
});

test('deepEqual looks into arrays, objects, maps and typed arrays', () => {
  assert.deepEqual({ a: [1, { b: new Float32Array([1, 2]) }] }, { a: [1, { b: new Float32Array([1, 2]) }] });
  assert.deepEqual(new Map([['x', 1]]), new Map([['x', 1]]));
  assert.throws(() => assert.deepEqual([1, 2], [1, 3]), /wanted \[1,3\], got \[1,2\]/);
  assert.throws(() => assert.deepEqual({ a: 1 }, { a: 1, b: 2 }));
  assert.throws(() => assert.deepEqual(new Float32Array([1]), new Float64Array([1])));
  assert.throws(() => assert.deepEqual(new Map([['x', 1]]), new Map([['x', 2]])));
});

test('close refuses what is further away, and NaN', () => {
  assert.close(0.1 + 0.2, 0.3);
  assert.throws(() => assert.close(1, 1.1, 0.05), /within 0.05/);
  assert.throws(() => assert.close(NaN, 1));
});

test('throws and rejects notice when nothing goes wrong', async () => {
  assert.throws(() => assert.throws(() => 1), /got none/);
  await assert.rejects(assert.rejects(Promise.resolve(1)), /got none/);
  await assert.rejects(Promise.reject(new Error('no such layer')), /layer/);
});

test('a run is a function, so that a page can ask for the results', () => assert.equal(typeof run, 'function'));
