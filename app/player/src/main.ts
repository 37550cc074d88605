// The page of an exported clip. The same script is the page and its workers.
import { OrbitCamera, type View } from './camera';
import { Controls, showLoading, showNotice, showProblem } from './controls';
import { Playback } from './playback';
import { Problem } from './problem';
import { makeContext, SplatRenderer } from './renderer';
import { Renditions, type Step } from './renditions';
import { Sound } from './sound';
import { openSource, SplitSource, type OpenedSource, type SplitFile, type Watcher } from './source';
import { runWorker } from './worker';

/** What the export says in the page. */
interface PageSettings {
  clip: string; // or a manifest.json of the split form
  view: View;
  front?: number; // bytes of the clip before its first segment
  sound?: string;
}

/** Where a clip lies: one file, or its parts. */
interface Place {
  url?: string;
  files?: { url: string; o: number; l: number }[];
  segments?: { o: number }[];
}

/** The part of manifest.json that a player needs of clips in parts or at several rates. */
interface Manifest extends Place {
  renditions?: Place[]; // besides the clip itself
  ladder?: { kbps: number; rendition: number; layers: number }[];
}

const kHeadBytes = 65536;
const kMostHeadBytes = 1 << 24;
const kBackground: [number, number, number] = [15 / 255, 17 / 255, 21 / 255]; // as in player.css

/** For tests, and for pages that put a player into something larger. */
interface PlayerHandle {
  playback: Playback | null;
  camera: OrbitCamera | null;
  requests: number;
  bytes: number;
  problem: Problem | null;
  /** When each step of the start was done, in milliseconds since the page was asked for. */
  steps: Record<string, number>;
}

function resolve(url: string, base: string = document.baseURI): string {
  return new URL(url, base).href;
}

async function loadModule(): Promise<WebAssembly.Module> {
  const answer = await fetch(resolve('player.wasm')).catch(() => null);
  if (answer === null || !answer.ok) {
    throw new Problem('The player is not complete', 'The file player.wasm is not beside this page.');
  }
  // Compiled while it arrives, where the server says what it is.
  const type = answer.headers.get('Content-Type') ?? '';
  return typeof WebAssembly.compileStreaming === 'function' && type.startsWith('application/wasm')
    ? WebAssembly.compileStreaming(answer)
    : WebAssembly.compile(await answer.arrayBuffer());
}

async function openPlace(place: Place, base: string, watcher: Watcher): Promise<OpenedSource> {
  // All that comes before the first segment, where that is known: no second request is needed.
  const head = Math.min(Math.max(place.segments?.[0]?.o ?? 0, kHeadBytes), kMostHeadBytes);
  if (place.url !== undefined) {
    return openSource(resolve(place.url, base), head, watcher);
  }
  const files: SplitFile[] = (place.files ?? []).map((file) => ({
    url: resolve(file.url, base),
    first: file.o,
    bytes: file.l,
  }));
  if (files.length === 0) {
    throw new Problem('The clip cannot be played', 'Its manifest lists no files.', false);
  }
  const source = new SplitSource(files, watcher);
  return { source, head: await source.read(0, head) };
}

/** Where the clip's renditions come from, and the steps of its ladder. */
async function findClip(
  url: string,
  front: number,
  watcher: Watcher,
): Promise<{ sources: (() => Promise<OpenedSource>)[]; steps: Step[] }> {
  // The one with which to begin is asked for at once: the decoder is still on its way.
  const begin = (places: Place[], first: number): (() => Promise<OpenedSource>)[] => {
    const opened = openPlace(places[first], url, watcher);
    opened.catch(() => undefined); // whoever waits for it hears of it
    return places.map((place, k) => () => k === first ? opened : openPlace(place, url, watcher));
  };
  if (!new URL(url).pathname.endsWith('.json')) {
    return { sources: begin([{ url, segments: [{ o: front }] }], 0), steps: [] };
  }
  const answer = await fetch(url).catch(() => null);
  if (answer === null || !answer.ok) {
    throw new Problem('The clip is not here', 'The server has no manifest of it.');
  }
  const manifest = (await answer.json()) as Manifest;
  const places: Place[] = [manifest, ...(manifest.renditions ?? [])];
  const steps = (manifest.ladder ?? []).map(({ kbps, rendition, layers }) => {
    if (!(kbps > 0 && layers >= 1 && rendition in places)) {
      throw new Problem('The clip cannot be played', 'The ladder of its manifest is wrong.', false);
    }
    return { rendition, layers, rate: (kbps * 1000) / 8 };
  });
  return { sources: begin(places, steps[0]?.rendition ?? 0), steps };
}

class Page {
  readonly handle: PlayerHandle = {
    playback: null, camera: null, requests: 0, bytes: 0, problem: null, steps: {},
  };
  private readonly canvas = document.getElementById('view') as HTMLCanvasElement;
  private readonly script: string;
  private controls: Controls | null = null;
  /** Workers that start while the clip is fetched. */
  private readonly early = new Map<string, Worker>();
  private last = 0;

  constructor(private readonly settings: PageSettings, script: string) {
    this.script = script;
    this.canvas.addEventListener('webglcontextlost', (event) => event.preventDefault());
    this.canvas.addEventListener('webglcontextrestored', () => this.handle.playback?.restore());
  }

  async load(): Promise<void> {
    const { handle } = this;
    handle.problem = null;
    const watcher: Watcher = {
      measure: (bytes, seconds, gaveUp) => {
        ++handle.requests;
        handle.bytes += bytes;
        handle.playback?.choice.measure(bytes, seconds, gaveUp);
      },
      trouble: (retrying) => {
        if (retrying) {
          showNotice('The connection was interrupted; trying again…');
        }
      },
    };
    try {
      if (location.protocol === 'file:') {
        throw new Problem(
          'This page needs a web server',
          'Opened as a file, it may not read the clip beside it. Put this folder on any web ' +
            'server, or run “volpress serve” on it, and open the address that it prints.',
          false,
        );
      }
      showLoading('Loading');
      this.note('script');
      for (const role of ['decode', 'sort']) {
        this.early.set(role, new Worker(this.script, { name: role }));
      }
      const other = new URLSearchParams(location.search).get('clip');
      const front = other === null ? this.settings.front ?? 0 : 0;
      const coming = Promise.all([
        findClip(resolve(other ?? this.settings.clip), front, watcher),
        loadModule().then((loaded) => this.note('decoder', loaded))]);
      makeContext(this.canvas);
      this.note('context');
      const [{ sources, steps }, module] = await coming;
      showLoading('Preparing the scene');
      const playback = await Playback.open(
        new Renditions(sources, module, steps),
        (info) => {
          const { eye, target } = this.settings.view;
          const far = Math.hypot(...eye.map((x, k) => x - target[k])) || 1;
          return new SplatRenderer(
            this.canvas, info.shDegree, info.antialiased, kBackground, Math.min(0.2, far / 50));
        },
        (role) => {
          const worker = this.early.get(role) ?? new Worker(this.script, { name: role });
          this.early.delete(role);
          return worker;
        },
        {
          problem: (problem) => this.fail(problem),
          fetched: () => this.note('segment'),
          decoded: () => this.note('frame'),
          started: () => {
            this.note('picture');
            document.body.dataset.state = 'ready';
          },
          damaged: () => showNotice('A part of the clip is damaged and cannot be shown.'),
        },
      );
      this.note('index');
      handle.playback = playback;
      handle.camera = new OrbitCamera(this.settings.view, playback.info.upIsMinusY);
      const at = Number(/^#t=([\d.]+)$/.exec(location.hash)?.[1] ?? 0);
      playback.start(at);
      if (this.settings.sound !== undefined) {
        playback.sound = new Sound(resolve(this.settings.sound), () =>
          showNotice('The sound of this clip cannot be played.'));
      }
      this.controls = new Controls(playback, handle.camera, () => undefined);
      if (!matchMedia('(prefers-reduced-motion: reduce)').matches) {
        playback.play();
      }
      this.last = performance.now();
      requestAnimationFrame((now) => this.draw(now));
    } catch (error) {
      this.fail(
        error instanceof Problem
          ? error
          : new Problem('The clip cannot be played', (error as Error).message));
    }
  }

  private draw(now: number): void {
    const { playback, camera, problem } = this.handle;
    if (playback === null || camera === null || problem !== null) {
      return;
    }
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    const width = Math.max(1, Math.round(this.canvas.clientWidth * scale));
    const height = Math.max(1, Math.round(this.canvas.clientHeight * scale));
    const resized = this.canvas.width !== width || this.canvas.height !== height;
    if (resized) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    try {
      playback.advance(Math.max(0, Math.min(0.25, (now - this.last) / 1000)), camera, resized);
    } catch (error) {
      this.fail(
        error instanceof Problem
          ? error
          : new Problem('The clip cannot be drawn', (error as Error).message));
      return;
    }
    this.last = now;
    this.controls?.update();
    requestAnimationFrame((next) => this.draw(next));
  }

  private note<T>(step: string, value?: T): T {
    this.handle.steps[step] ??= performance.now();
    return value as T;
  }

  private fail(problem: Problem): void {
    this.handle.problem = problem;
    this.early.forEach((worker) => worker.terminate());
    this.handle.playback?.close();
    showProblem(problem, () => location.reload());
  }
}

if (typeof document === 'undefined') {
  runWorker(self.name);
} else {
  const script = (document.currentScript as HTMLScriptElement).src;
  const text = document.getElementById('settings-of-page')?.textContent ?? '{}';
  const page = new Page(JSON.parse(text) as PageSettings, script);
  (window as unknown as { volpress: PlayerHandle }).volpress = page.handle;
  void page.load();
}
