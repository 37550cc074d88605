// The order in which splats are drawn.

/** Sorts splats far to near along a direction, by counting 16-bit depths. Keeps its tables. */
export class DepthSorter {
  private readonly counts = new Uint32Array(65536);
  private keys = new Uint16Array(0);

  /** Fills order[0..count) for `means` (3 numbers a splat). */
  sort(means: Float32Array, count: number, forward: ArrayLike<number>, order: Uint32Array): void {
    if (this.keys.length < count) {
      this.keys = new Uint16Array(count);
    }
    const [x, y, z] = [forward[0], forward[1], forward[2]];
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0, m = 0; i < count; ++i, m += 3) {
      const depth = x * means[m] + y * means[m + 1] + z * means[m + 2];
      low = depth < low ? depth : low;
      high = depth > high ? depth : high;
    }
    const scale = high > low ? 65535 / (high - low) : 0;
    this.counts.fill(0);
    for (let i = 0, m = 0; i < count; ++i, m += 3) {
      const depth = x * means[m] + y * means[m + 1] + z * means[m + 2];
      const key = ((high - depth) * scale) | 0;
      this.keys[i] = key;
      ++this.counts[key];
    }
    for (let key = 0, sum = 0; key < 65536; ++key) {
      const here = this.counts[key];
      this.counts[key] = sum;
      sum += here;
    }
    for (let i = 0; i < count; ++i) {
      order[this.counts[this.keys[i]]++] = i;
    }
  }
}
