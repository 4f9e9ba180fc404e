import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOf } from '../../src/domain/cluster.js';
import { type Identity, unitKey } from '../../src/domain/unit.js';
import { Units } from '../../src/domain/units.js';
import { aUnit } from './rows.js';

/** Names made of what keys are made of. */
const part = fc.string({ unit: fc.constantFrom('a', '/', ':', '1', '3'), maxLength: 6 });
const identity = fc.record({
  nodeGroupId: fc.option(part),
  instanceId: fc.option(part, { freq: 2 }),
  instanceName: fc.option(part),
});

test('S5: units that differ in what is known of them have different keys, whatever characters names have', () => {
  fc.assert(
    fc.property(identity, identity, (one, other) => {
      expect(unitKey(one) === unitKey(other)).toBe(JSON.stringify(known(one)) === JSON.stringify(known(other)));
    }),
    { numRuns: 2_000 },
  );
});

/** Its id, else its name within its group, else that it is nobody. */
const known = ({ nodeGroupId, instanceId, instanceName }: Identity) =>
  instanceId !== null ? [instanceId] : instanceName === null ? [] : [nodeGroupId, instanceName];

const step = fc.record({ tenantId: part, id: part });

test('S5: what was recorded of a unit is never taken for another step’s', () => {
  fc.assert(
    fc.property(step, step, part, (one, other, key) => {
      const units = new Units([]);
      units.save(aUnit({ tenantId: one.tenantId, provisionStepId: one.id, key }));
      const isSame = JSON.stringify(Object.values(one)) === JSON.stringify(Object.values(other));
      expect(units.get(other, key) !== undefined).toBe(isSame);
    }),
    { numRuns: 2_000 },
  );
});

test('W9: no two references have the same key, whatever characters tenants and ids have', () => {
  const ref = fc.record({ tenantId: part, id: part });
  fc.assert(
    fc.property(ref, ref, (one, other) => {
      const isSame = one.tenantId === other.tenantId && one.id === other.id;
      expect(keyOf(one) === keyOf(other)).toBe(isSame);
    }),
    { numRuns: 2_000 },
  );
});
