// Bytes of a clip over HTTP: by ranges where the server has them, as one stream where it has not.
import { endsEarly, isAbort, Problem } from './problem';

/** Called after each request that carried bytes, or was given up, for the choice of steps. */
export type Measure = (bytes: number, seconds: number, gaveUp?: boolean) => void;

/** Where a clip's bytes come from. */
export interface ByteSource {
  /** Bytes of the whole clip; Infinity where the server does not say. */
  readonly size: number;
  /** Bytes [first, end); fewer only where the clip ends. */
  read(first: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
}

const kPauses = [300, 1000, 2500]; // milliseconds before trying again

export interface Watcher {
  measure: Measure;
  /** A request failed and is tried again (true), or went through (false). */
  trouble(retrying: boolean): void;
}

function refused(url: string, status: number): Problem {
  if (status === 404 || status === 410) {
    return new Problem('The clip is not here', `The server has no file ${nameOf(url)} (${status}).`);
  }
  return new Problem('The clip cannot be loaded', `The server answered ${status} for ${nameOf(url)}.`);
}

export function nameOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split('/').pop() || url);
}

function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('', 'AbortError'));
    });
  });
}

/** Tries `attempt` up to four times; a Problem is final, anything else is a cut line. */
async function patiently<T>(
  attempt: () => Promise<T>,
  watcher: Watcher,
  signal?: AbortSignal,
): Promise<T> {
  for (let k = 0; ; ++k) {
    try {
      const result = await attempt();
      watcher.trouble(false);
      return result;
    } catch (error) {
      if (error instanceof Problem || isAbort(error)) {
        throw error;
      }
      if (k === kPauses.length) {
        throw new Problem(
          'The connection was lost',
          'The server does not answer, or hangs up before the end.',
        );
      }
      watcher.trouble(true);
      await wait(kPauses[k], signal);
    }
  }
}

/** The body of an answer to what was asked at `begin`. */
async function readBody(answer: Response, begin: number, watcher: Watcher): Promise<Uint8Array> {
  const reader = answer.body?.getReader();
  if (reader === undefined) {
    return new Uint8Array(await answer.arrayBuffer());
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      pieces.push(value);
      size += value.length;
    }
  } catch (error) {
    if (isAbort(error)) {
      watcher.measure(size, (performance.now() - begin) / 1000, true);
    }
    throw error;
  }
  const whole = new Uint8Array(size);
  size = 0;
  for (const piece of pieces) {
    whole.set(piece, size);
    size += piece.length;
  }
  return whole;
}

/** A file of a server that answers range requests. */
class RangeSource implements ByteSource {
  constructor(
    readonly url: string,
    readonly size: number,
    private readonly tag: string | null,
    private readonly watcher: Watcher,
  ) {}

  read(first: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    end = Math.min(end, this.size);
    if (first >= end) {
      return Promise.reject(endsEarly());
    }
    return patiently(() => this.attempt(first, end, signal), this.watcher, signal);
  }

  private async attempt(first: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const begin = performance.now();
    const answer = await fetch(this.url, {
      headers: { Range: `bytes=${first}-${end - 1}` },
      signal,
    });
    if (answer.status === 416) {
      throw endsEarly();
    }
    if (!answer.ok) {
      throw refused(this.url, answer.status);
    }
    const tag = answer.headers.get('ETag');
    if (tag !== null && this.tag !== null && tag !== this.tag) {
      throw new Problem('The clip has changed', 'There is another file on the server now.');
    }
    let bytes = await readBody(answer, begin, this.watcher);
    if (answer.status === 200) {
      bytes = bytes.subarray(first, end); // a server that has ranges only sometimes
    }
    if (bytes.length < end - first) {
      throw new Error('short answer');
    }
    this.watcher.measure(bytes.length, (performance.now() - begin) / 1000);
    return bytes;
  }
}

/** The most that is held of a clip whose server has no ranges. */
const kMostWhole = 1 << 30;

/** The body of one answer, kept as it comes; what is not there yet is waited for. */
class WholeSource implements ByteSource {
  private pieces: Uint8Array;
  private held = 0;
  private ended = false;
  private failure: unknown = null;
  private waiting: (() => void)[] = [];

  constructor(
    readonly size: number,
    body: ReadableStream<Uint8Array>,
    watcher: Watcher,
  ) {
    if (size !== Infinity && size > kMostWhole) {
      throw new Problem(
        'The clip is too large for this server',
        'The server sends whole files only (it answers 200 to range requests), and this one is ' +
          'over a gigabyte. Put it on a server with range requests.',
        false,
      );
    }
    this.pieces = new Uint8Array(size === Infinity ? 1 << 22 : size);
    void this.pump(body.getReader(), watcher);
  }

  async read(first: number, end: number): Promise<Uint8Array> {
    while (this.held < end && !this.ended) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    if (this.held < end && this.failure !== null) {
      throw new Problem('The connection was lost', 'The server hung up before the clip was whole.');
    }
    if (first >= this.held) {
      throw endsEarly();
    }
    return this.pieces.slice(first, Math.min(end, this.held));
  }

  private async pump(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    watcher: Watcher,
  ): Promise<void> {
    try {
      let begin = performance.now();
      let since = 0;
      for (;;) {
        const { done, value } = await reader.read();
        if (done) {
          break;
        }
        if (this.held + value.length > kMostWhole) {
          throw new Error('too long');
        }
        if (this.held + value.length > this.pieces.length) {
          const larger = new Uint8Array(Math.max(2 * this.pieces.length, this.held + value.length));
          larger.set(this.pieces.subarray(0, this.held));
          this.pieces = larger;
        }
        this.pieces.set(value, this.held);
        this.held += value.length;
        since += value.length;
        if (since > 1 << 17) {
          watcher.measure(since, (performance.now() - begin) / 1000);
          begin = performance.now();
          since = 0;
        }
        this.wake();
      }
    } catch (error) {
      this.failure = error;
    }
    this.ended = true;
    this.wake();
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    waiting.forEach((resolve) => resolve());
  }
}

/** The front of a clip and where the rest comes from. */
export interface OpenedSource {
  source: ByteSource;
  head: Uint8Array;
}

/** Asks for the first `bytes` bytes, and finds out what the server can do. */
export function openSource(url: string, bytes: number, watcher: Watcher): Promise<OpenedSource> {
  return patiently(async () => {
    const begin = performance.now();
    const answer = await fetch(url, { headers: { Range: `bytes=0-${bytes - 1}` } });
    if (!answer.ok) {
      throw answer.status === 416 ? endsEarly() : refused(url, answer.status);
    }
    const range = /^bytes 0-(\d+)\/(\d+)$/.exec(answer.headers.get('Content-Range') ?? '');
    if (answer.status === 206 && range !== null) {
      const head = new Uint8Array(await answer.arrayBuffer());
      if (head.length !== Number(range[1]) + 1) {
        throw new Error('short answer');
      }
      watcher.measure(head.length, (performance.now() - begin) / 1000);
      const tag = answer.headers.get('ETag');
      return { source: new RangeSource(url, Number(range[2]), tag, watcher), head };
    }
    if (answer.body === null) {
      throw new Error('no body');
    }
    const coded = answer.headers.get('Content-Encoding') !== null;
    const length = Number(answer.headers.get('Content-Length') ?? NaN);
    const source = new WholeSource(coded || !(length > 0) ? Infinity : length, answer.body, watcher);
    return { source, head: await source.read(0, bytes) };
  }, watcher);
}

/** A part of a clip in its split form. */
export interface SplitFile {
  url: string;
  first: number; // in the clip
  bytes: number;
}

/** A clip that lies in several files, each of which is small enough to be fetched whole. */
export class SplitSource implements ByteSource {
  readonly size: number;

  constructor(
    private readonly files: SplitFile[],
    private readonly watcher: Watcher,
  ) {
    const last = files[files.length - 1];
    this.size = last.first + last.bytes;
  }

  async read(first: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const file = this.files.find((f) => first >= f.first && first < f.first + f.bytes);
    if (file === undefined) {
      throw endsEarly();
    }
    // Parts are cut at records: nothing that is read together lies in two of them.
    end = Math.min(end, file.first + file.bytes);
    return patiently(() => this.attempt(file, first - file.first, end - file.first, signal),
      this.watcher, signal);
  }

  private async attempt(
    file: SplitFile,
    first: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const begin = performance.now();
    const whole = first === 0 && end === file.bytes;
    const headers: HeadersInit = whole ? {} : { Range: `bytes=${first}-${end - 1}` };
    const answer = await fetch(file.url, { headers, signal });
    if (!answer.ok) {
      throw answer.status === 416 ? endsEarly() : refused(file.url, answer.status);
    }
    let bytes = await readBody(answer, begin, this.watcher);
    this.watcher.measure(bytes.length, (performance.now() - begin) / 1000);
    if (answer.status === 200) {
      bytes = bytes.subarray(first, end);
    }
    if (bytes.length < end - first) {
      throw endsEarly();
    }
    return bytes;
  }
}
