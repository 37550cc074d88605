// The sound of a clip. While it is heard it is the clock: pictures follow it, for an ear notices a jump
// that an eye does not.

// Seconds that the sound may be ahead of the picture, which then jumps after it, or behind; beyond them the
// sound is set to where the picture is.
const kAhead = 2;
const kBehind = 0.25;

export class Sound {
  // Browsers let only what might have a picture play unheard before somebody touches the page.
  private readonly element = document.createElement('video');
  private usable = true;
  private starting = false;

  /** `lost` is called once when the sound cannot be had; playback goes on without. */
  constructor(url: string, lost: () => void) {
    this.element.src = url;
    this.element.preload = 'auto';
    this.element.playsInline = true;
    this.element.onerror = () => {
      if (this.usable) {
        this.usable = false;
        lost();
      }
    };
  }

  get isUsable(): boolean {
    return this.usable;
  }
  get muted(): boolean {
    return this.element.muted;
  }
  set muted(muted: boolean) {
    this.element.muted = muted;
  }
  /** Seconds from the clip's beginning. */
  get time(): number {
    return this.element.currentTime;
  }
  get isHeard(): boolean {
    const { element } = this;
    return this.usable && !element.paused && !element.seeking && !element.ended &&
      element.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
  }

  /** Where the clip should be, in seconds, for a clock at `time`; nothing while it is not heard. */
  lead(time: number): number | null {
    return this.isHeard && this.isNear(time) ? this.time : null;
  }

  /** Brings the sound to where the clip is. */
  follow(time: number, running: boolean, speed: number): void {
    const { element } = this;
    if (!this.usable || this.starting) {
      return;
    }
    const hasEnded = Number.isFinite(element.duration) && time >= element.duration;
    if (!running || hasEnded) {
      if (!element.paused) {
        element.pause();
      }
      return;
    }
    if (element.playbackRate !== speed) {
      element.playbackRate = speed;
    }
    const isThere = element.paused ? Math.abs(this.time - time) < 0.02 : this.isNear(time);
    if (!element.seeking && !isThere) {
      element.currentTime = time;
    }
    if (element.paused) {
      this.begin();
    }
  }

  close(): void {
    this.usable = false;
    this.element.pause();
    this.element.removeAttribute('src');
  }

  private isNear(time: number): boolean {
    return this.time < time + kAhead && this.time > time - kBehind;
  }

  /** Browsers let a page be heard only after somebody has touched it: until then it plays unheard. */
  private begin(): void {
    this.starting = true;
    this.element.play().catch((error: Error) => {
      if (error.name === 'NotAllowedError' && !this.element.muted) {
        this.element.muted = true;
      }
    }).finally(() => {
      this.starting = false;
    });
  }
}
