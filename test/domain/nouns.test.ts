import { describe, expect, test } from 'vitest';
import { currentStep, progress } from '../../src/domain/operation.js';
import { plan } from '../../src/domain/plugin.js';
import { inWords, summary } from '../../src/domain/step.js';
import { aStep, now, tenantId } from './rows.js';

describe('S13: a step in one line', () => {
  test.each([
    ['Launching instances completed 1000 out of 1000 in 10 minutes', 'SUCCEEDED', 1000, 0, 1000],
    ['Launching instances completed 0 out of 0 in 10 minutes', 'SUCCEEDED', 0, 0, 0],
    ['Launching instances completed: 59 out of 1000', 'RUNNING', 59, 0, 1000],
    ['Launching instances completed: 59 out of 1000, 3 failed', 'FAILED', 59, 3, 1000],
    ['Launching instances completed: 59', 'RUNNING', 59, 0, null],
    ['Launching instances completed: 0 out of 1000', 'PENDING', 0, 0, 1000],
    ['Launching instances completed: 0 out of 1000', 'SKIPPED', 0, 0, 1000],
  ] as const)('S13: %s', (text, state, completed, failed, total) => {
    const step = aStep({ stepName: 'Launching instances', state, completed, failed, total, duration: 600_000 });
    expect(summary(step)).toBe(text);
  });

  test.each([
    [0, '0 seconds'],
    [499, '0 seconds'],
    [500, '1 second'],
    [59_500, '1 minute'],
    [61_000, '1 minute 1 second'],
    [3_600_000, '1 hour'],
    [3_601_000, '1 hour 1 second'],
    [90_061_000, '1 day 1 hour'],
    [10_800_000, '3 hours'],
  ])('S13: %d ms is %s', (milliseconds, words) => {
    expect(inWords(milliseconds)).toBe(words);
  });
});

describe('O1: the plan', () => {
  const declare = (name: string, creating: string[]) => ({
    ...{ tenantId, name, version: null, createdAt: now, updatedAt: now },
    provisioningSteps: { creating, scaling: [`scale ${name}`], deleting: [] },
  });
  const declared = [declare('infra', ['Launching instances']), declare('vanilla', ['Starting namenode'])];

  test('O1: infra’s steps for the type, then the plugin’s', () => {
    const step = (stepName: string, source: string) => ({ stepName, source, total: null });
    expect(plan('CREATING', declared)).toEqual([
      step('Launching instances', 'infra'),
      step('Starting namenode', 'vanilla'),
    ]);
    expect(plan('SCALING', declared)).toEqual([step('scale infra', 'infra'), step('scale vanilla', 'vanilla')]);
    expect(plan('DELETING', declared)).toEqual([]);
  });

  test('O1: where one is not registered, the other’s are the plan', () => {
    expect(plan('CREATING', [undefined, declared[1]]).map(({ source }) => source)).toEqual(['vanilla']);
    expect(plan('CREATING', [undefined, undefined])).toEqual([]);
  });
});

describe('an operation', () => {
  const steps = [
    aStep({ state: 'SUCCEEDED', completed: 0, total: 0 }),
    aStep({ state: 'FAILED', completed: 500, failed: 1, total: 1000 }),
    aStep({ state: 'RUNNING', completed: 7, total: null }),
    aStep({ state: 'PENDING', startedAt: null }),
  ];

  test('its progress is the mean of its steps’ shares', () => {
    expect(progress({ state: 'RUNNING' }, steps)).toBe((1 + 0.5 + 0 + 0) / 4);
    expect(progress({ state: 'RUNNING' }, [])).toBe(0);
    expect(progress({ state: 'SUCCEEDED' }, [])).toBe(1);
  });

  test('its current step is the one that runs, else the last that has begun', () => {
    expect(currentStep(steps)).toBe(steps[2]);
    expect(currentStep(steps.filter(({ state }) => state !== 'RUNNING'))).toBe(steps[1]);
    expect(currentStep(steps.slice(3))).toBeNull();
  });
});
