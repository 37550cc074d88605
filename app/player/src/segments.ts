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

const kOld = 8000; // milliseconds after which a rate says nothing of the line any more
const kClimb = 1.15; // what the line carries over what a higher step takes

/** Chooses the step to fetch, of layers or renditions, from what the line has carried lately. */
export class LayerChoice {
  private readonly rates: number[] = []; // bytes a second, of the last requests
  private current = 0; // 0: not chosen yet
  private measured = 0; // when, last
  /** The step that somebody asked for; 0: by the line. */
  fixed = 0;

  /** `costs[k]` is the bytes a second of step k + 1. */
  constructor(private readonly costs: number[]) {}

  /** A request that was given up for being slow says more than all before it. */
  measure(bytes: number, seconds: number, gaveUp = false): void {
    if (gaveUp && seconds > 1) {
      this.measured = performance.now();
      this.rates.splice(0, this.rates.length, Math.max(bytes, 1) / seconds);
      return;
    }
    if (gaveUp || bytes < 16384) {
      return; // the way there and back, rather than the line
    }
    const now = performance.now();
    if (now - this.measured > kOld) {
      this.rates.length = 0;
    }
    this.measured = now;
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

  /** The highest step that may be taken. */
  get most(): number {
    return this.fixed > 0 ? Math.min(this.fixed, this.costs.length) : this.costs.length;
  }

  /** The step that the next segment should have; up by one at a time, down at once. */
  suggest(speed: number, isShort: boolean): number {
    if (this.fixed > 0) {
      return this.most;
    }
    // A line that carries just about as much as a step takes is no reason to go up and down.
    const margin = (step: number): number =>
      this.current > 0 && step > this.current ? kClimb : 1;
    let most = 1;
    while (
      most < this.costs.length && this.costs[most] * speed * margin(most + 1) <= this.rate
    ) {
      ++most;
    }
    if (most === this.current && !isShort && performance.now() - this.measured > kOld) {
      ++most; // nothing else would tell that the line is better
    }
    if (isShort && this.current > 1 && most < this.costs.length) {
      most = Math.min(most, this.current - 1);
    }
    most = Math.min(most, this.costs.length);
    return this.current === 0 ? most : Math.min(most, this.current + 1);
  }

  /** A segment is fetched with it. */
  took(step: number): void {
    this.current = step;
  }
}
