// Bytes of segments: fetched once, kept while there is room, with as many layers as the line carries.
import type { Segment } from './decoder';
import { endsEarly } from './problem';
import type { ByteSource } from './source';

const kMostBytes = 64 << 20; // of segments that are kept

interface Held {
  record: Uint8Array;
  layers: number;
}

export class SegmentStore {
  private readonly held = new Map<number, Held>(); // used last at the end
  private bytes = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly segments: Segment[],
  ) {}

  /** What is there of segment `k`. */
  get(k: number): Held | undefined {
    const held = this.held.get(k);
    if (held !== undefined) {
      this.held.delete(k);
      this.held.set(k, held);
    }
    return held;
  }

  layersOf(k: number): number {
    return this.held.get(k)?.layers ?? 0;
  }

  /** Fetches segment `k` with `layers` layers, or the layers that are missing. */
  async fetch(k: number, layers: number, signal: AbortSignal): Promise<void> {
    const { offset, ends } = this.segments[k];
    const before = this.held.get(k);
    const known = before === undefined ? 0 : before.record.length;
    const end = ends[layers - 1];
    if (known >= end) {
      return;
    }
    const more = await this.source.read(offset + known, offset + end, signal);
    if (more.length < end - known) {
      throw endsEarly();
    }
    const record = new Uint8Array(known + more.length);
    if (before !== undefined) {
      record.set(before.record);
    }
    record.set(more, known);
    this.bytes += record.length - known;
    this.held.delete(k);
    this.held.set(k, { record, layers });
    for (const [old, { record: gone }] of this.held) {
      if (this.bytes <= kMostBytes || old === k) {
        break;
      }
      this.held.delete(old);
      this.bytes -= gone.length;
    }
  }
}

/** Chooses how many layers to fetch, from what the line has carried lately. */
export class LayerChoice {
  private readonly rates: number[] = []; // bytes a second, of the last requests
  private current = 0; // 0: not chosen yet
  /** Layers that somebody asked for; 0: by the line. */
  fixed = 0;

  /** `costs[k]` is the bytes a second of layers 0 to k. */
  constructor(private readonly costs: number[]) {}

  measure(bytes: number, seconds: number): void {
    if (bytes < 16384) {
      return; // the way there and back, rather than the line
    }
    this.rates.push(bytes / Math.max(seconds, 1e-4));
    if (this.rates.length > 5) {
      this.rates.shift();
    }
  }

  /** Bytes a second that can be counted on. */
  get rate(): number {
    const sum = this.rates.reduce((total, rate) => total + 1 / rate, 0);
    return sum === 0 ? Infinity : (0.8 * this.rates.length) / sum;
  }

  /** Layers that the next segment should have; up by one at a time, down at once. */
  suggest(speed: number, isShort: boolean): number {
    if (this.fixed > 0) {
      return Math.min(this.fixed, this.costs.length);
    }
    let most = 1;
    while (most < this.costs.length && this.costs[most] * speed <= this.rate) {
      ++most;
    }
    if (isShort && this.current > 1 && most < this.costs.length) {
      most = Math.min(most, this.current - 1);
    }
    return this.current === 0 ? most : Math.min(most, this.current + 1);
  }

  /** A segment is fetched with so many. */
  took(layers: number): void {
    this.current = layers;
  }
}
