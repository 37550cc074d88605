// The bar at the foot of the page, its keys, and the pages shown when something is wrong.
import { handleOrbit, type OrbitCamera } from './camera';
import { icons } from './icons';
import type { Playback } from './playback';
import type { Problem } from './problem';

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

const kSpeeds = [0.25, 0.5, 1, 1.5, 2];
const kQuiet = 2600; // milliseconds until the bar hides while a clip plays

function clock(seconds: number): string {
  const whole = Math.floor(seconds + 1e-6);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${pad(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
}

/** A rate for people, in Mbit/s. */
function megabits(bytesPerSecond: number): string {
  const rate = (8 * bytesPerSecond) / 1e6;
  return `${rate < 9.95 ? rate.toFixed(1) : Math.round(rate)} Mbit/s`;
}

/** The page that says what is wrong, in place of the picture. */
export function showProblem(problem: Problem, retry: () => void): void {
  find('problem-icon').innerHTML = icons.problem;
  find('problem-title').textContent = problem.title;
  find('problem-detail').textContent = problem.detail;
  const button = find<HTMLButtonElement>('retry');
  button.hidden = !problem.canRetry;
  button.onclick = () => {
    document.body.dataset.state = 'loading';
    retry();
  };
  document.body.dataset.state = 'problem';
  (problem.canRetry ? button : find('problem')).focus();
}

export function showLoading(words: string): void {
  find('loading-words').textContent = words;
}

/** A line that says something for a few seconds. */
export function showNotice(words: string): void {
  const notice = find('notice');
  notice.textContent = words;
  notice.classList.add('shown');
  clearTimeout(Number(notice.dataset.timer));
  notice.dataset.timer = String(
    window.setTimeout(() => notice.classList.remove('shown'), 4000),
  );
}

/** A row of choices of which one holds. */
function choices(row: HTMLElement, names: string[], chosen: number, choose: (k: number) => void): void {
  row.replaceChildren(
    ...names.map((name, k) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = name;
      button.setAttribute('aria-pressed', String(k === chosen));
      button.onclick = () => {
        [...row.children].forEach((other, j) =>
          other.setAttribute('aria-pressed', String(j === k)));
        choose(k);
      };
      return button;
    }),
  );
}

export class Controls {
  private readonly play = find<HTMLButtonElement>('play');
  private readonly line = find<HTMLInputElement>('line');
  private readonly fetched = find<HTMLCanvasElement>('fetched');
  private touched = performance.now();
  private dragging = false;
  private wasPlaying = false;
  private shownIcon = '';
  private shownTime = '';
  private shownSound = '';
  private drawnFetched = 0;

  constructor(
    private readonly playback: Playback,
    private readonly camera: OrbitCamera,
    private readonly redraw: () => void,
  ) {
    const { duration, info } = playback;
    find('length').textContent = clock(duration);
    this.line.max = String(info.frames - 1);
    this.play.onclick = () => this.toggle();
    this.button('loop', icons.loop, () => this.setLoop(!playback.loop));
    this.button('sound', icons.sound, () => this.toggleSound());
    this.button('home', icons.home, () => this.goHome());
    this.button('settings', icons.settings, () => this.openMenu(find('menu').hidden));
    this.button('full', icons.larger, () => this.toggleFull());
    this.setLoop(playback.loop);
    choices(find('speeds'), kSpeeds.map((s) => `${s}×`), kSpeeds.indexOf(1), (k) => {
      playback.speed = kSpeeds[k];
    });
    const { steps } = playback;
    const isLadder = steps.some((step) => step.rendition !== 0);
    const names = isLadder || steps.length > 4
      ? steps.map((step) => megabits(step.rate))
      : [...['Low', 'Medium', 'High'].slice(0, Math.max(1, steps.length - 1)), 'Best'];
    const kinds = ['Automatic', ...names];
    choices(find('qualities'), kinds, 0, (k) => {
      playback.choice.fixed = k;
      playback.seekFrame(playback.frame);
    });
    find('quality-row').hidden = steps.length < 2;
    this.line.addEventListener('input', () => {
      if (!this.dragging) {
        this.dragging = true;
        this.wasPlaying = playback.playing;
        playback.pause();
      }
      playback.seekFrame(Number(this.line.value));
    });
    this.line.addEventListener('change', () => {
      this.dragging = false;
      if (this.wasPlaying) {
        playback.play();
      }
    });
    handleOrbit(find('view'), camera, () => this.stir(), () => this.tapped());
    document.addEventListener('keydown', (event) => this.key(event));
    for (const kind of ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const) {
      document.addEventListener(kind, () => this.stir());
    }
    document.addEventListener('pointerdown', (event) => {
      if (!find('menu').contains(event.target as Node) &&
          !find('settings').contains(event.target as Node)) {
        this.openMenu(false);
      }
    });
    document.addEventListener('fullscreenchange', () => {
      const full = document.fullscreenElement !== null;
      find('full').innerHTML = full ? icons.smaller : icons.larger;
    });
    find('full').hidden = !document.fullscreenEnabled;
  }

  /** Shows what has changed; called for every picture of the screen. */
  update(): void {
    const { playback } = this;
    const icon = playback.ended ? 'again' : playback.playing ? 'pause' : 'play';
    if (icon !== this.shownIcon) {
      this.shownIcon = icon;
      this.play.innerHTML = icons[icon];
      const words = { again: 'Play again', pause: 'Pause', play: 'Play' }[icon];
      this.play.setAttribute('aria-label', words);
      this.play.title = `${words} (Space)`;
    }
    this.showSound();
    const frame = String(playback.frame);
    if (!this.dragging && this.line.value !== frame) {
      this.line.value = frame;
    }
    const share = playback.frame / Math.max(1, playback.info.frames - 1);
    this.line.style.setProperty('--share', `${100 * share}%`);
    const time = clock(playback.time);
    if (time !== this.shownTime) {
      this.shownTime = time;
      find('time').textContent = time;
      this.line.setAttribute('aria-valuetext', `${time} of ${clock(playback.duration)}`);
    }
    if (performance.now() - this.drawnFetched > 300) {
      this.drawnFetched = performance.now();
      this.drawFetched();
    }
    const quiet = playback.playing && performance.now() - this.touched > kQuiet &&
      find('menu').hidden && !find('bar').matches(':hover');
    document.body.classList.toggle('quiet', quiet);
    document.body.classList.toggle('waiting', playback.waiting && playback.shownFrame >= 0);
  }

  private showSound(): void {
    const { sound } = this.playback;
    const icon = sound === null || !sound.isUsable ? '' : sound.muted ? 'muted' : 'sound';
    if (icon === this.shownSound) {
      return;
    }
    this.shownSound = icon;
    const button = find<HTMLButtonElement>('sound');
    button.hidden = icon === '';
    if (icon !== '') {
      button.innerHTML = icons[icon];
      button.setAttribute('aria-pressed', String(icon === 'sound'));
      button.title = icon === 'muted' ? 'Sound is off (M)' : 'Sound is on (M)';
    }
  }

  private toggleSound(): void {
    const { sound } = this.playback;
    if (sound !== null) {
      sound.muted = !sound.muted;
    }
  }

  private drawFetched(): void {
    const { playback, fetched } = this;
    const width = (fetched.width = Math.max(1, fetched.clientWidth));
    const context = fetched.getContext('2d')!;
    fetched.height = 1;
    context.fillStyle = 'rgba(255, 255, 255, .22)';
    const scale = width / playback.info.frames;
    playback.segments.forEach((segment, k) => {
      if (playback.isFetched(k)) {
        context.fillRect(segment.first * scale, 0, segment.frames * scale + 0.5, 1);
      }
    });
  }

  private button(id: string, picture: string, act: () => void): void {
    const button = find<HTMLButtonElement>(id);
    button.innerHTML = picture;
    button.onclick = act;
  }

  private stir(): void {
    this.touched = performance.now();
  }

  private tapped(): void {
    if (!find('menu').hidden) {
      this.openMenu(false);
    } else {
      this.toggle();
    }
  }

  private toggle(): void {
    if (this.playback.playing) {
      this.playback.pause();
    } else {
      this.playback.play();
    }
  }

  private setLoop(on: boolean): void {
    this.playback.loop = on;
    find('loop').setAttribute('aria-pressed', String(on));
  }

  private goHome(): void {
    this.camera.home();
    this.redraw();
  }

  private openMenu(open: boolean): void {
    find('menu').hidden = !open;
    find('settings').setAttribute('aria-expanded', String(open));
  }

  private toggleFull(): void {
    if (document.fullscreenElement !== null) {
      void document.exitFullscreen();
    } else {
      void document.documentElement.requestFullscreen();
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const onLine = event.target === this.line;
    const { playback, camera } = this;
    const step = (frames: number): void => {
      playback.pause();
      playback.seekFrame(
        Math.max(0, Math.min(playback.info.frames - 1, playback.frame + frames)));
    };
    const acts: Record<string, () => void> = {
      ' ': () => this.toggle(),
      k: () => this.toggle(),
      l: () => this.setLoop(!playback.loop),
      f: () => this.toggleFull(),
      m: () => this.toggleSound(),
      h: () => this.goHome(),
      ',': () => step(-1),
      '.': () => step(1),
      j: () => playback.seek(Math.max(0, playback.time - 1)),
      ';': () => playback.seek(playback.time + 1),
      '+': () => camera.zoom(0.87),
      '=': () => camera.zoom(0.87),
      '-': () => camera.zoom(1.15),
      Escape: () => this.openMenu(false),
    };
    if (!onLine) {
      acts.ArrowLeft = () => camera.turn(0.12, 0);
      acts.ArrowRight = () => camera.turn(-0.12, 0);
      acts.ArrowUp = () => camera.turn(0, 0.09);
      acts.ArrowDown = () => camera.turn(0, -0.09);
      acts.Home = () => playback.seekFrame(0);
      acts.End = () => playback.seekFrame(playback.info.frames - 1);
    }
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const onButton = event.target instanceof HTMLButtonElement && event.key === ' ';
    if (act !== undefined && !onButton) {
      event.preventDefault();
      act();
    }
  }
}
