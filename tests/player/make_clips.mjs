// Clips and exported folders for the player's tests, made by the `volpress` program.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const kSkipped = 77; // as in CMakeLists.txt

/** A folder with clip.dgsv (12 segments of 5 s), and its exports web and split. */
export function makeClips(program) {
  const folder = mkdtempSync(join(tmpdir(), 'volpress-player-'));
  const run = (...words) => execFileSync(program, [...words, '-q'], { cwd: folder, stdio: 'pipe' });
  run('sample', 'clip', '-o', 'frames', '--frames', '120', '--splats', '3000', '--sh', '3');
  run('encode', 'frames', '-o', 'clip.dgsv', '--codec', 'dualgs', '--fps', '2',
    '--set', 'segment_frames=10');
  try {
    run('stream', 'export', 'clip.dgsv', '-o', 'web', '--title', 'A walk');
  } catch (error) {
    if (String(error.stderr).includes('without the web player')) {
      console.log('skipped: this build has no web player (em++ or esbuild is not installed)');
      process.exit(kSkipped);
    }
    throw error;
  }
  run('stream', 'export', 'clip.dgsv', '-o', 'split', '--split');
  run('sequence', 'trim', 'frames', '-o', 'few', '--last', '3');
  for (const codec of ['intra', 'hifi4g', 'v3']) {
    run('encode', 'few', '-o', `${codec}.dgsv`, '--codec', codec);
    run('stream', 'export', `${codec}.dgsv`, '-o', codec);
  }
  run('encode', 'few', '-o', 'layers.dgsv', '--codec', 'dualgs', '--set', 'first_layer=0.25',
    '--set', 'refine=true');
  run('stream', 'export', 'layers.dgsv', '-o', 'layers');
  return folder;
}

/** `volpress serve`, with what it says of each request. */
export async function serve(program, folder, ...options) {
  const child = spawn(program, ['serve', folder, '--port', '0', '--log', '--json', ...options]);
  const requests = [];
  let line = '';
  child.stderr.on('data', (data) => {
    line += data;
    for (let end = line.indexOf('\n'); end >= 0; end = line.indexOf('\n')) {
      requests.push(line.slice(0, end));
      line = line.slice(end + 1);
    }
  });
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      if (text.trimEnd().endsWith('}')) resolve(JSON.parse(text).url);
    });
    child.on('exit', (code) => reject(new Error(`serve ended with ${code}`)));
  });
  const close = () => new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.on('exit', resolve);
    child.kill('SIGINT');
  });
  return { url, requests, close, ofClip: () => requests.filter((r) => r.includes('/clip.dgsv')) };
}

let failures = 0;

/** Runs one check and says how it went. */
export async function check(name, body) {
  const begin = performance.now();
  const seconds = () => ((performance.now() - begin) / 1000).toFixed(1);
  try {
    const words = await body();
    console.log(`ok    ${name}${words ? `: ${words}` : ''} (${seconds()} s)`);
  } catch (error) {
    ++failures;
    console.log(`FAIL  ${name} (${seconds()} s)\n${error.stack}`);
  }
}

export function expect(holds, words) {
  if (!holds) throw new Error(words);
}

/** Ends the test. */
export function finish() {
  console.log(failures === 0 ? 'all checks hold' : `${failures} checks failed`);
  process.exit(failures === 0 ? 0 : 1);
}
