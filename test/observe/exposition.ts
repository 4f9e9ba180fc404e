/** What `/metrics` answered: the value of each sample, by its name with its labels as they are written. */
export function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name, value] = /^(\S+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`expected a sample, got ${line}`);
      return [name, Number(value)];
    }),
  );
}

/** The metrics that a text declares, by their names. */
export const declaredIn = (text: string): string[] =>
  [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name as string).sort();

export async function scrape(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${url}/metrics`, { headers });
  if (!response.ok) throw new Error(`expected metrics, got ${response.status}: ${await response.text()}`);
  return response.text();
}
