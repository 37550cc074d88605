// A camera that orbits a point, moved by mouse, touch and keys; moves glide to where they lead.

/** Where the picture is seen from first. */
export interface View {
  eye: number[];
  target: number[];
  fieldOfView: number; // vertical, radians
}

type Vector = [number, number, number];

const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (a: Vector): Vector => {
  const length = Math.hypot(...a) || 1;
  return [a[0] / length, a[1] / length, a[2] / length];
};

interface Pose {
  target: Vector;
  distance: number;
  azimuth: number;
  elevation: number;
}

/** The camera in world space: rows right, down and forward of its rotation. */
export interface Eye {
  position: Vector;
  right: Vector;
  down: Vector;
  forward: Vector;
  fieldOfView: number;
}

const kSteepest = 1.5; // radians: nearly from above
const kGlide = 0.07; // seconds to come 63 % nearer

export class OrbitCamera {
  private readonly up: Vector;
  private readonly start: Pose;
  private wanted: Pose;
  private shown: Pose;
  readonly fieldOfView: number;

  constructor(view: View, upIsMinusY: boolean) {
    this.up = [0, upIsMinusY ? -1 : 1, 0];
    this.fieldOfView = view.fieldOfView;
    const target: Vector = [view.target[0], view.target[1], view.target[2]];
    const off: Vector = [
      view.eye[0] - target[0],
      view.eye[1] - target[1],
      view.eye[2] - target[2],
    ];
    const distance = Math.hypot(...off) || 1;
    this.start = {
      target,
      distance,
      azimuth: Math.atan2(off[0], off[2]),
      elevation: Math.asin(Math.max(-1, Math.min(1, (off[1] * this.up[1]) / distance))),
    };
    this.wanted = { ...this.start, target: [...target] };
    this.shown = { ...this.start, target: [...target] };
  }

  /** Turns by angles as a drag of so many radians would: to the right, downwards. */
  turn(right: number, down: number): void {
    this.wanted.azimuth -= right * this.up[1];
    this.wanted.elevation = Math.max(
      -kSteepest,
      Math.min(kSteepest, this.wanted.elevation + down),
    );
  }

  /** Moves nearer (factors below 1) or farther. */
  zoom(factor: number): void {
    this.wanted.distance = Math.max(
      this.start.distance / 30,
      Math.min(this.start.distance * 12, this.wanted.distance * factor),
    );
  }

  /** Moves what is looked at, as a drag by shares of the picture's height would. */
  pan(right: number, down: number): void {
    const eye = this.eyeOf(this.wanted);
    const size = 2 * this.wanted.distance * Math.tan(this.fieldOfView / 2);
    for (let k = 0; k < 3; ++k) {
      this.wanted.target[k] -= size * (right * eye.right[k] + down * eye.down[k]);
    }
  }

  home(): void {
    const turns = Math.round((this.wanted.azimuth - this.start.azimuth) / (2 * Math.PI));
    this.wanted = { ...this.start, target: [...this.start.target] };
    this.wanted.azimuth += turns * 2 * Math.PI;
  }

  /** Glides on by `seconds`; whether anything moved. */
  advance(seconds: number): boolean {
    const share = 1 - Math.exp(-Math.min(seconds, 0.1) / kGlide);
    let moved = 0;
    const glide = (from: number, to: number, scale: number): number => {
      moved = Math.max(moved, Math.abs(to - from) / scale);
      return Math.abs(to - from) < 1e-5 * scale ? to : from + (to - from) * share;
    };
    const far = this.start.distance;
    this.shown.azimuth = glide(this.shown.azimuth, this.wanted.azimuth, 1);
    this.shown.elevation = glide(this.shown.elevation, this.wanted.elevation, 1);
    this.shown.distance = glide(this.shown.distance, this.wanted.distance, far);
    for (let k = 0; k < 3; ++k) {
      this.shown.target[k] = glide(this.shown.target[k], this.wanted.target[k], far);
    }
    return moved > 0;
  }

  eye(): Eye {
    return this.eyeOf(this.shown);
  }

  private eyeOf(pose: Pose): Eye {
    const level = Math.cos(pose.elevation);
    const off: Vector = [
      level * Math.sin(pose.azimuth),
      this.up[1] * Math.sin(pose.elevation),
      level * Math.cos(pose.azimuth),
    ];
    const forward: Vector = [-off[0], -off[1], -off[2]];
    const right = unit(cross(forward, this.up));
    return {
      position: [
        pose.target[0] + pose.distance * off[0],
        pose.target[1] + pose.distance * off[1],
        pose.target[2] + pose.distance * off[2],
      ],
      right,
      down: cross(forward, right),
      forward,
      fieldOfView: this.fieldOfView,
    };
  }
}

/** Lets people move `camera` on `surface`. `changed` is called after each move. */
export function handleOrbit(
  surface: HTMLElement,
  camera: OrbitCamera,
  changed: () => void,
  tapped: () => void,
): void {
  const fingers = new Map<number, { x: number; y: number; pans: boolean }>();
  let travelled = 0;
  surface.addEventListener('contextmenu', (event) => event.preventDefault());
  surface.addEventListener('pointerdown', (event) => {
    surface.setPointerCapture(event.pointerId);
    const pans = event.button !== 0 || event.shiftKey;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY, pans });
    travelled = fingers.size === 1 ? 0 : Infinity;
  });
  surface.addEventListener('pointermove', (event) => {
    const finger = fingers.get(event.pointerId);
    if (finger === undefined) {
      return;
    }
    const height = surface.clientHeight || 1;
    const [dx, dy] = [event.clientX - finger.x, event.clientY - finger.y];
    travelled += Math.abs(dx) + Math.abs(dy);
    if (fingers.size === 2) {
      const other = [...fingers.entries()].find(([id]) => id !== event.pointerId)![1];
      const before = Math.hypot(finger.x - other.x, finger.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      camera.zoom(before / Math.max(after, 1));
      camera.pan(dx / 2 / height, dy / 2 / height);
    } else if (finger.pans) {
      camera.pan(dx / height, dy / height);
    } else {
      camera.turn((dx / height) * 3.6, (dy / height) * 3.6);
    }
    finger.x = event.clientX;
    finger.y = event.clientY;
    changed();
  });
  const lift = (event: PointerEvent): void => {
    const held = fingers.delete(event.pointerId);
    if (held && event.type === 'pointerup' && event.button === 0 && travelled < 6) {
      tapped();
    }
  };
  surface.addEventListener('pointerup', lift);
  surface.addEventListener('pointercancel', lift);
  surface.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 18 : 1;
      camera.zoom(Math.exp(Math.max(-200, Math.min(200, event.deltaY * lines)) * 0.0015));
      changed();
    },
    { passive: false },
  );
}
