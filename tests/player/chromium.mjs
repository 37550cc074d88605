// Drives a headless Chromium over its DevTools protocol with plain node: no package is needed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The name of a browser of this machine, or nothing. */
export function findBrowser() {
  return ['chromium', 'chromium-browser', 'google-chrome'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  );
}

/** A WebSocket as a client, as far as DevTools needs one: text both ways. */
class Socket {
  constructor(url) {
    const { hostname, port, pathname } = new URL(url);
    this.buffer = Buffer.alloc(0);
    this.parts = [];
    this.opened = new Promise((resolve, reject) => {
      this.socket = connect(Number(port), hostname, () => {
        const key = randomBytes(16).toString('base64');
        this.accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest('base64');
        this.socket.write(
          `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\n` +
            `Connection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
        );
      });
      this.socket.on('error', reject);
      this.socket.on('data', (data) => {
        this.buffer = Buffer.concat([this.buffer, data]);
        if (this.ready) {
          this.read();
          return;
        }
        const end = this.buffer.indexOf('\r\n\r\n');
        if (end >= 0) {
          if (!this.buffer.subarray(0, end).toString().includes(this.accept)) {
            reject(new Error('no WebSocket'));
          }
          this.ready = true;
          this.buffer = this.buffer.subarray(end + 4);
          resolve();
          this.read();
        }
      });
    });
  }

  read() {
    for (;;) {
      const bytes = this.buffer;
      if (bytes.length < 2) return;
      let size = bytes[1] & 127;
      let at = 2;
      if (size === 126) {
        if (bytes.length < 4) return;
        size = bytes.readUInt16BE(2);
        at = 4;
      } else if (size === 127) {
        if (bytes.length < 10) return;
        size = Number(bytes.readBigUInt64BE(2));
        at = 10;
      }
      if (bytes.length < at + size) return;
      const payload = bytes.subarray(at, at + size);
      const [last, kind] = [bytes[0] >> 7, bytes[0] & 15];
      this.buffer = bytes.subarray(at + size);
      if (kind <= 1) {
        this.parts.push(Buffer.from(payload));
        if (last) {
          const text = Buffer.concat(this.parts).toString();
          this.parts = [];
          this.onmessage(text);
        }
      }
    }
  }

  send(text) {
    const payload = Buffer.from(text);
    const mask = randomBytes(4);
    const head = payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.alloc(10);
    if (payload.length >= 126) {
      head[0] = 0x81;
      head[1] = 0x80 | 127;
      head.writeBigUInt64BE(BigInt(payload.length), 2);
    }
    this.socket.write(Buffer.concat([head, mask, payload.map((byte, k) => byte ^ mask[k & 3])]));
  }

  close() {
    this.socket.destroy();
  }
}

/** One tab. */
export class Browser {
  static async start({ width = 1280, height = 720 } = {}) {
    const browser = new Browser();
    browser.folder = mkdtempSync(join(tmpdir(), 'volpress-browser-'));
    browser.child = spawn(findBrowser(), [
      '--headless', '--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--disable-gpu-vsync', '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding', '--run-all-compositor-stages-before-draw',
      '--disable-background-networking', '--disable-component-update', '--no-first-run',
      '--remote-debugging-port=0', `--user-data-dir=${browser.folder}`,
      `--window-size=${width},${height}`, 'about:blank',
    ], { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    const address = await new Promise((resolve, reject) => {
      let text = '';
      browser.child.stderr.on('data', (data) => {
        text += data;
        const found = /DevTools listening on ws:\/\/([^/]+)\//.exec(text);
        if (found) resolve(found[1]);
      });
      browser.child.on('exit', () => reject(new Error(`the browser does not start:\n${text}`)));
    });
    const tabs = await (await fetch(`http://${address}/json/list`)).json();
    browser.socket = new Socket(tabs.find((tab) => tab.type === 'page').webSocketDebuggerUrl);
    browser.waiting = new Map();
    browser.messages = [];
    browser.next = 1;
    browser.socket.onmessage = (text) => {
      const message = JSON.parse(text);
      if (message.id !== undefined) {
        const { resolve, reject } = browser.waiting.get(message.id);
        browser.waiting.delete(message.id);
        if (message.error) reject(new Error(message.error.message));
        else resolve(message.result);
      } else if (message.method === 'Runtime.exceptionThrown') {
        browser.messages.push(message.params.exceptionDetails.exception?.description ?? 'error');
      } else if (message.method === 'Log.entryAdded' && message.params.entry.level === 'error') {
        browser.messages.push(`${message.params.entry.text} ${message.params.entry.url ?? ''}`);
      }
    };
    await browser.socket.opened;
    await browser.call('Page.enable');
    await browser.call('Runtime.enable');
    await browser.call('Log.enable');
    await browser.call('Network.enable');
    await browser.resize(width, height);
    return browser;
  }

  call(method, params = {}) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  resize(width, height) {
    return this.call('Emulation.setDeviceMetricsOverride', {
      width, height, deviceScaleFactor: 1, mobile: false,
    });
  }

  async open(url) {
    this.messages = [];
    await this.call('Page.navigate', { url });
  }

  /** The value of an expression in the page. */
  async value(expression) {
    const { result, exceptionDetails } = await this.call('Runtime.evaluate', {
      expression, returnByValue: true, awaitPromise: true,
    });
    if (exceptionDetails) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  }

  /** Waits until an expression is true. */
  async until(expression, seconds = 60) {
    const end = Date.now() + 1000 * seconds;
    while (Date.now() < end) {
      if (await this.value(expression).catch(() => false)) return;
      await sleep(30);
    }
    throw new Error(`after ${seconds} s still not: ${expression}; page says ${
      await this.value('document.body.innerText').catch(() => '')} ${this.messages.join('; ')}`);
  }

  async picture(path) {
    const { data } = await this.call('Page.captureScreenshot', { format: 'png' });
    writeFileSync(path, Buffer.from(data, 'base64'));
  }

  async close() {
    this.socket.close();
    const gone = new Promise((resolve) => this.child.on('exit', resolve));
    process.kill(-this.child.pid, 'SIGKILL'); // the whole group: its processes write until they end
    await gone;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 40, retryDelay: 250 });
  }
}
