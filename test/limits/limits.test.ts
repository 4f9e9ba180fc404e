import { describe, expect, test } from 'vitest';
import { type LimitSettings, Limits } from '../../src/limits/limits.js';

const settings: LimitSettings = {
  requestsPerSecond: 2,
  costPerMinute: 600,
  requestsUnderWay: 3,
  socketsPerCaller: 2,
  subscribedNodes: 100,
  socketsPerAddress: 2,
  upgradesPerSecond: 1,
  failedAuthenticationsPerMinute: 3,
  trustedProxies: [],
};

/** Limits by a clock that only the test moves. */
function limits(over: Partial<LimitSettings> = {}) {
  const clock = { now: 0 };
  const made = new Limits({ ...settings, ...over }, () => clock.now);
  const from = (remoteAddress: string) => made.ofAddress({ socket: { remoteAddress }, headers: {} } as never);
  return { clock, made, from };
}

const refused = (retryAfterSeconds: number) =>
  expect.objectContaining({ code: 'LIMIT_EXCEEDED', retryable: true, details: { retryAfterSeconds } });

/** What is thrown; null: nothing. */
function thrown(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
}

describe('a caller', () => {
  test('may make twice as many requests at once as in a second', () => {
    const { clock, made } = limits({ requestsUnderWay: 100 });
    const ask = () => thrown(() => made.ofCaller('ann').beginRequest());
    expect([1, 2, 3, 4].map(ask)).toEqual([null, null, null, null]);
    expect(ask()).toEqual(refused(1));
    clock.now = 500;
    expect([ask(), ask()]).toEqual([null, refused(1)]);
    expect(thrown(() => made.ofCaller('bob').beginRequest())).toBeNull();
    expect(made.refused.get('requests')).toBe(2);
  });

  test('may have so many requests under way, and one more for each that is answered', () => {
    const { made } = limits({ requestsPerSecond: 100 });
    const begin = () => made.ofCaller('ann').beginRequest();
    const [first] = [begin(), begin(), begin()];
    expect(thrown(begin)).toEqual(refused(1));
    first?.();
    // Told twice that it is answered, as by an error and the end of its connection.
    first?.();
    expect([thrown(begin), thrown(begin)]).toEqual([null, refused(1)]);
  });

  test('may ask for so many objects in a minute, and is told when there are enough again', () => {
    const { clock, made } = limits();
    const charge = (nodes: number) => thrown(() => made.ofCaller('ann').charge(nodes));
    expect([charge(500), charge(100), charge(50)]).toEqual([null, null, refused(5)]);
    clock.now = 5_000;
    expect([charge(50), charge(0)]).toEqual([null, refused(1)]);
  });

  test('may have so many websockets', () => {
    const { made } = limits();
    const open = () => made.ofCaller('ann').openSocket();
    const [first] = [open(), open()];
    expect(thrown(open)).toEqual(refused(1));
    first?.();
    expect(thrown(open)).toBeNull();
  });

  test('may follow so much at a time', () => {
    const { made } = limits();
    const follow = (nodes: number) => made.ofCaller('ann').openSubscription(nodes);
    const [first] = [follow(60), follow(40)];
    expect(thrown(() => follow(0))).toEqual(refused(1));
    first?.();
    expect([thrown(() => follow(60)), thrown(() => follow(1))]).toEqual([null, refused(1)]);
  });
});

describe('an address', () => {
  test('may open twice as many websockets at once as in a second, and have so many', () => {
    const { clock, from } = limits({ socketsPerAddress: 3 });
    const open = () => thrown(() => from('192.0.2.1').upgrade());
    expect([open(), open(), open()]).toEqual([null, null, refused(1)]);
    clock.now = 10_000;
    expect([open(), open()]).toEqual([null, refused(1)]);
    expect(thrown(() => from('192.0.2.2').upgrade())).toBeNull();
  });

  test('may guess credentials so often, and is not answered any more until a minute has passed', () => {
    const { clock, from } = limits();
    const guess = () => {
      const error = thrown(() => from('192.0.2.1').expectFewFailures());
      if (error === null) from('192.0.2.1').authenticationFailed();
      return error;
    };
    expect([1, 2, 3, 4].map(guess)).toEqual([null, null, null, refused(20)]);
    clock.now = 20_000;
    expect([guess(), guess()]).toEqual([null, refused(20)]);
    expect(thrown(() => from('192.0.2.2').expectFewFailures())).toBeNull();
  });
});

test('who comes from ever new addresses does not fill the memory, and what is held keeps counting', () => {
  const { clock, made, from } = limits();
  const held = from('192.0.2.1').upgrade();
  for (let each = 0; each < 200_000; each++) {
    clock.now += 1;
    from(`2001:db8:${(each >> 16).toString(16)}:${(each & 0xffff).toString(16)}::1`).authenticationFailed();
  }
  expect(made.addresses).toBeLessThanOrEqual(50_000);
  held();
});
