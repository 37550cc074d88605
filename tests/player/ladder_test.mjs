// The exported page with a bitrate ladder, in a headless Chromium behind lines of all speeds.
// usage: ladder_test.mjs PROGRAM [FOLDER FOR SCREENSHOTS]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { Browser, findBrowser, sleep } from './chromium.mjs';
import { check, expect, finish, kSkipped } from './make_clips.mjs';

const [program, pictures = ''] = process.argv.slice(2);
if (findBrowser() === undefined) {
  console.log('skipped: chromium is not installed');
  process.exit(kSkipped);
}
const folder = mkdtempSync(join(tmpdir(), 'volpress-ladder-'));
const run = (...words) => execFileSync(program, [...words, '-q'], { cwd: folder, stdio: 'pipe' });
run('sample', 'clip', '-o', 'frames', '--frames', '24', '--splats', '5000', '--sh', '1');
run('encode', 'frames', '-o', 'clip.dgsv', '--codec', 'dualgs', '--fps', '4',
  '--set', 'segment_frames=4', '--set', 'coarseness=0.25', '--set', 'first_layer=0.25');
const best = JSON.parse(execFileSync(program, ['info', 'clip.dgsv', '--json'], { cwd: folder }));
const rate = (8e-6 * best.layerBytes.reduce((sum, bytes) => sum + bytes)) / (24 / 4);
const rungs = [0.35, 0.6, 2].map((share) => (share * rate).toFixed(3));
try {
  run('stream', 'export', 'clip.dgsv', '-o', 'web', '--ladder', rungs.join(','), '--frames', 'frames');
} catch (error) {
  if (String(error.stderr).includes('without the web player')) {
    console.log('skipped: this build has no web player (em++ or esbuild is not installed)');
    process.exit(kSkipped);
  }
  throw error;
}
const manifest = JSON.parse(readFileSync(join(folder, 'web/manifest.json'), 'utf8'));

/** A server of a folder whose line carries `megabits` a second; 0: as fast as it can. */
async function line(name, megabits) {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
  const server = { megabits, asked: [] };
  const http = createServer(async (request, response) => {
    const file = request.url === '/' ? '/index.html' : request.url.split('?')[0];
    let bytes;
    try {
      bytes = readFileSync(join(folder, name, file));
    } catch {
      response.writeHead(404).end();
      return;
    }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const part = range === null ? bytes : bytes.subarray(Number(range[1]), Number(range[2]) + 1);
    response.writeHead(range === null ? 200 : 206, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Length': part.length,
      ...(range && { 'Content-Range': `bytes ${range[1]}-${Number(range[1]) + part.length - 1}/${bytes.length}` }),
    });
    if (extname(file) !== '.dgsv') {
      response.end(part);
      return;
    }
    server.asked.push(file.slice(1));
    for (let at = 0; at < part.length && !response.destroyed;) {
      const size = server.megabits === 0 ? part.length : Math.ceil((server.megabits * 1e6) / 8 / 50);
      response.write(part.subarray(at, at + size));
      at += size;
      if (server.megabits !== 0) await sleep(20);
    }
    response.end();
  });
  await new Promise((done) => http.listen(0, '127.0.0.1', done));
  server.url = `http://127.0.0.1:${http.address().port}/`;
  server.close = () => {
    http.closeAllConnections();
    http.close();
  };
  return server;
}

const shots = pictures || join(folder, 'pictures');
mkdirSync(shots, { recursive: true });
const steps = manifest.ladder;
const size = (name) => statSync(join(folder, 'web', name)).size;

await check('the ladder has rungs below the clip, ascending in rate and quality', async () => {
  expect(manifest.renditions.length === 2, `${manifest.renditions.length} renditions`);
  for (const rendition of manifest.renditions) {
    const kbps = rendition.layers.at(-1).kbps;
    expect(kbps <= 1000 * rendition.rung, `${kbps} kbit/s on the rung of ${rendition.rung}`);
    expect(kbps >= 600 * rendition.rung, `only ${kbps} kbit/s on the rung of ${rendition.rung}`);
    expect(size(rendition.url) === rendition.bytes, 'the manifest has another size');
  }
  for (let k = 1; k < steps.length; ++k) {
    expect(steps[k].kbps > steps[k - 1].kbps && steps[k].psnr > steps[k - 1].psnr, `step ${k}`);
  }
  expect(steps.at(-1).rendition === 0, 'the clip itself is not the best');
  const words = execFileSync(program, ['stream', 'info', 'web'], { cwd: folder }).toString();
  expect(words.includes('what a player chooses from'), words);
  return steps.map((s) => `${s.kbps} kbit/s ${s.psnr} dB`).join(', ');
});

const browser = await Browser.start({ width: 320, height: 240 });
const ready = "document.body.dataset.state === 'ready'";
const player = (what) => browser.value(`volpress.playback.${what}`);
const top = steps.length;

await check('a fast line begins with the least rendition and climbs to the best', async () => {
  const server = await line('web', 0);
  await browser.open(server.url);
  await browser.until(ready);
  const begin = Date.now();
  const first = await player('shownStep');
  const early = server.asked.filter((name) => name === server.asked[0]).length;
  await browser.until(`volpress.playback.shownStep === ${top}`, 60);
  const seconds = (Date.now() - begin) / 1000;
  expect(steps[first - 1].rendition === steps[0].rendition, `it began with step ${first}`);
  server.close();
  return `step ${top} of ${top} after ${seconds.toFixed(1)} s, ${early} requests of the first file`;
});

await check('a slow line stays on a low rung, and climbs when it gets faster', async () => {
  // Between the least step and the next but one; 0.8 of a line is counted on.
  const slow = (1.6 * steps[1].kbps) / 1000;
  const server = await line('web', slow);
  await browser.open(server.url);
  await browser.until(ready, 60);
  await browser.until('volpress.playback.shownFrame > 4', 60);
  const low = await player('shownStep');
  expect(low >= 1 && low < top, `step ${low} at ${slow.toFixed(2)} Mbit/s`);
  server.megabits = 0;
  const begin = Date.now();
  await browser.until(`volpress.playback.shownStep === ${top}`, 60);
  const up = (Date.now() - begin) / 1000;
  await browser.picture(join(shots, 'ladder-top.png'));
  await browser.value("document.getElementById('settings').click()");
  await sleep(150);
  await browser.picture(join(shots, 'ladder-menu.png'));
  await browser.value("document.getElementById('settings').click()");
  server.close();
  return `step ${low} of ${top} at ${slow.toFixed(2)} Mbit/s, the top ${up.toFixed(1)} s after it was free`;
});

await check('a step that somebody asks for is taken', async () => {
  const server = await line('web', 0);
  await browser.open(server.url);
  await browser.until(ready);
  await browser.value('volpress.playback.choice.fixed = 1; volpress.playback.seekFrame(12)');
  await browser.until('volpress.playback.shownFrame >= 12 && volpress.playback.shownStep === 1');
  await browser.value(`volpress.playback.choice.fixed = ${top}; volpress.playback.seekFrame(2)`);
  await browser.until(`volpress.playback.shownFrame >= 2 && volpress.playback.shownStep === ${top}`);
  server.close();
});

await browser.close();
if (pictures === '') {
  rmSync(folder, { recursive: true });
} else {
  console.log(`pictures are in ${shots}`);
}
finish();
