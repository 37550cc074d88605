// The decoder: C++ compiled to WebAssembly, behind functions over typed arrays.

interface Exports {
  memory: WebAssembly.Memory;
  _initialize?(): void;
  playerAllocate(bytes: number): number;
  playerRelease(pointer: number): void;
  playerError(): number;
  playerHead(type: number, typeBytes: number, init: number, initBytes: number): number;
  playerOpen(): number;
  playerIndex(index: number, bytes: number, fileBytes: number): number;
  playerInfo(): number;
  playerEntry(entry: number): number;
  playerBegin(record: number, bytes: number, entry: number, layers: number): number;
  playerNext(): number;
  playerSkip(): number;
  playerCount(): number;
  playerShScale(): number;
  playerTexels(): number;
  playerTexelWords(): number;
  playerMeans(): number;
  playerDigest(): number;
}

/** What a clip says of itself. */
export interface ClipInfo {
  framesPerSecond: number;
  frames: number;
  maxSplats: number;
  layers: number;
  shDegree: number;
  upIsMinusY: boolean;
  antialiased: boolean;
  low: number[];
  high: number[];
}

/** A segment of the index; `ends[k]` is where layer k ends in its record. */
export interface Segment {
  first: number;
  frames: number;
  offset: number;
  ends: number[];
}

/** A frame in the layout of packed_frame.hpp. */
export interface PackedFrame {
  count: number;
  shScale: number;
  texels: Uint32Array;
  means: Float32Array;
}

const kMostBytes = 2 ** 53 - 1;

/** One clip in one instance of the module. Errors are thrown with the decoder's words. */
export class Decoder {
  private constructor(private readonly c: Exports) {}

  static async create(module: WebAssembly.Module): Promise<Decoder> {
    const ends = (): never => {
      throw new Error('there is not enough memory, or the decoder failed');
    };
    const none = (): number => 0;
    const instance = await WebAssembly.instantiate(module, {
      env: { emscripten_notify_memory_growth: none },
      wasi_snapshot_preview1: {
        proc_exit: ends,
        fd_close: none,
        fd_write: none,
        fd_seek: none,
        environ_sizes_get: none,
        environ_get: none,
      },
    });
    const c = instance.exports as unknown as Exports;
    c._initialize?.();
    return new Decoder(c);
  }

  /** Reads what the records FTYP and INIT say, and INDX; returns how many segments it lists. */
  openIndex(type: Uint8Array, init: Uint8Array, index: Uint8Array, fileBytes: number): number {
    this.lend(type, (a) => this.lend(init, (b) =>
      this.check(this.c.playerHead(a, type.length, b, init.length))));
    let count = 0;
    this.lend(index, (a) => {
      count = this.c.playerIndex(a, index.length, Math.min(fileBytes, kMostBytes));
      this.check(count);
    });
    return count;
  }

  /** The same, and makes ready to decode. */
  open(type: Uint8Array, init: Uint8Array, index: Uint8Array, fileBytes: number): number {
    const count = this.openIndex(type, init, index, fileBytes);
    this.check(this.c.playerOpen());
    return count;
  }

  info(): ClipInfo {
    const n = this.doubles(this.c.playerInfo(), 15);
    return {
      framesPerSecond: n[0] / n[1],
      frames: n[2],
      maxSplats: n[4],
      layers: n[5],
      shDegree: n[6],
      upIsMinusY: n[7] === 0,
      antialiased: n[8] === 1,
      low: n.slice(9, 12),
      high: n.slice(12, 15),
    };
  }

  /** Segment `k`, one of `count` that `open` found. */
  segment(k: number, layers: number): Segment {
    const n = this.doubles(this.c.playerEntry(k), 3 + layers);
    return { first: n[0], frames: n[1], offset: n[2], ends: n.slice(3) };
  }

  /** Opens segment `k` with up to `layers` layers of `record`, its first bytes. */
  begin(record: Uint8Array, k: number, layers: number): void {
    this.lend(record, (a) => this.check(this.c.playerBegin(a, record.length, k, layers)));
  }

  /** The next frame; the arrays are views that the next call invalidates. */
  next(): PackedFrame {
    this.check(this.c.playerNext());
    const count = this.c.playerCount();
    const memory = this.c.memory.buffer;
    return {
      count,
      shScale: this.c.playerShScale(),
      texels: new Uint32Array(memory, this.c.playerTexels(), this.c.playerTexelWords()),
      means: new Float32Array(memory, this.c.playerMeans(), 3 * count),
    };
  }

  /** Passes over the next frame. */
  skip(): void {
    this.check(this.c.playerSkip());
  }

  /** Checksum of the whole numbers behind the last frame. */
  digest(): number {
    return this.c.playerDigest() >>> 0;
  }

  private doubles(pointer: number, count: number): number[] {
    return Array.from(new Float64Array(this.c.memory.buffer, pointer, count));
  }

  private check(status: number): void {
    if (status < 0) {
      const bytes = new Uint8Array(this.c.memory.buffer, this.c.playerError());
      throw new Error(new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0))));
    }
  }

  private lend(bytes: Uint8Array, use: (pointer: number) => void): void {
    const pointer = this.c.playerAllocate(Math.max(bytes.length, 1));
    if (pointer === 0) {
      throw new Error('there is not enough memory');
    }
    try {
      new Uint8Array(this.c.memory.buffer).set(bytes, pointer);
      use(pointer);
    } finally {
      this.c.playerRelease(pointer);
    }
  }
}
