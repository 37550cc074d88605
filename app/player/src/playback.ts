// Plays a clip: what is fetched, decoded, sorted and shown, and when.
//
// Time is counted in ticks: frames since the start, going on when the clip loops. Frames are decoded
// ahead by workers that may hold no more than their credit; each is sorted in another worker just
// before it is due. The clock waits when a frame is late.
import type { OrbitCamera } from './camera';
import { readFront } from './container';
import { Decoder, type ClipInfo, type Segment } from './decoder';
import { endsEarly, isAbort, isDamaged, Problem } from './problem';
import type { SplatRenderer } from './renderer';
import { LayerChoice, SegmentStore } from './segments';
import type { ByteSource, OpenedSource } from './source';
import type { DecodeAnswer, DecodeRequest, SortAnswer, SortRequest } from './worker';

const kMostHeld = 96 << 20; // bytes of decoded frames, of all workers
const kSecondsFetched = 6;
const kMostWorkers = 2;

type FrameAnswer = Extract<DecodeAnswer, { kind: 'frame' }>;
interface Frame extends FrameAnswer {
  from: number; // the worker
  id: number;
}
interface Handed {
  segment: number;
  worker: number;
  first: number; // tick
  end: number;
}

export interface PlaybackEvents {
  problem(problem: Problem): void;
  /** The first picture is there. */
  started(): void;
  /** A part cannot be decoded; its last picture stays. */
  damaged(): void;
}

export class Playback {
  readonly info: ClipInfo;
  readonly segments: Segment[];
  playing = false;
  loop = true;
  speed = 1;
  /** The clock waits for bytes or frames. */
  waiting = true;
  ended = false;
  readonly choice: LayerChoice;
  /** Layers of the picture that is shown. */
  shownLayers = 0;
  decodeMilliseconds = 0; // of late, a frame

  private readonly store: SegmentStore;
  private readonly workers: Worker[] = [];
  private readonly sorter: Worker;
  private generation = 0;
  private position = 0; // ticks, with fractions
  private plan: { segment: number; lap: number } | null = null;
  private from = 0; // the tick that a seek asked for
  private handed: Handed[] = [];
  private expected: { tick: number; segment: number }[] = [];
  private ready = new Map<number, Frame>();
  private layersUsed = new Map<number, number>();
  private shown: Frame | null = null;
  private coming: { frame: Frame; order: Uint32Array | null } | null = null;
  private sorting = false;
  private orderStale = false;
  private spareOrders: Uint32Array[] = [];
  private fetching: AbortController | null = null;
  private nextId = 1;
  private dirty = true;
  private failed = false;
  private lateSince = 0;
  private lastLap = 0; // of the segment handed out last
  private drawing!: SplatRenderer; // from `start` on

  private constructor(
    decoder: Decoder,
    count: number,
    source: ByteSource,
    private readonly renderer: (info: ClipInfo) => SplatRenderer,
    makeWorker: (role: string) => Worker,
    open: Omit<Extract<DecodeRequest, { kind: 'open' }>, 'kind'>,
    private readonly events: PlaybackEvents,
  ) {
    this.info = decoder.info();
    this.segments = Array.from({ length: count }, (_, k) => decoder.segment(k, this.info.layers));
    this.store = new SegmentStore(source, this.segments);
    const seconds = this.info.frames / this.info.framesPerSecond;
    this.choice = new LayerChoice(
      Array.from({ length: this.info.layers }, (_, layer) =>
        this.segments.reduce((sum, s) => sum + s.ends[layer], 0) / seconds),
    );
    const threads = Math.max(1, Math.min(kMostWorkers, (navigator.hardwareConcurrency || 2) - 1));
    const used = Math.min(threads, count);
    // As packed by packed_frame.hpp, with the means beside it for the sorter.
    const coefficients = (this.info.shDegree + 1) ** 2 - 1;
    const frameBytes = this.info.maxSplats * (16 * (2 + Math.ceil(coefficients / 4)) + 12);
    const credit = Math.max(4, Math.min(50, Math.floor(kMostHeld / used / frameBytes)));
    for (let w = 0; w < used; ++w) {
      const worker = makeWorker('decode');
      worker.onmessage = (event) => this.hear(w, event.data as DecodeAnswer);
      worker.onerror = (event) => this.fail(isDamaged(event.message));
      this.workers.push(worker);
      this.ask(w, { kind: 'open', ...open });
      this.ask(w, { kind: 'credit', frames: credit });
    }
    this.sorter = makeWorker('sort');
    this.sorter.onmessage = (event) => this.sorted(event.data as SortAnswer);
  }

  /** Opens the clip whose front was fetched. */
  static async open(
    opened: OpenedSource,
    module: WebAssembly.Module,
    renderer: (info: ClipInfo) => SplatRenderer,
    makeWorker: (role: string) => Worker,
    events: PlaybackEvents,
  ): Promise<Playback> {
    const { source } = opened;
    const front = await readFront(source, opened.head);
    // Only what the header and the index say is wanted here; workers open the clip again for theirs.
    const decoder = await Decoder.create(module);
    let count = 0;
    try {
      count = decoder.openIndex(front.type, front.init, front.index, source.size);
    } catch (error) {
      const words = (error as Error).message;
      throw /^segment \d+ takes|byte \d+$|out of range/.test(words) ? endsEarly() : isDamaged(words);
    }
    const playback = new Playback(
      decoder, count, source, renderer, makeWorker,
      { module, ...front, fileBytes: source.size }, events,
    );
    if (count === 0) {
      throw isDamaged('it has no segments');
    }
    return playback;
  }

  /** Seconds. */
  get duration(): number {
    return this.info.frames / this.info.framesPerSecond;
  }
  get time(): number {
    return this.frame / this.info.framesPerSecond;
  }
  /** The frame that the clock is at. */
  get frame(): number {
    return Math.floor(this.position + 1e-6) % this.info.frames;
  }
  /** The frame of the picture; -1: none yet. */
  get shownFrame(): number {
    return this.shown === null ? -1 : this.shown.frame % this.info.frames;
  }
  get splats(): number {
    return this.shown?.count ?? 0;
  }
  /** Decoded frames that wait. */
  get held(): number {
    return this.ready.size;
  }

  /** Whether the bytes of segment `k` are there. */
  isFetched(k: number): boolean {
    return this.store.layersOf(k) > 0;
  }

  start(seconds = 0): void {
    this.drawing = this.renderer(this.info);
    this.seek(seconds);
  }
  play(): void {
    if (this.ended) {
      this.seek(0);
    }
    this.playing = true;
  }
  pause(): void {
    this.playing = false;
  }

  seek(seconds: number): void {
    const frame = Math.round(seconds * this.info.framesPerSecond);
    this.seekFrame(Math.max(0, Math.min(this.info.frames - 1, frame)));
  }

  seekFrame(frame: number): void {
    ++this.generation;
    this.ended = false;
    this.waiting = true;
    this.fetching?.abort();
    this.fetching = null;
    this.workers.forEach((_, w) => this.ask(w, { kind: 'clear', generation: this.generation }));
    this.ready.forEach((held) => this.giveBack(held));
    this.ready.clear();
    if (this.coming !== null) {
      const { frame, order } = this.coming;
      this.coming = null;
      this.tell({ kind: 'drop', id: frame.id });
      this.giveBack(frame);
      if (order !== null) {
        this.spareOrders.push(order);
      }
    }
    this.expected = [];
    this.handed = [];
    this.position = frame;
    this.from = frame;
    let segment = this.segments.findIndex((s) => frame < s.first + s.frames);
    segment = segment < 0 ? this.segments.length - 1 : segment;
    this.plan = { segment, lap: 0 };
    this.pump();
  }

  /** Goes on by `seconds` of real time and draws when anything has changed. */
  advance(seconds: number, camera: OrbitCamera, resized: boolean): void {
    if (this.failed) {
      return;
    }
    if (camera.advance(seconds) || resized) {
      this.dirty = true;
      this.orderStale = true;
    }
    this.runClock(seconds);
    this.prepare(camera);
    if (this.coming?.order && this.position >= this.coming.frame.frame) {
      this.present(this.coming.frame, this.coming.order);
      this.coming = null;
      this.prepare(camera);
    }
    if (this.dirty && this.shown !== null) {
      this.dirty = false;
      this.drawing.draw(camera.eye());
    }
  }

  /** Draws everything anew: the GPU has lost it. */
  restore(): void {
    this.drawing.prepare();
    if (this.shown !== null) {
      const order = Uint32Array.from({ length: this.shown.count }, (_, i) => i);
      this.drawing.upload(this.shown, order);
      this.orderStale = true;
    }
    this.dirty = true;
  }

  close(): void {
    this.failed = true;
    this.fetching?.abort();
    this.workers.forEach((worker) => worker.terminate());
    this.sorter.terminate();
  }

  private runClock(seconds: number): void {
    const next = this.coming?.frame.frame ?? this.expected[0]?.tick;
    const isFirst = this.shown === null || (next !== undefined && next === this.from);
    let to = this.position;
    if (this.playing && !isFirst) {
      to += seconds * this.speed * this.info.framesPerSecond;
    }
    // The last frame of a lap stays for its time; then the clip ends or begins again.
    const lapEnd = (Math.floor(this.position / this.info.frames) + 1) * this.info.frames;
    if (!this.loop && to >= lapEnd) {
      this.position = lapEnd - 1e-3;
      this.playing = false;
      this.ended = true;
      return;
    }
    const isLate = next === undefined
      ? this.plan !== null || this.handed.length > 0
      : to >= next && !this.coming?.order && !this.ready.has(next);
    if (isLate && next !== undefined) {
      to = Math.max(this.position, Math.min(to, next));
    } else if (isLate) {
      to = this.position;
    }
    this.position = to;
    const now = performance.now();
    if (!isLate) {
      this.lateSince = now;
    }
    this.waiting = isLate && now - this.lateSince > 250;
  }

  /** Sends the frame that is due next to the sorter, or the shown one when the camera has moved. */
  private prepare(camera: OrbitCamera): void {
    if (this.sorting) {
      return;
    }
    if (this.coming === null) {
      // Of several that are due the latest is shown.
      while (
        this.expected.length > 1 &&
        this.expected[1].tick <= this.position &&
        this.ready.has(this.expected[1].tick)
      ) {
        this.drop(this.expected.shift()!.tick);
      }
      const tick = this.expected[0]?.tick;
      const frame = tick === undefined ? undefined : this.ready.get(tick);
      if (frame !== undefined) {
        this.expected.shift();
        this.ready.delete(tick!);
        this.coming = { frame, order: null };
        this.tell({ kind: 'load', id: frame.id, means: frame.means, count: frame.count }, [
          frame.means.buffer,
        ]);
        this.sort(frame.id, camera);
        return;
      }
    }
    if (this.orderStale && this.shown !== null) {
      this.orderStale = false;
      this.sort(this.shown.id, camera);
    }
  }

  private sort(id: number, camera: OrbitCamera): void {
    this.sorting = true;
    const order = this.spareOrders.pop() ?? new Uint32Array(this.info.maxSplats);
    this.tell({ kind: 'sort', id, forward: camera.eye().forward, order }, [order.buffer]);
  }

  private sorted(answer: SortAnswer): void {
    this.sorting = false;
    if (this.coming !== null && answer.id === this.coming.frame.id) {
      this.coming.order = answer.order;
      return;
    }
    if (this.shown !== null && answer.id === this.shown.id) {
      this.drawing.setOrder(answer.order);
      this.dirty = true;
    }
    this.spareOrders.push(answer.order);
  }

  private present(frame: Frame, order: Uint32Array): void {
    this.drawing.upload(frame, order);
    this.spareOrders.push(order);
    const before = this.shown;
    this.shown = frame;
    this.shownLayers = this.layersUsed.get(frame.segment) ?? this.shownLayers;
    this.dirty = true;
    if (before !== null) {
      this.tell({ kind: 'drop', id: before.id });
      this.giveBack(before);
    } else {
      this.events.started();
    }
    this.pump();
  }

  private drop(tick: number): void {
    const frame = this.ready.get(tick);
    if (frame !== undefined) {
      this.ready.delete(tick);
      this.giveBack(frame);
    }
  }

  /** Returns a frame's memory and its credit to the worker that made it. */
  private giveBack(frame: Frame): void {
    const texels = frame.texels.buffer as ArrayBuffer;
    this.ask(frame.from, { kind: 'credit', frames: 1, texels }, [texels]);
  }

  /** Hands out segments that are fetched, and fetches those to come. */
  private pump(): void {
    while (this.plan !== null && this.handed.length < this.workers.length) {
      const held = this.store.get(this.plan.segment);
      if (held === undefined) {
        break;
      }
      const most = this.choice.fixed > 0 ? this.choice.fixed : held.layers;
      this.handOut(this.plan, held.record, Math.min(most, held.layers));
      this.plan = this.after(this.plan);
    }
    if (this.plan === null && this.loop) {
      this.plan = this.after({ segment: this.segments.length - 1, lap: this.lastLap });
    }
    this.fetchNext();
  }
  private handOut(
    place: { segment: number; lap: number },
    record: Uint8Array,
    layers: number,
  ): void {
    const { first, frames } = this.segments[place.segment];
    const busy = new Set(this.handed.map((h) => h.worker));
    const worker = this.workers.findIndex((_, w) => !busy.has(w));
    const base = place.lap * this.info.frames;
    const from = Math.max(this.from, base + first);
    const step = this.step();
    for (let tick = from; tick < base + first + frames; tick += step) {
      this.expected.push({ tick, segment: place.segment });
    }
    this.lastLap = place.lap;
    this.layersUsed.set(place.segment, layers);
    this.handed.push({
      segment: place.segment, worker, first: base + first, end: base + first + frames,
    });
    this.ask(worker, {
      kind: 'segment',
      generation: this.generation,
      segment: place.segment,
      record,
      layers,
      first: base + first,
      frames,
      from,
      step,
    });
  }

  /** Every how many frames are decoded: 1, unless that is too much for this machine. */
  private step(): number {
    const perFrame = 1000 / this.info.framesPerSecond / this.speed;
    const most = 0.95 * this.workers.length * perFrame;
    return Math.max(1, Math.min(4, Math.ceil(this.decodeMilliseconds / most)));
  }

  private after(place: { segment: number; lap: number }): { segment: number; lap: number } | null {
    if (place.segment + 1 < this.segments.length) {
      return { segment: place.segment + 1, lap: place.lap };
    }
    return this.loop ? { segment: 0, lap: place.lap + 1 } : null;
  }

  private fetchNext(): void {
    if (this.fetching !== null || this.failed) {
      return;
    }
    let ahead = 0;
    let seen = 0;
    for (let place = this.plan; place !== null; place = this.after(place)) {
      const segment = this.segments[place.segment];
      const wanted = this.wantedLayers(place.segment, ahead);
      if (wanted > this.store.layersOf(place.segment)) {
        this.choice.took(wanted);
        void this.fetch(place.segment, wanted);
        return;
      }
      ahead += segment.frames / this.info.framesPerSecond / this.speed;
      if (ahead > kSecondsFetched || ++seen >= this.segments.length) {
        return;
      }
    }
  }

  private wantedLayers(segment: number, ahead: number): number {
    const there = this.store.layersOf(segment);
    if (this.choice.fixed > 0) {
      return Math.min(this.choice.fixed, this.info.layers);
    }
    // More layers of what is there already are worth a request only when there is time for it.
    if (there > 0 && (ahead < 1 || there === this.info.layers)) {
      return there;
    }
    const isShort = this.shown !== null && this.ready.size < this.info.framesPerSecond / 2;
    return this.choice.suggest(this.speed, isShort);
  }

  private async fetch(segment: number, layers: number): Promise<void> {
    const controller = new AbortController();
    this.fetching = controller;
    try {
      await this.store.fetch(segment, layers, controller.signal);
    } catch (error) {
      if (!isAbort(error) && !controller.signal.aborted) {
        this.fail(error);
      }
      return;
    }
    if (this.fetching === controller) {
      this.fetching = null;
      this.pump();
    }
  }

  private hear(worker: number, answer: DecodeAnswer): void {
    if (answer.kind === 'frame') {
      const frame: Frame = { ...answer, from: worker, id: this.nextId++ };
      if (answer.generation !== this.generation) {
        this.giveBack(frame);
        return;
      }
      const share = this.decodeMilliseconds === 0 ? 1 : 0.1;
      this.decodeMilliseconds += share * (answer.milliseconds - this.decodeMilliseconds);
      this.ready.set(answer.frame, frame);
    } else if (answer.kind === 'done' && answer.generation === this.generation) {
      this.handed = this.handed.filter((h) => h.worker !== worker);
      this.pump();
    } else if (answer.kind === 'failed') {
      if (answer.segment === undefined) {
        this.fail(isDamaged(answer.message));
      } else if (answer.generation === this.generation) {
        this.passOver(worker, answer.segment, answer.message);
      }
    }
  }

  /** A segment that cannot be decoded: the last picture stays until the next segment. */
  private passOver(worker: number, segment: number, message: string): void {
    const handed = this.handed.find((h) => h.worker === worker);
    this.handed = this.handed.filter((h) => h !== handed);
    this.expected = this.expected.filter((e) => e.segment !== segment || this.ready.has(e.tick));
    if (handed !== undefined && this.from >= handed.first && this.from < handed.end) {
      // What a seek asked for does not come: the next segment stands for it.
      this.from = handed.end;
      this.position = Math.max(this.position, handed.end);
    }
    if (this.shown === null && this.segments.length === 1) {
      this.fail(isDamaged(message));
      return;
    }
    this.events.damaged();
    this.pump();
  }

  private fail(error: unknown): void {
    if (this.failed) {
      return;
    }
    this.close();
    this.events.problem(
      error instanceof Problem
        ? error
        : new Problem('The clip cannot be played', (error as Error).message ?? String(error)),
    );
  }

  private ask(worker: number, request: DecodeRequest, transfer: Transferable[] = []): void {
    this.workers[worker].postMessage(request, transfer);
  }
  private tell(request: SortRequest, transfer: Transferable[] = []): void {
    this.sorter.postMessage(request, transfer);
  }
}
