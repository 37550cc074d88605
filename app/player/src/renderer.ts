// Draws a frame of splats with WebGL2, after the same equations as Volpress's software rasteriser:
// EWA projection with the Jacobian clamped at 1.3 tan(fov/2), 0.3 px^2 added, alpha at most 0.99 and
// cut at 1/255, colour max(0, 0.5 + SH), far to near.
import type { Eye } from './camera';
import { Problem } from './problem';

const kSplatsPerRow = 512;

const vertexSource = (degree: number, texels: number): string => `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D splats;
uniform vec3 eye, right, down, forward;
uniform vec2 size, focal, limit;
uniform float nearest, shScale;
uniform bool antialiased;
layout(location = 0) in uint place;
out vec2 at;
out vec4 color;
const int texels = ${texels};

vec3 rgb(uint packed) {
  return vec3(float(packed >> 21), float(packed >> 10 & 2047u), float(packed & 1023u));
}
vec3 sh(uint packed) { return (rgb(packed) - vec3(1024, 1024, 512)) / vec3(1023, 1023, 511); }

void main() {
  ivec2 t = ivec2(int(place % ${kSplatsPerRow}u) * texels, int(place / ${kSplatsPerRow}u));
  gl_Position = vec4(0, 0, 2, 1);  // outside
  uvec4 a = texelFetch(splats, t, 0);
  vec3 off = uintBitsToFloat(a.xyz) - eye;
  vec3 p = vec3(dot(right, off), dot(down, off), dot(forward, off));
  float opacity = float(a.w >> 16) / 65535.0;
  if (p.z < nearest || opacity * 255.0 < 1.0) return;
  uvec4 b = texelFetch(splats, t + ivec2(1, 0), 0);
  float s = exp2(float(a.w & 65535u) / 1023.0 - 32.0);
  vec2 c0 = unpackSnorm2x16(b.x) * s * s, c1 = unpackSnorm2x16(b.y) * s * s,
       c2 = unpackSnorm2x16(b.z) * s * s;
  mat3 cov = mat3(c0.x, c0.y, c1.x, c0.y, c1.y, c2.x, c1.x, c2.x, c2.y);
  vec2 q = clamp(p.xy / p.z, -limit, limit);
  vec3 jx = focal.x / p.z * (right - q.x * forward), jy = focal.y / p.z * (down - q.y * forward);
  vec3 cx = cov * jx, cy = cov * jy;
  float xx = dot(jx, cx), xy = dot(jx, cy), yy = dot(jy, cy);
  float before = xx * yy - xy * xy;
  xx += 0.3;
  yy += 0.3;
  float det = xx * yy - xy * xy;
  if (det <= 0.0) return;
  if (antialiased) {
    opacity *= sqrt(max(0.0, before / det));
    if (opacity * 255.0 < 1.0) return;
  }
  float mid = 0.5 * (xx + yy), radius = length(vec2(0.5 * (xx - yy), xy));
  float l1 = mid + radius, l2 = max(det / l1, 1e-6);
  vec2 axis = abs(xy) < 1e-9 * l1 ? (xx >= yy ? vec2(1, 0) : vec2(0, 1))
                                  : normalize(vec2(xy, l1 - xx));
  float reach = sqrt(2.0 * log(255.0 * opacity));
  at = reach * vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - reach;
  vec2 centre = focal * p.xy / p.z;
  vec2 pixel = centre + at.x * sqrt(l1) * axis + at.y * sqrt(l2) * vec2(-axis.y, axis.x);
  gl_Position = vec4(pixel * 2.0 / size * vec2(1, -1), 0, 1);

  vec3 c = rgb(b.w) / vec3(2047, 2047, 1023) * 4.0 - 1.0;
#if ${degree} > 0
  vec3 d = normalize(off);
  float x = d.x, y = d.y, z = d.z, xx2 = x * x, yy2 = y * y, zz2 = z * z;
  uvec4 w = texelFetch(splats, t + ivec2(2, 0), 0);
  vec3 e = 0.48860251 * (-y * sh(w.x) + z * sh(w.y) - x * sh(w.z));
#if ${degree} > 1
  e += 1.09254843 * x * y * sh(w.w);
  w = texelFetch(splats, t + ivec2(3, 0), 0);
  e += -1.09254843 * y * z * sh(w.x) + 0.31539157 * (2.0 * zz2 - xx2 - yy2) * sh(w.y) -
       1.09254843 * x * z * sh(w.z) + 0.54627422 * (xx2 - yy2) * sh(w.w);
#if ${degree} > 2
  w = texelFetch(splats, t + ivec2(4, 0), 0);
  e += -0.59004359 * y * (3.0 * xx2 - yy2) * sh(w.x) + 2.89061144 * x * y * z * sh(w.y) -
       0.45704580 * y * (4.0 * zz2 - xx2 - yy2) * sh(w.z) +
       0.37317633 * z * (2.0 * zz2 - 3.0 * xx2 - 3.0 * yy2) * sh(w.w);
  w = texelFetch(splats, t + ivec2(5, 0), 0);
  e += -0.45704580 * x * (4.0 * zz2 - xx2 - yy2) * sh(w.x) +
       1.44530572 * z * (xx2 - yy2) * sh(w.y) - 0.59004359 * x * (xx2 - 3.0 * yy2) * sh(w.z);
#endif
#endif
  c += e * shScale;
#endif
  color = vec4(max(c, 0.0), opacity);
}`;

const fragmentSource = `#version 300 es
precision highp float;
in vec2 at;
in vec4 color;
out vec4 shown;
void main() {
  float alpha = min(0.99, color.a * exp(-0.5 * dot(at, at)));
  if (alpha * 255.0 < 1.0) discard;
  shown = vec4(color.rgb * alpha, alpha);
}`;

/** A frame as the decoder packed it. */
export interface Drawable {
  count: number;
  shScale: number;
  texels: Uint32Array;
}

/** Making a context takes longest of all: called early, while the clip is on its way. */
export function makeContext(canvas: HTMLCanvasElement): WebGL2RenderingContext | null {
  return canvas.getContext('webgl2', {
    alpha: false,
    antialias: false,
    depth: false,
    powerPreference: 'high-performance',
  });
}

export class SplatRenderer {
  private readonly gl: WebGL2RenderingContext;
  private program!: WebGLProgram;
  private linked = false; // as far as known
  private places!: WebGLBuffer;
  private texture: WebGLTexture | null = null;
  private rows = 0;
  private count = 0;
  private ordered = 0;
  private shScale = 0;
  private uniforms = new Map<string, WebGLUniformLocation | null>();
  private readonly degree: number; // that is drawn
  private readonly words: number; // texels of a splat

  constructor(
    private readonly canvas: HTMLCanvasElement,
    degree: number,
    private readonly antialiased: boolean,
    private readonly background: [number, number, number],
    private readonly nearest: number,
  ) {
    this.degree = Math.min(degree, 3);
    this.words = Math.ceil(((degree + 1) ** 2 - 1) / 4) + 2;
    const gl = makeContext(canvas);
    if (gl === null) {
      throw new Problem(
        'This browser cannot draw the clip',
        'It has no WebGL 2, or it is switched off.',
        false,
      );
    }
    this.gl = gl;
    this.prepare();
  }

  /** Makes everything on the GPU; again after it was lost. */
  prepare(): void {
    const gl = this.gl;
    const program = gl.createProgram()!;
    for (const [type, text] of [
      [gl.VERTEX_SHADER, vertexSource(this.degree, this.words)],
      [gl.FRAGMENT_SHADER, fragmentSource],
    ] as const) {
      const shader = gl.createShader(type)!;
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    this.program = program;
    this.linked = false;
    this.uniforms.clear();
    gl.useProgram(program);
    this.places = gl.createBuffer()!;
    gl.bindVertexArray(gl.createVertexArray());
    gl.bindBuffer(gl.ARRAY_BUFFER, this.places);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribIPointer(0, 1, gl.UNSIGNED_INT, 0, 0);
    gl.vertexAttribDivisor(0, 1);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.disable(gl.DEPTH_TEST);
    this.texture = null;
    this.rows = 0;
    this.ordered = 0;
  }

  /** Takes a frame and its order. */
  upload(frame: Drawable, order: Uint32Array): void {
    const gl = this.gl;
    const width = kSplatsPerRow * this.words;
    const rows = Math.ceil(frame.count / kSplatsPerRow);
    if (this.texture === null || rows > this.rows) {
      gl.deleteTexture(this.texture);
      this.texture = gl.createTexture();
      this.rows = rows;
      gl.bindTexture(gl.TEXTURE_2D, this.texture);
      gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32UI, width, rows);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    }
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, rows, gl.RGBA_INTEGER, gl.UNSIGNED_INT,
      frame.texels);
    this.count = frame.count;
    this.shScale = frame.shScale;
    this.setOrder(order);
  }

  /** A newer order of the frame that is there. */
  setOrder(order: Uint32Array): void {
    const gl = this.gl;
    gl.bufferData(gl.ARRAY_BUFFER, order.subarray(0, this.count), gl.STREAM_DRAW);
    this.ordered = this.count;
  }

  draw(eye: Eye): void {
    const gl = this.gl;
    const [width, height] = [this.canvas.width, this.canvas.height];
    gl.viewport(0, 0, width, height);
    gl.clearColor(...this.background, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (this.ordered === 0) {
      return;
    }
    this.link();
    // Upright screens see more above and below, not less at the sides.
    const tangent = Math.tan(eye.fieldOfView / 2) * Math.max(1, (0.8 * height) / width);
    const focal = height / 2 / tangent;
    gl.uniform3fv(this.uniform('eye'), eye.position);
    gl.uniform3fv(this.uniform('right'), eye.right);
    gl.uniform3fv(this.uniform('down'), eye.down);
    gl.uniform3fv(this.uniform('forward'), eye.forward);
    gl.uniform2f(this.uniform('size'), width, height);
    gl.uniform2f(this.uniform('focal'), focal, focal);
    gl.uniform2f(this.uniform('limit'), (1.3 * tangent * width) / height, 1.3 * tangent);
    gl.uniform1f(this.uniform('nearest'), this.nearest);
    gl.uniform1f(this.uniform('shScale'), this.shScale);
    gl.uniform1i(this.uniform('antialiased'), this.antialiased ? 1 : 0);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.ordered);
  }

  /** Waits for the shaders: not sooner than needed, so that they are made while the clip comes in. */
  private link(): void {
    const { gl, program } = this;
    if (!this.linked && !gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const logs = (gl.getAttachedShaders(program) ?? []).map((s) => gl.getShaderInfoLog(s));
      throw new Problem('This browser cannot draw the clip', `Its shaders say: ${logs.join(' ')}`);
    }
    this.linked = true;
  }

  private uniform(name: string): WebGLUniformLocation | null {
    let place = this.uniforms.get(name);
    if (place === undefined) {
      place = this.gl.getUniformLocation(this.program, name);
      this.uniforms.set(name, place);
    }
    return place;
  }
}
