import type { Browser, Locator } from 'playwright-core';

/** What an element looks like, without what its words say. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, row by row. */
  readonly pixels: readonly (readonly [number, number, number])[];
}

/** Takes pictures of elements as they are seen; a browser decodes them. */
export async function photographer(browser: Browser) {
  const context = await browser.newContext();
  const dark = await context.newPage();
  const take = async (element: Locator): Promise<Picture> => {
    const image = (await element.screenshot({ animations: 'disabled' })).toString('base64');
    const { width, height, data } = await dark.evaluate<{
      width: number;
      height: number;
      data: number[];
    }>(`(async () => {
      const image = new Image();
      image.src = 'data:image/png;base64,${image}';
      await image.decode();
      const { width, height } = image;
      const canvas = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
      canvas.drawImage(image, 0, 0);
      return { width, height, data: [...canvas.getImageData(0, 0, width, height).data] };
    })()`);
    const pixels = Array.from({ length: width * height }, (_, at) => data.slice(4 * at, 4 * at + 3));
    return { width, height, pixels: pixels as [number, number, number][] };
  };
  return { take, close: () => context.close() };
}

/** How much lighter or darker the part that differs most is than what is seen most, by WCAG's contrast ratio. */
export function contrast({ pixels }: Picture): number {
  const counts = new Map<string, number>();
  for (const pixel of pixels) counts.set(pixel.join(), (counts.get(pixel.join()) ?? 0) + 1);
  const [ground = ''] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  const base = luminance(ground.split(',').map(Number));
  return Math.max(
    ...pixels.map((pixel) => {
      const [light, dark] = [base, luminance(pixel)].sort((a, b) => b - a) as [number, number];
      return (light + 0.05) / (dark + 0.05);
    }),
  );
}

/** Where it is lighter than on the whole, as a text: equal for equal patterns, whatever their colours. */
export function pattern({ pixels }: Picture): string {
  const light = pixels.map(luminance);
  const middle = (Math.max(...light) + Math.min(...light)) / 2;
  return light.map((value) => (value > middle ? '#' : '.')).join('');
}

function luminance(pixel: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = pixel.map((value) => {
    const share = value / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
