// The player's decoder for tests in node; bundled with the player's own sources.
import { readFileSync } from 'node:fs';
import { readFront } from '../../app/player/src/container';
import { Decoder, type PackedFrame } from '../../app/player/src/decoder';
import { needsOtherPlayer } from '../../app/player/src/problem';
import { LayerChoice } from '../../app/player/src/segments';
import { DepthSorter } from '../../app/player/src/sort';

export { DepthSorter, LayerChoice, needsOtherPlayer };

export interface DecodedFrame extends PackedFrame {
  digest: number;
  milliseconds: number;
}

/** Hands every frame of a clip to `take`. */
export async function decodeClip(
  clip: string,
  module: string,
  take: (frame: DecodedFrame) => void,
): Promise<void> {
  const file = new Uint8Array(readFileSync(clip));
  const decoder = await Decoder.create(await WebAssembly.compile(readFileSync(module)));
  const source = {
    size: file.length,
    read: async (first: number, end: number) => file.subarray(first, Math.min(end, file.length)),
  };
  const front = await readFront(source, file.subarray(0, 65536));
  const count = decoder.open(front.type, front.init, front.index, file.length);
  const layers = decoder.info().layers;
  for (let k = 0; k < count; ++k) {
    const segment = decoder.segment(k, layers);
    const end = segment.offset + segment.ends[layers - 1];
    decoder.begin(file.subarray(segment.offset, end), k, layers);
    for (let frame = 0; frame < segment.frames; ++frame) {
      const begin = performance.now();
      const packed = decoder.next();
      take({ ...packed, digest: decoder.digest(), milliseconds: performance.now() - begin });
    }
  }
}

/** What opening damaged bytes says. */
export async function refusal(
  bytes: Uint8Array,
  module: string,
): Promise<string> {
  const decoder = await Decoder.create(await WebAssembly.compile(readFileSync(module)));
  const source = {
    size: bytes.length,
    read: async (first: number, end: number) => bytes.subarray(first, Math.min(end, bytes.length)),
  };
  try {
    const front = await readFront(source, bytes.subarray(0, 65536));
    decoder.open(front.type, front.init, front.index, bytes.length);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
