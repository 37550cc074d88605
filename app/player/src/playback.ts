// Plays a clip: what is fetched, decoded, sorted and shown, and when.
//
// Time is counted in ticks: frames since the start, going on when the clip loops. Frames are decoded
// ahead by workers that may hold no more than their credit; each is sorted in another worker just
// before it is due. The clock waits when a frame is late.
import type { OrbitCamera } from './camera';
import type { ClipInfo, Segment } from './decoder';
import { isAbort, isDamaged, Problem } from './problem';
import type { SplatRenderer } from './renderer';
import type { Rendition, Renditions, Step } from './renditions';
import { LayerChoice } from './segments';
import type { Sound } from './sound';
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

interface Fetching {
  controller: AbortController;
  segment: number;
  step: number;
  since: number; // milliseconds
}

export interface PlaybackEvents {
  problem(problem: Problem): void;
  /** Bytes of a segment are there, and a frame of it is decoded. */
  fetched(): void;
  decoded(): void;
  /** The first picture is there. */
  started(): void;
  /** A part cannot be decoded; its last picture stays. */
  damaged(): void;
}

export class Playback {
  readonly info: ClipInfo;
  readonly segments: Segment[];
  /** What the line may carry, from the least on. */
  readonly steps: Step[];
  playing = false;
  loop = true;
  speed = 1;
  /** The clock waits for bytes or frames. */
  waiting = true;
  ended = false;
  /** What is heard with the clip. */
  sound: Sound | null = null;
  readonly choice: LayerChoice;
  /** Layers of the picture that is shown, and its step from 1. */
  shownLayers = 0;
  shownStep = 0;
  decodeMilliseconds = 0; // of late, a frame

  private readonly workers: Worker[] = [];
  private readonly sorter: Worker;
  private generation = 0;
  private position = 0; // ticks, with fractions
  private plan: { segment: number; lap: number } | null = null;
  private from = 0; // the tick that a seek asked for
  private handed: Handed[] = [];
  private expected: { tick: number; segment: number }[] = [];
  private ready = new Map<number, Frame>();
  private stepsUsed = new Map<number, number>();
  private shown: Frame | null = null;
  private coming: { frame: Frame; order: Uint32Array | null } | null = null;
  private sorting = false;
  private orderStale = false;
  private spareOrders: Uint32Array[] = [];
  private fetching: Fetching | null = null;
  private nextId = 1;
  private dirty = true;
  private failed = false;
  private lateSince = 0;
  private lastLap = 0; // of the segment handed out last
  private drawing: SplatRenderer | null = null; // made while the first segment is decoded

  private constructor(
    first: Rendition,
    private readonly renditions: Renditions,
    private readonly renderer: (info: ClipInfo) => SplatRenderer,
    makeWorker: (role: string) => Worker,
    private readonly events: PlaybackEvents,
  ) {
    this.info = first.info;
    this.segments = first.segments;
    this.steps = renditions.steps;
    this.choice = new LayerChoice(this.steps.map((step) => step.rate));
    const threads = Math.max(1, Math.min(kMostWorkers, (navigator.hardwareConcurrency || 2) - 1));
    const used = Math.min(threads, this.segments.length);
    // As packed by packed_frame.hpp, with the means beside it for the sorter.
    const coefficients = (this.info.shDegree + 1) ** 2 - 1;
    const frameBytes = this.info.maxSplats * (16 * (2 + Math.ceil(coefficients / 4)) + 12);
    const credit = Math.max(4, Math.min(50, Math.floor(kMostHeld / used / frameBytes)));
    for (let w = 0; w < used; ++w) {
      const worker = makeWorker('decode');
      worker.onmessage = (event) => this.hear(w, event.data as DecodeAnswer);
      worker.onerror = (event) => this.fail(isDamaged(event.message));
      this.workers.push(worker);
      this.ask(w, { kind: 'credit', frames: credit });
    }
    renditions.heard = (rendition, { request }) => {
      this.workers.forEach((_, w) => this.ask(w, { kind: 'open', rendition, ...request }));
    };
    renditions.forEach(renditions.heard);
    this.sorter = makeWorker('sort');
    this.sorter.onmessage = (event) => this.sorted(event.data as SortAnswer);
  }

  /** Opens the rendition with which to begin. */
  static async open(
    renditions: Renditions,
    renderer: (info: ClipInfo) => SplatRenderer,
    makeWorker: (role: string) => Worker,
    events: PlaybackEvents,
  ): Promise<Playback> {
    return new Playback(await renditions.begin(), renditions, renderer, makeWorker, events);
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
    return this.renditions.bestOf(k, this.steps.length) > 0;
  }

  start(seconds = 0): void {
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
    this.fetching?.controller.abort();
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
    this.giveUpSlow();
    this.prepare(camera);
    if (this.coming?.order && this.position >= this.coming.frame.frame) {
      this.present(this.coming.frame, this.coming.order);
      this.coming = null;
      this.prepare(camera);
    }
    if (this.dirty && this.shown !== null) {
      this.dirty = false;
      this.drawing?.draw(camera.eye());
    }
  }

  /** Draws everything anew: the GPU has lost it. */
  restore(): void {
    this.drawing?.prepare();
    if (this.drawing !== null && this.shown !== null) {
      const order = Uint32Array.from({ length: this.shown.count }, (_, i) => i);
      this.drawing.upload(this.shown, order);
      this.orderStale = true;
    }
    this.dirty = true;
  }

  close(): void {
    this.failed = true;
    this.sound?.close();
    this.fetching?.controller.abort();
    this.workers.forEach((worker) => worker.terminate());
    this.sorter.terminate();
  }

  private runClock(seconds: number): void {
    const next = this.coming?.frame.frame ?? this.expected[0]?.tick;
    const isFirst = this.shown === null || (next !== undefined && next === this.from);
    let to = this.position;
    if (this.playing && !isFirst) {
      to += seconds * this.speed * this.info.framesPerSecond;
      const lap = Math.floor(to / this.info.frames) * this.info.frames;
      const led = this.sound?.lead((to - lap) / this.info.framesPerSecond) ?? null;
      if (led !== null) {
        to = Math.max(this.position, lap + led * this.info.framesPerSecond);
      }
    }
    // The last frame of a lap stays for its time; then the clip ends or begins again.
    const lapEnd = (Math.floor(this.position / this.info.frames) + 1) * this.info.frames;
    if (!this.loop && to >= lapEnd) {
      this.position = lapEnd - 1e-3;
      this.playing = false;
      this.ended = true;
      this.sound?.follow(this.duration, false, this.speed);
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
    const isRunning = this.playing && !isFirst && !this.waiting;
    const inLap = this.position % this.info.frames;
    this.sound?.follow(inLap / this.info.framesPerSecond, isRunning, this.speed);
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
      this.drawing?.setOrder(answer.order);
      this.dirty = true;
    }
    this.spareOrders.push(answer.order);
  }

  private present(frame: Frame, order: Uint32Array): void {
    this.makeRenderer();
    this.drawing?.upload(frame, order);
    this.spareOrders.push(order);
    const before = this.shown;
    this.shown = frame;
    this.shownStep = this.stepsUsed.get(frame.segment) ?? this.shownStep;
    this.shownLayers = this.steps[this.shownStep - 1]?.layers ?? 0;
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
      const step = this.renditions.bestOf(this.plan.segment, this.choice.most);
      if (step === 0) {
        break;
      }
      this.handOut(this.plan, step);
      this.plan = this.after(this.plan);
    }
    if (this.plan === null && this.loop) {
      this.plan = this.after({ segment: this.segments.length - 1, lap: this.lastLap });
    }
    this.fetchNext();
  }
  private handOut(place: { segment: number; lap: number }, taken: number): void {
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
    this.stepsUsed.set(place.segment, taken);
    this.handed.push({
      segment: place.segment, worker, first: base + first, end: base + first + frames,
    });
    this.ask(worker, {
      kind: 'segment',
      generation: this.generation,
      segment: place.segment,
      rendition: this.steps[taken - 1].rendition,
      record: this.renditions.record(place.segment, taken),
      layers: this.steps[taken - 1].layers,
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
      const there = this.renditions.bestOf(place.segment, this.choice.most);
      const wanted = this.wantedStep(there, ahead);
      if (wanted > there) {
        void this.fetch(place.segment, wanted);
        return;
      }
      ahead += segment.frames / this.info.framesPerSecond / this.speed;
      if (ahead > kSecondsFetched || ++seen >= this.segments.length) {
        return;
      }
    }
  }

  /** The step, from 1, that a segment should have of which `there` is there. */
  private wantedStep(there: number, ahead: number): number {
    if (this.choice.fixed > 0) {
      return this.choice.most;
    }
    // A better step of what is there already is worth a request only when there is time for it.
    if (there > 0 && (ahead < 1 || there === this.steps.length)) {
      return there;
    }
    const isShort = this.shown !== null && this.ready.size < this.info.framesPerSecond / 2;
    const wanted = this.choice.suggest(this.speed, isShort);
    if (this.shown === null) {
      // The first picture waits for no other rendition.
      let quick = 1;
      while (quick < wanted && this.renditions.isOpen(this.steps[quick].rendition)) {
        ++quick;
      }
      if (quick < wanted) {
        return quick;
      }
    }
    this.choice.took(wanted);
    return wanted;
  }

  /** A request that takes twice as long as what it brings plays is for another line. */
  private giveUpSlow(): void {
    const { fetching } = this;
    if (fetching === null || fetching.step < 2 || this.choice.fixed > 0) {
      return;
    }
    const { frames } = this.segments[fetching.segment];
    const plays = frames / this.info.framesPerSecond / this.speed;
    if (performance.now() - fetching.since > 2000 * Math.max(plays, 0.5)) {
      fetching.controller.abort();
      this.fetching = null;
      window.setTimeout(() => this.pump(), 0); // when the line has been measured
    }
  }

  private async fetch(segment: number, step: number): Promise<void> {
    const controller = new AbortController();
    this.fetching = { controller, segment, step, since: performance.now() };
    const { rendition, layers } = this.steps[step - 1];
    try {
      const { store } = await this.renditions.open(rendition);
      if (controller.signal.aborted) {
        return;
      }
      if (this.fetching?.controller === controller) {
        this.fetching.since = performance.now(); // the rendition's header is there
      }
      await store.fetch(segment, layers, controller.signal);
      this.events.fetched();
    } catch (error) {
      if (!isAbort(error) && !controller.signal.aborted) {
        this.fail(error);
      }
      return;
    }
    if (this.fetching?.controller === controller) {
      this.fetching = null;
      this.pump();
      this.makeRenderer();
    }
  }

  private makeRenderer(): void {
    try {
      this.drawing ??= this.renderer(this.info);
    } catch (error) {
      this.fail(error);
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
      this.events.decoded();
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
