// The exported page in a headless Chromium: plays, seeks, and says what is wrong.
// usage: browser_test.mjs PROGRAM [FOLDER FOR SCREENSHOTS]
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { Browser, findBrowser, sleep } from './chromium.mjs';
import { check, expect, finish, kSkipped, makeClips, serve } from './make_clips.mjs';

const [program, pictures = ''] = process.argv.slice(2);
if (findBrowser() === undefined) {
  console.log('skipped: chromium is not installed');
  process.exit(kSkipped);
}
const folder = makeClips(program);
const size = pictures === '' ? [640, 360] : [1280, 720];
const shots = pictures || join(folder, 'pictures');
mkdirSync(shots, { recursive: true });
const browser = await Browser.start();
const shot = (name) => browser.picture(join(shots, `${name}.png`));
const ready = "document.body.dataset.state === 'ready'";
const wrong = "document.body.dataset.state === 'problem'";
const mouse = (type, x, y) => browser.call('Input.dispatchMouseEvent', {
  type, x, y, button: 'left', buttons: 1, clickCount: 1,
});
const player = (what) => browser.value(`volpress.playback.${what}`);

/** A tone of 220 Hz in 8 kHz, 16 bits, one channel. */
function writeTone(path, seconds) {
  const rate = 8000;
  const data = Buffer.alloc(44 + 2 * rate * seconds);
  data.write('RIFF', 0);
  data.writeUInt32LE(data.length - 8, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(2 * rate, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(data.length - 44, 40);
  for (let k = 0; 44 + 2 * k < data.length; ++k) {
    data.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 220 * k) / rate)), 44 + 2 * k);
  }
  writeFileSync(path, data);
}

/** A server of the exported folder that misbehaves: `answer` may handle a request for the clip. */
async function faultyServer(answer) {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
  const server = createServer((request, response) => {
    const name = request.url === '/' ? '/index.html' : request.url.split('?')[0];
    let file;
    try {
      file = readFileSync(join(folder, 'web', name));
    } catch {
      response.writeHead(404).end();
      return;
    }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (name === '/clip.dgsv' && answer(file, range, response)) {
      return;
    }
    const type = types[extname(name)] ?? 'application/octet-stream';
    if (range === null) {
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': file.length }).end(file);
      return;
    }
    const part = file.subarray(Number(range[1]), Number(range[2]) + 1);
    response.writeHead(206, {
      'Content-Type': type,
      'Content-Length': part.length,
      'Content-Range': `bytes ${range[1]}-${Number(range[1]) + part.length - 1}/${file.length}`,
    }).end(part);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The page shows the frame of the clock, and goes on. */
async function plays(url) {
  await browser.open(url);
  await browser.until(ready);
  const first = await player('frame');
  await browser.until(`volpress.playback.shownFrame !== ${first} && volpress.playback.playing`);
}

async function fails(url, title) {
  await browser.open(url);
  await browser.until(wrong, 60);
  const words = await browser.value("document.getElementById('problem-title').textContent");
  expect(words === title, `the page says "${words}"`);
  return browser.value("document.getElementById('problem-detail').textContent");
}

const web = await serve(program, join(folder, 'web'));

await check('starts with at most three requests', async () => {
  await browser.open(web.url);
  await browser.until(ready);
  const asked = web.ofClip().filter((line) => line.startsWith('GET'));
  const milliseconds = await browser.value('Math.round(performance.now())');
  await browser.value('volpress.playback.pause()');
  // Later segments are fetched ahead, one after the other.
  expect(asked.length >= 2, asked.join('\n'));
  const front = JSON.parse(readFileSync(join(folder, 'web/manifest.json'), 'utf8')).segments[1].o;
  const early = asked.filter((line) => Number(/bytes=(\d+)-/.exec(line)[1]) < front);
  expect(early.length <= 3, early.join('\n'));
  expect(asked.every((line) => / (206|304) /.test(line)), asked.join('\n'));
  const steps = Object.entries(await browser.value('volpress.steps'));
  return `${early.length} requests, ready ${milliseconds} ms after the page was asked for: ` +
    steps.map(([step, at]) => `${step} ${Math.round(at)}`).join(', ');
});

await check('shows the picture that the software rasteriser draws', async () => {
  await browser.value('volpress.playback.seekFrame(0)');
  await browser.until('volpress.playback.shownFrame === 0 && !volpress.playback.waiting');
  await sleep(600);
  await browser.value(`document.head.insertAdjacentHTML('beforeend',
    '<style id=bare>#bar, header { display: none }</style>')`);
  await sleep(200);
  await shot('first-frame');
  const { data } = await browser.call('Page.captureScreenshot', { format: 'png' });
  const decibel = await browser.value(`(async () => {
    const pixels = async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = new OffscreenCanvas(1280, 720);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, 1280, 720).data;
    };
    const a = await pixels('data:image/png;base64,${data}');
    const b = await pixels('poster.png');
    let sum = 0;
    for (let k = 0; k < a.length; ++k) sum += (a[k] - b[k]) ** 2;
    return 10 * Math.log10(255 ** 2 / (sum / (a.length * 3 / 4)));
  })()`);
  await browser.value("document.getElementById('bare').remove()");
  expect(decibel > 40, `${decibel} dB`);
  // The rest is about what the page does; a small picture leaves the time for it.
  await browser.resize(...size);
  return `${decibel.toFixed(1)} dB`;
});

await check('plays, steps, loops and stops at the end', async () => {
  await browser.value('volpress.playback.speed = 2; volpress.playback.play()');
  await browser.until('volpress.playback.shownFrame > 3');
  await shot('playing');
  await browser.value('volpress.playback.seekFrame(117)');
  await browser.until('volpress.playback.shownFrame >= 117');
  await browser.until('volpress.playback.shownFrame < 20 && volpress.playback.shownFrame >= 0');
  await browser.value('volpress.playback.loop = false; volpress.playback.seekFrame(117)');
  await browser.until('volpress.playback.ended && !volpress.playback.playing');
  expect((await player('frame')) === 119, `ended at ${await player('frame')}`);
  await browser.value('volpress.playback.loop = true; volpress.playback.speed = 1');
});

await check('a seek takes at most two requests, of that segment only', async () => {
  const { segments } = JSON.parse(readFileSync(join(folder, 'web/manifest.json'), 'utf8'));
  const said = [];
  // The browser's cache would split what it holds half of into several requests.
  await browser.call('Network.setCacheDisabled', { cacheDisabled: true });
  for (const frame of [75, 45, 115]) {
    // The page before may still be fetching ahead.
    await browser.open('about:blank');
    await browser.until("location.href === 'about:blank'");
    await sleep(300);
    const before = web.ofClip().length;
    await browser.open(web.url);
    await browser.until(ready);
    await browser.value(`volpress.playback.pause(); volpress.playback.seekFrame(${frame})`);
    await browser.until(`volpress.playback.shownFrame === ${frame}`);
    const asked = web.ofClip().slice(before);
    const [from, to] = [segments[Math.floor(frame / 10)], segments[Math.floor(frame / 10) + 1]];
    const own = asked.filter((line) => {
      const at = Number(/bytes=(\d+)-/.exec(line)?.[1] ?? -1);
      return at >= from.o && (to === undefined || at < to.o);
    });
    // Fetched for the seek or ahead of it, but fetched, and in one piece or two.
    expect(own.length === 1 || own.length === 2, asked.join('\n'));
    said.push(own.length);
  }
  await browser.call('Network.setCacheDisabled', { cacheDisabled: false });
  return `${said.join(', ')} requests`;
});

await check('looks around with mouse and keys', async () => {
  const eye = () => browser.value('JSON.stringify(volpress.camera.eye().position)');
  const before = await eye();
  await mouse('mousePressed', 300, 120);
  await mouse('mouseMoved', 400, 160);
  await mouse('mouseMoved', 500, 180);
  await mouse('mouseReleased', 500, 180);
  await browser.until(`JSON.stringify(volpress.camera.eye().position) !== '${before}'`);
  await shot('turned');
  const key = async (name) => {
    await browser.call('Input.dispatchKeyEvent', { type: 'keyDown', key: name });
    await browser.call('Input.dispatchKeyEvent', { type: 'keyUp', key: name });
  };
  await key('h');
  await browser.until(`Math.hypot(...${before}.map(
    (x, k) => x - volpress.camera.eye().position[k])) < 1e-2`);
  const home = JSON.parse(await eye());
  await key('ArrowLeft');
  await browser.until(
    `JSON.stringify(volpress.camera.eye().position) !== '${JSON.stringify(home)}'`);
  const playing = await player('playing');
  await key(' ');
  expect(playing !== (await player('playing')), 'the space bar does nothing');
});

await check('the menu opens', async () => {
  await browser.value("document.getElementById('settings').click()");
  await sleep(200);
  await shot('menu');
  await browser.value("document.getElementById('settings').click()");
});

await check('works on a narrow screen', async () => {
  await browser.resize(390, 780);
  await sleep(600);
  await shot('narrow');
  await browser.resize(...size);
});
await web.close();

await check('fetches fewer layers over a slow line', async () => {
  const { layers } = JSON.parse(readFileSync(join(folder, 'web/manifest.json'), 'utf8'));
  // 0.8 of a line is counted on: too little for the first layer at double speed.
  const megabits = (1.6 * layers[0].kbps) / 0.8 / 1000;
  const slow = await serve(program, join(folder, 'web'), '--throttle', String(megabits));
  await browser.open(slow.url);
  await browser.until(ready, 60);
  // Far from what was fetched at single speed, and before anything was known of the line.
  await browser.value('volpress.playback.speed = 2; volpress.playback.seekFrame(60)');
  await browser.until('volpress.playback.shownLayers > 0 && volpress.playback.shownLayers < 4', 90);
  await shot('slow-line');
  const few = await player('shownLayers');
  await slow.close();
  return `${few} of 4 layers at ${megabits.toFixed(2)} Mbit/s`;
});

await check('the split form plays', async () => {
  const server = await serve(program, join(folder, 'split'));
  await plays(server.url);
  await server.close();
});

await check('an intra clip plays', async () => {
  const server = await serve(program, join(folder, 'intra'));
  await browser.open(server.url);
  await browser.until('volpress.playback.shownFrame >= 0', 60);
  await server.close();
});

await check('a server that answers 200 to range requests plays', async () => {
  const server = await faultyServer((file, range, response) => {
    response.writeHead(200, { 'Content-Length': file.length }).end(file);
    return true;
  });
  await plays(server.url);
  await browser.value('volpress.playback.seekFrame(95)');
  await browser.until('volpress.playback.shownFrame === 95');
  server.close();
});

await check('a line that breaks twice is mended', async () => {
  let breaks = 2;
  const server = await faultyServer((file, range, response) => {
    if (Number(range?.[1]) < 65536 || breaks === 0) {
      return false;
    }
    --breaks;
    response.writeHead(206, {
      'Content-Length': Number(range[2]) - Number(range[1]) + 1,
      'Content-Range': `bytes ${range[1]}-${range[2]}/${file.length}`,
    });
    response.write(file.subarray(Number(range[1]), Number(range[1]) + 1000));
    setTimeout(() => response.destroy(), 50);
    return true;
  });
  await plays(server.url);
  expect(breaks === 0, 'nothing was broken');
  server.close();
});

await check('a cut line is said', async () => {
  let cut = false;
  const server = await faultyServer((file, range, response) => {
    if (cut) response.destroy();
    return cut;
  });
  await browser.open(server.url);
  await browser.until(ready);
  cut = true;
  await browser.value('volpress.playback.seekFrame(90)');
  await browser.until(wrong, 60);
  const words = await browser.value("document.getElementById('problem-title').textContent");
  expect(words === 'The connection was lost', words);
  await shot('cut-line');
  cut = false;
  await browser.value("document.getElementById('retry').click()");
  await browser.until(ready);
  server.close();
});

await check('a missing clip is said', async () => {
  const server = await faultyServer((file, range, response) => {
    response.writeHead(404).end();
    return true;
  });
  const words = await fails(server.url, 'The clip is not here');
  await shot('missing');
  server.close();
  return words;
});

await check('a stream that ends early is said', async () => {
  cpSync(join(folder, 'web'), join(folder, 'short'), { recursive: true });
  const clip = join(folder, 'short/clip.dgsv');
  truncateSync(clip, Math.floor(readFileSync(clip).length * 0.6));
  const server = await serve(program, join(folder, 'short'));
  await fails(server.url, 'The clip ends early');
  await server.close();
});

await check('a damaged segment is passed over', async () => {
  cpSync(join(folder, 'web'), join(folder, 'damaged'), { recursive: true });
  const { segments } = JSON.parse(readFileSync(join(folder, 'web/manifest.json'), 'utf8'));
  const clip = readFileSync(join(folder, 'damaged/clip.dgsv'));
  clip[segments[1].o + 500] ^= 1;
  writeFileSync(join(folder, 'damaged/clip.dgsv'), clip);
  const server = await serve(program, join(folder, 'damaged'));
  await browser.open(server.url);
  await browser.until(ready);
  await browser.value('volpress.playback.speed = 8');
  await browser.until('volpress.playback.shownFrame >= 20');
  expect((await browser.value("document.getElementById('notice').textContent")).includes('damaged'),
    'nothing is said');
  await server.close();
});

await check('a page opened as a file says why it cannot play', async () => {
  await fails(`file://${join(folder, 'web/index.html')}`, 'This page needs a web server');
  await shot('file');
});

await check('sound is the clock of a clip that has it', async () => {
  writeTone(join(folder, 'tone.wav'), 60);
  execFileSync(program, ['stream', 'export', 'clip.dgsv', '-o', 'sound', '--audio', 'tone.wav', '-q'],
    { cwd: folder });
  const server = await serve(program, join(folder, 'sound'));
  await browser.open(server.url);
  await browser.until(ready);
  await browser.until('volpress.playback.sound.isHeard');
  const apart = 'Math.abs(volpress.playback.sound.time - volpress.playback.position / 2)';
  await browser.until(`volpress.playback.sound.time > 1 && ${apart} < 0.25`);
  await browser.value('volpress.playback.seek(30)');
  await browser.until(`volpress.playback.sound.time > 30.5 && ${apart} < 0.25`);
  expect(await player('sound.muted'), 'nobody has touched the page');
  // A hand does what a script may not.
  const [x, y] = JSON.parse(await browser.value(`(() => {
    const { x, y, width, height } = document.getElementById('sound').getBoundingClientRect();
    return JSON.stringify([x + width / 2, y + height / 2]);
  })()`));
  await mouse('mouseMoved', x, y - 5);
  await mouse('mousePressed', x, y);
  await mouse('mouseReleased', x, y);
  await browser.until("document.getElementById('sound').title === 'Sound is on (M)'");
  await browser.until(`volpress.playback.sound.isHeard && ${apart} < 0.25`);
  await shot('sound');
  await browser.value('volpress.playback.pause()');
  await browser.until('!volpress.playback.sound.isHeard');
  await server.close();
});

await check('no memory is kept from lap to lap', async () => {
  const server = await serve(program, join(folder, 'web'));
  await browser.open(server.url);
  await browser.until(ready);
  await browser.value('volpress.playback.speed = 30; 0');
  const held = [];
  for (let k = 0; k < 4; ++k) {
    await sleep(1000);
    held.push(await player('held'));
  }
  expect(Math.max(...held) <= 100, held.join(', '));
  await server.close();
  return `${held.join(', ')} frames held`;
});

await browser.close();
if (pictures === '') {
  rmSync(folder, { recursive: true });
} else {
  console.log(`pictures are in ${shots}`);
}
finish();
