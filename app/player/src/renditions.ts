// A clip at one rate or at several: what is open of each, and the steps that a player climbs.
import { readFront } from './container';
import { Decoder, type ClipInfo, type Segment } from './decoder';
import { endsEarly, isDamaged, needsOtherPlayer, Problem } from './problem';
import { SegmentStore } from './segments';
import type { OpenedSource } from './source';
import type { DecodeRequest } from './worker';

/** What can be taken of a clip: the first `layers` layers of a rendition. */
export interface Step {
  rendition: number;
  layers: number;
  rate: number; // bytes a second
}

/** A clip at one rate, of which header and index are there. */
export interface Rendition {
  info: ClipInfo;
  segments: Segment[];
  store: SegmentStore;
  /** For the workers that decode it. */
  request: Omit<Extract<DecodeRequest, { kind: 'open' }>, 'kind' | 'rendition'>;
}

async function openRendition(
  opened: OpenedSource,
  module: WebAssembly.Module,
): Promise<Rendition> {
  const { source } = opened;
  const front = await readFront(source, opened.head);
  // Only what the header and the index say is wanted here; workers open the clip again for theirs.
  const decoder = await Decoder.create(module);
  let count = 0;
  try {
    count = decoder.openIndex(front.type, front.init, front.index, source.size);
  } catch (error) {
    const words = (error as Error).message;
    throw needsOtherPlayer(words) ??
      (/^segment \d+ takes|byte \d+$|out of range/.test(words) ? endsEarly() : isDamaged(words));
  }
  if (count === 0) {
    throw isDamaged('it has no segments');
  }
  const info = decoder.info();
  const segments = Array.from({ length: count }, (_, k) => decoder.segment(k, info.layers));
  const store = new SegmentStore(source, segments);
  return { info, segments, store, request: { module, ...front, fileBytes: source.size } };
}

export class Renditions {
  private readonly opened: (Rendition | undefined)[] = [];
  private readonly opening: (Promise<Rendition> | undefined)[] = [];
  steps: Step[];
  /** Hears of each rendition once it is open. */
  heard: (k: number, rendition: Rendition) => void = () => undefined;

  /** Without `steps` there is one rendition, and a step for each of its layers. */
  constructor(
    private readonly sources: (() => Promise<OpenedSource>)[],
    private readonly module: WebAssembly.Module,
    steps: Step[],
  ) {
    this.steps = steps;
  }

  /** Opens the one with which to begin. */
  async begin(): Promise<Rendition> {
    const first = await this.open(this.steps[0]?.rendition ?? 0);
    if (this.steps.length === 0) {
      const seconds = first.info.frames / first.info.framesPerSecond;
      this.steps = Array.from({ length: first.info.layers }, (_, layer) => ({
        rendition: 0,
        layers: layer + 1,
        rate: first.segments.reduce((sum, s) => sum + s.ends[layer], 0) / seconds,
      }));
    }
    return first;
  }

  isOpen(k: number): boolean {
    return this.opened[k] !== undefined;
  }

  forEach(act: (k: number, rendition: Rendition) => void): void {
    this.opened.forEach((rendition, k) => rendition !== undefined && act(k, rendition));
  }

  open(k: number): Promise<Rendition> {
    this.opening[k] ??= this.sources[k]()
      .then((source) => openRendition(source, this.module))
      .then((rendition) => {
        this.checkAlike(rendition);
        this.opened[k] = rendition;
        this.heard(k, rendition);
        return rendition;
      });
    return this.opening[k]!;
  }

  private checkAlike({ info, segments }: Rendition): void {
    this.forEach((_, other) => {
      const same = other.info.frames === info.frames && other.info.shDegree === info.shDegree &&
        other.segments.length === segments.length &&
        other.segments.every((s, k) => s.first === segments[k].first);
      if (!same) {
        throw new Problem(
          'The clip cannot be played', 'Its renditions do not belong together.', false);
      }
    });
  }

  /** The best of the first `most` steps that is there of a segment, from 1; 0: none. */
  bestOf(segment: number, most: number): number {
    for (let step = Math.min(most, this.steps.length); step > 0; --step) {
      const { rendition, layers } = this.steps[step - 1];
      if ((this.opened[rendition]?.store.layersOf(segment) ?? 0) >= layers) {
        return step;
      }
    }
    return 0;
  }

  /** The bytes of a segment at a step that `bestOf` gave. */
  record(segment: number, step: number): Uint8Array {
    return this.opened[this.steps[step - 1].rendition]!.store.get(segment)!.record;
  }
}
