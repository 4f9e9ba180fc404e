import { z } from 'zod';
import { isNetwork } from '../limits/client-address.js';
import type { LimitSettings } from '../limits/limits.js';
import { isLoopback, wholeNumber } from './values.js';

/** The variables that say how much callers and addresses may do. What is not given depends on who can reach the server. */
export const limitVariables = {
  STEPCAST_LIMIT_REQUESTS_PER_SECOND: wholeNumber(1, 1_000_000).optional(),
  STEPCAST_LIMIT_REQUESTS_UNDER_WAY: wholeNumber(1, 1_000_000).optional(),
  // No less than one request may cost.
  STEPCAST_LIMIT_COST_PER_MINUTE: wholeNumber(10_000, 1_000_000_000).optional(),
  STEPCAST_LIMIT_SUBSCRIBED_NODES: wholeNumber(1_000, 1_000_000_000).optional(),
  STEPCAST_LIMIT_SOCKETS_PER_CALLER: wholeNumber(1, 1_000_000).optional(),
  STEPCAST_LIMIT_SOCKETS_PER_ADDRESS: wholeNumber(1, 1_000_000).optional(),
  STEPCAST_LIMIT_UPGRADES_PER_SECOND: wholeNumber(1, 1_000_000).optional(),
  STEPCAST_LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE: wholeNumber(1, 1_000_000).optional(),
  STEPCAST_TRUSTED_PROXIES: z
    .string()
    .transform((value) => value.split(',').map((network) => network.trim()))
    .refine((networks) => networks.every(isNetwork), {
      error: 'expected addresses or networks separated by commas, such as 10.0.0.0/8 or ::1',
    })
    .default([]),
};

const schema = z.object(limitVariables);
type Values = z.infer<typeof schema>;
type Rates = Omit<LimitSettings, 'trustedProxies'>;

/** On loopback all is one machine, and often one caller: 10,000 readers, and reports as fast as they can be stored. */
const onLoopback: Rates = {
  requestsPerSecond: 50_000,
  requestsUnderWay: 20_000,
  costPerMinute: 1_000_000_000,
  subscribedNodes: 100_000_000,
  socketsPerCaller: 50_000,
  socketsPerAddress: 50_000,
  upgradesPerSecond: 20_000,
  failedAuthenticationsPerMinute: 60_000,
};

/** A fleet of plugins with one key, or a team of readers behind one address. */
const onNetwork: Rates = {
  requestsPerSecond: 1_000,
  requestsUnderWay: 256,
  costPerMinute: 10_000_000,
  subscribedNodes: 500_000,
  socketsPerCaller: 1_000,
  socketsPerAddress: 2_000,
  upgradesPerSecond: 100,
  failedAuthenticationsPerMinute: 60,
};

export function limitsOf(values: Values, host: string): LimitSettings {
  const usual = isLoopback(host) ? onLoopback : onNetwork;
  return {
    requestsPerSecond: values.STEPCAST_LIMIT_REQUESTS_PER_SECOND ?? usual.requestsPerSecond,
    requestsUnderWay: values.STEPCAST_LIMIT_REQUESTS_UNDER_WAY ?? usual.requestsUnderWay,
    costPerMinute: values.STEPCAST_LIMIT_COST_PER_MINUTE ?? usual.costPerMinute,
    subscribedNodes: values.STEPCAST_LIMIT_SUBSCRIBED_NODES ?? usual.subscribedNodes,
    socketsPerCaller: values.STEPCAST_LIMIT_SOCKETS_PER_CALLER ?? usual.socketsPerCaller,
    socketsPerAddress: values.STEPCAST_LIMIT_SOCKETS_PER_ADDRESS ?? usual.socketsPerAddress,
    upgradesPerSecond: values.STEPCAST_LIMIT_UPGRADES_PER_SECOND ?? usual.upgradesPerSecond,
    failedAuthenticationsPerMinute:
      values.STEPCAST_LIMIT_FAILED_AUTHENTICATIONS_PER_MINUTE ?? usual.failedAuthenticationsPerMinute,
    trustedProxies: values.STEPCAST_TRUSTED_PROXIES,
  };
}
