import { describe, expect, test } from 'vitest';
import { CellLayout, type LaidOut, sorted } from '../../src/web/page/step/cells/layout.js';

const unit = (nodeGroupId: string | null, instanceName: string): LaidOut => ({
  nodeGroupId,
  instanceName,
  key: `n:${instanceName}`,
});
const workers = (count: number, group: string | null = 'worker') =>
  Array.from({ length: count }, (_, index) => unit(group, `${group}-${index + 1}`));

test('units are ordered by group, then by name, numbers by their size', () => {
  const units = [unit('worker', 'worker-10'), unit('worker', 'worker-9'), unit('master', 'm'), unit(null, 'x')];
  expect(sorted(units).map((index) => units[index]?.instanceName)).toEqual(['x', 'm', 'worker-9', 'worker-10']);
});

describe('cells', () => {
  test('are hit where they are drawn, each of them', () => {
    const units = [...workers(500), ...workers(70, 'master')];
    const layout = new CellLayout(units, 333);
    units.forEach((_, index) => {
      const { band, cell } = layout.cellOf(index) as NonNullable<ReturnType<CellLayout['cellOf']>>;
      const { x, y } = layout.positionOf(band, cell);
      expect(layout.unitsOf(band, cell)).toEqual([index]);
      expect(layout.hit(x + 1, y + 1)).toEqual({ band, cell });
      expect(x + layout.size.pitch - layout.size.gap).toBeLessThanOrEqual(333);
      expect(y).toBeLessThan(layout.height);
    });
    expect(layout.hit(-5, 50)).toBeNull();
    expect(layout.hit(332, layout.height + 50)).toBeNull();
    expect(layout.hit(3, 3)).toBeNull();
  });

  test('never move while units are added, of old groups and of new ones', () => {
    const units = [...workers(30, 'a'), ...workers(30, 'b')];
    const layout = new CellLayout(units, 280, 400);
    const where = (index: number) => {
      const { band, cell } = layout.cellOf(index) as NonNullable<ReturnType<CellLayout['cellOf']>>;
      return { ...layout.positionOf(band, cell), group: band.group };
    };
    const before = units.map((_, index) => where(index));
    for (let index = 60; index < 400; index++) {
      units.push(unit(['a', 'b', 'c'][index % 3] ?? '', `late-${index}`));
      layout.extend(units);
    }
    expect(units.slice(0, 60).map((_, index) => where(index))).toEqual(before);
    expect(layout.isContinued).toBe(true);
    expect(new CellLayout(units, 280, 400).isContinued).toBe(false);
    const all = units.map((_, index) => where(index));
    expect(new Set(all.map(({ x, y }) => `${x},${y}`)).size).toBe(400);
    all.forEach(({ group }, index) => {
      expect(group).toBe(units[index]?.nodeGroupId);
    });
  });

  test('of one group fill row after row, without a label', () => {
    const units: LaidOut[] = workers(1);
    const layout = new CellLayout(units, 100, 1_000);
    for (const added of workers(999)) {
      units.push(added);
      layout.extend(units);
    }
    expect(layout.bands.map(({ label }) => label)).toEqual([null]);
  });

  test('are not set apart by group when there are too many groups, or too small ones', () => {
    const units = Array.from({ length: 100 }, (_, index) => unit(`group-${index}`, 'one'));
    expect(new CellLayout(units, 500).bands).toHaveLength(1);
    const layout = new CellLayout([], 500, 100);
    expect(layout.height).toBe(0);
  });

  test('stand for several units above 40,000', () => {
    const layout = new CellLayout(workers(100_000), 1_000);
    expect(layout.perCell).toBe(3);
    const { band, cell } = layout.cellOf(99_999) as NonNullable<ReturnType<CellLayout['cellOf']>>;
    expect(layout.unitsOf(band, cell)).toContain(99_999);
  });
});
