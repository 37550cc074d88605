// The decoder as WebAssembly against the same decoder on this machine, frame by frame.
// usage: decoder_test.mjs PROGRAM REFERENCE WASM_DECODER
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { check, expect, finish, makeClips } from './make_clips.mjs';

const [program, reference, bundle] = process.argv.slice(2);
const folder = makeClips(program);
const { decodeClip, needsOtherPlayer, refusal, DepthSorter, LayerChoice } = await import(pathToFileURL(bundle));
const module = join(folder, 'web/player.wasm');

/** The largest difference of the fields of two packed words. */
function fieldsApart(a, b, fields) {
  return Math.max(...fields.map(([shift, bits]) => {
    const mask = 2 ** bits - 1;
    const apart = Math.abs(((a >>> shift) & mask) - ((b >>> shift) & mask));
    return Math.min(apart, mask + 1 - apart); // snorm16 wraps at 0
  }));
}
const kHalves = [[0, 16], [16, 16]];
const kColor = [[21, 11], [10, 11], [0, 10]];

async function compare(clip, { hasDigest = true } = {}) {
  const native = join(folder, 'native.bin');
  execFileSync(reference, [clip, native]);
  const bytes = readFileSync(native);
  let at = 0;
  let frames = 0;
  let numbers = 0;
  let farthest = 0;
  let levels = 0;
  await decodeClip(clip, module, (frame) => {
    expect((frame.digest !== 0) === hasDigest, `frame ${frames}: digest ${frame.digest}`);
    expect(bytes.readUInt32LE(at) === frame.digest, `frame ${frames}: whole numbers differ`);
    expect(bytes.readUInt32LE(at + 4) === frame.count, `frame ${frames}: counts differ`);
    expect(Math.abs(bytes.readFloatLE(at + 8) - frame.shScale) <= 1e-5, 'SH scales differ');
    const words = bytes.readUInt32LE(at + 12);
    expect(words === frame.texels.length, 'packed sizes differ');
    at += 16;
    const texels = words / (Math.ceil(frame.count / 512) * 512) / 4;
    for (let i = 0; i < frame.count; ++i) {
      for (let k = 3; k < 4 * texels; ++k) {
        const word = 4 * texels * i + k;
        levels = Math.max(levels, fieldsApart(
          bytes.readUInt32LE(at + 4 * word), frame.texels[word], k < 7 ? kHalves : kColor));
      }
    }
    at += 4 * words;
    for (let k = 0; k < 3 * frame.count; ++k, at += 4) {
      farthest = Math.max(farthest, Math.abs(bytes.readFloatLE(at) - frame.means[k]));
      ++numbers;
    }
    ++frames;
  });
  expect(at === bytes.length, 'frames are missing');
  expect(farthest <= 1e-5, `positions differ by ${farthest}`);
  expect(levels <= 1, `packed fields differ by ${levels} levels`);
  return `${frames} frames, ${numbers} coordinates differ by at most ${farthest}, ` +
    `packed fields by ${levels} level`;
}

await check('DualGS: whole numbers are the same, floats within 1e-5', () =>
  compare(join(folder, 'web/clip.dgsv')));
for (const codec of ['hifi4g', 'v3', 'layers']) {
  await check(`${codec}: whole numbers are the same, floats within 1e-5`, () =>
    compare(join(folder, codec, 'clip.dgsv')));
}
await check('intra: floats within 1e-5', () => 
  compare(join(folder, 'intra/clip.dgsv'), { hasDigest: false }));
await check('a codec that the player does not have is named', async () => {
  const other = new Uint8Array(readFileSync(join(folder, 'web/clip.dgsv')));
  other.set(new TextEncoder().encode('HEVC'), 16 + 12); // behind the record's header and the versions
  const payload = other.subarray(16, 16 + 20);
  let sum = 0xffffffff; // CRC-32C
  for (const byte of payload) {
    sum ^= byte;
    for (let k = 0; k < 8; ++k) sum = (sum >>> 1) ^ (sum & 1 ? 0x82f63b78 : 0);
  }
  new DataView(other.buffer).setUint32(16 + 20, ~sum >>> 0, true);
  const words = await refusal(other, module);
  expect(words.includes('does not know the codec "HEVC"'), words);
  const problem = needsOtherPlayer(words);
  expect(/coded with HEVC.*Open it in Volpress/.test(problem?.detail ?? ''), problem?.detail);
});
await check('damaged clips are refused in words', async () => {
  const good = new Uint8Array(readFileSync(join(folder, 'web/clip.dgsv')));
  expect((await refusal(good, module)) === '', 'the good one is refused');
  const half = await refusal(good.subarray(0, good.length / 2), module);
  expect(/takes \d+ bytes|byte \d+/.test(half), half);
  for (let at = 0; at < 4000; at += 37) {
    const bad = good.slice();
    bad[at] ^= 1 << (at % 8);
    const words = await refusal(bad, module);
    // Flags and padding of records may be anything.
    expect(words !== '' || at < 1000, `byte ${at} may be anything`);
    expect(!words.includes('memory access'), words);
  }
});
await check('splats are sorted far to near', () => {
  const count = 5000;
  const means = Float32Array.from({ length: 3 * count }, (_, k) => Math.sin(k * 12.9898) * 7);
  const order = new Uint32Array(count);
  const forward = [0.36, 0.48, 0.8];
  new DepthSorter().sort(means, count, forward, order);
  const depth = (i) => forward.reduce((sum, f, k) => sum + f * means[3 * i + k], 0);
  expect(new Set(order).size === count, 'splats are missing');
  for (let k = 1; k < count; ++k) {
    expect(depth(order[k - 1]) >= depth(order[k]) - 1e-3, `place ${k} is out of order`);
  }
});
await check('steps follow a line of 120, 6 and 120 Mbit/s without a stall', () => {
  const megabits = [4, 10, 25, 50, 80];
  const choice = new LayerChoice(megabits.map((rate) => (rate * 1e6) / 8));
  const segment = 5 / 3; // seconds
  let time = 0;
  let buffer = 0; // seconds of clip that are there
  let stalled = 0;
  let before = 0;
  let turns = 0;
  const steps = [];
  const lineAt = (at) => (at < 20 || at > 60 ? 120 : 6) * 1e6 / 8;
  for (let k = 0; k < 60; ++k) {
    const wait = Math.max(0, buffer - 6); // no more is fetched ahead
    time += wait;
    buffer -= wait;
    const step = choice.suggest(1, k > 0 && buffer < 0.5);
    choice.took(step);
    expect(k === 0 || step <= before + 1, `from ${before} to ${step}`);
    turns += k > 1 && (step - before) * (before - steps.at(-2)) < 0 ? 1 : 0;
    before = step;
    steps.push(step);
    const bytes = segment * megabits[step - 1] * 1e6 / 8;
    const begin = time;
    let left = bytes;
    while (left > 0 && (step === 1 || time - begin < 2 * segment)) {
      const part = Math.min(left, lineAt(time) * 0.05);
      time += part / lineAt(time);
      left -= part;
    }
    choice.measure(bytes - left, time - begin, left > 0);
    // The clip begins with the first segment; what the line takes is played meanwhile.
    const played = k === 0 ? 0 : time - begin;
    stalled += Math.max(0, played - buffer);
    buffer = Math.max(0, buffer - played) + (left > 0 ? 0 : segment);
  }
  expect(steps.includes(1) && steps.at(-1) === 5, steps.join(''));
  expect(stalled === 0, `${stalled} s of waiting: ${steps.join('')}`);
  expect(turns <= 4, `${turns} turns: ${steps.join('')}`);
  return steps.join('');
});
rmSync(folder, { recursive: true });
finish();
