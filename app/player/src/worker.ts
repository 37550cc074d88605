// What runs beside the page: a worker either decodes or sorts.
import { Decoder } from './decoder';
import { DepthSorter } from './sort';

/** To a decoding worker. */
export type DecodeRequest =
  | {
      kind: 'open';
      rendition: number;
      module: WebAssembly.Module;
      type: Uint8Array;
      init: Uint8Array;
      index: Uint8Array;
      fileBytes: number;
    }
  | {
      kind: 'segment';
      generation: number;
      segment: number;
      rendition: number; // one that was opened
      record: Uint8Array;
      layers: number;
      first: number; // frame of the clip that the segment begins with
      frames: number;
      from: number; // the first frame of the clip that is wanted
      step: number; // every step-th
    }
  | { kind: 'clear'; generation: number }
  /** Frames that may be sent beyond those sent already, and their memory back. */
  | { kind: 'credit'; frames: number; texels?: ArrayBuffer };

/** From a decoding worker. */
export type DecodeAnswer =
  | { kind: 'failed'; message: string; segment?: number; generation?: number }
  | { kind: 'done'; segment: number; generation: number }
  | {
      kind: 'frame';
      generation: number;
      segment: number;
      frame: number;
      count: number;
      shScale: number;
      texels: Uint32Array;
      means: Float32Array;
      milliseconds: number;
    };

/** To and from the sorting worker. */
export type SortRequest =
  | { kind: 'load'; id: number; means: Float32Array; count: number }
  | { kind: 'drop'; id: number }
  | { kind: 'sort'; id: number; forward: number[]; order: Uint32Array };
export interface SortAnswer {
  id: number;
  order: Uint32Array;
}

const post = (message: DecodeAnswer | SortAnswer, transfer: Transferable[] = []): void =>
  (self as unknown as { postMessage(m: unknown, t: Transferable[]): void }).postMessage(
    message,
    transfer,
  );

function decodeWorker(): (request: DecodeRequest) => void {
  type Wanted = Extract<DecodeRequest, { kind: 'segment' }>;
  const decoders = new Map<number, Decoder>();
  let queue: Wanted[] = [];
  let now: (Wanted & { next: number }) | null = null;
  let credit = 0;
  let generation = 0;
  let scheduled = false;
  const spare: ArrayBuffer[] = [];
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    scheduled = false;
    work();
  };
  // One frame at a time, so that requests are heard in between.
  const schedule = (): void => {
    const wanted = now ?? queue[0];
    if (!scheduled && credit > 0 && wanted !== undefined && decoders.has(wanted.rendition)) {
      scheduled = true;
      channel.port2.postMessage(0);
    }
  };
  const work = (): void => {
    try {
      if (now === null) {
        const wanted = queue.shift();
        if (wanted === undefined) {
          return;
        }
        now = { ...wanted, next: wanted.first };
        decoders.get(wanted.rendition)!.begin(wanted.record, wanted.segment, wanted.layers);
      }
      if (credit > 0) {
        decodeOne(now);
      }
    } catch (error) {
      const failed = now;
      now = null;
      post({
        kind: 'failed',
        message: (error as Error).message,
        segment: failed?.segment,
        generation: failed?.generation,
      });
    }
    schedule();
  };
  const decodeOne = (job: Wanted & { next: number }): void => {
    const begin = performance.now();
    const decoder = decoders.get(job.rendition)!;
    const end = job.first + job.frames;
    while (job.next < end && (job.next < job.from || (job.next - job.from) % job.step !== 0)) {
      decoder.skip();
      ++job.next;
    }
    if (job.next < end) {
      const frame = decoder.next();
      const memory = spare.pop();
      const texels =
        memory !== undefined && memory.byteLength === frame.texels.byteLength
          ? new Uint32Array(memory)
          : new Uint32Array(frame.texels.length);
      texels.set(frame.texels);
      const means = frame.means.slice();
      --credit;
      post(
        {
          kind: 'frame',
          generation: job.generation,
          segment: job.segment,
          frame: job.next,
          count: frame.count,
          shScale: frame.shScale,
          texels,
          means,
          milliseconds: performance.now() - begin,
        },
        [texels.buffer, means.buffer],
      );
      ++job.next;
    }
    if (job.next >= end) {
      now = null;
      post({ kind: 'done', segment: job.segment, generation: job.generation });
    }
  };
  return (request) => {
    switch (request.kind) {
      case 'open':
        Decoder.create(request.module)
          .then((made) => {
            made.open(request.type, request.init, request.index, request.fileBytes);
            decoders.set(request.rendition, made);
            schedule();
          })
          .catch((error: Error) => post({ kind: 'failed', message: error.message }));
        return;
      case 'segment':
        if (request.generation === generation) {
          queue.push(request);
        }
        break;
      case 'clear':
        generation = request.generation;
        queue = [];
        now = null;
        break;
      case 'credit':
        credit += request.frames;
        if (request.texels !== undefined && spare.length < 4) {
          spare.push(request.texels);
        }
        break;
    }
    schedule();
  };
}

function sortWorker(): (request: SortRequest) => void {
  const sorter = new DepthSorter();
  const frames = new Map<number, { means: Float32Array; count: number }>();
  return (request) => {
    switch (request.kind) {
      case 'load':
        frames.set(request.id, { means: request.means, count: request.count });
        return;
      case 'drop':
        frames.delete(request.id);
        return;
      case 'sort': {
        const frame = frames.get(request.id);
        let order = request.order;
        if (frame !== undefined) {
          if (order.length < frame.count) {
            order = new Uint32Array(frame.count);
          }
          sorter.sort(frame.means, frame.count, request.forward, order);
        }
        post({ id: request.id, order }, [order.buffer]);
        return;
      }
    }
  };
}

/** Makes this thread a worker: "decode" or "sort". */
export function runWorker(role: string): void {
  const handle = (role === 'sort' ? sortWorker() : decodeWorker()) as (request: unknown) => void;
  self.onmessage = (event: MessageEvent) => handle(event.data);
}
