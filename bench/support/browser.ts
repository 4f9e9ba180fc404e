import { existsSync } from 'node:fs';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import type { Run } from './bench.js';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasBrowser = existsSync(executablePath);

export interface Tab {
  readonly page: Page;
  /** Megabytes of the page's own objects, once what nobody needs is gone. */
  heap(): Promise<number>;
  /** Milliseconds between frames, and of inputs until the next frame, since it was last asked. */
  taken(): Promise<Taken>;
}

export interface Taken {
  readonly frames: readonly number[];
  readonly inputs: readonly number[];
}

/** A tab of a browser of its own, in which frames and inputs are timed by the browser. */
export async function openTab(run: Run): Promise<Tab> {
  const browser = run.own(
    await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    }),
  );
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(timing);
  const devtools = await page.context().newCDPSession(page);
  return { page, heap: () => heapOf(devtools), taken: () => page.evaluate('window.taken()') };
}

async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}

/** Runs in the page, before its own scripts. An input shorter than 16 ms is not told by the browser. */
const timing = `{
  let frames = [], inputs = [], last = performance.now();
  const frame = (now) => { frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === 'keydown') inputs.push(duration);
  }).observe({ type: 'event', durationThreshold: 16 });
  window.taken = () => { const all = { frames, inputs }; frames = []; inputs = []; return all; };
}`;
