import { readConfig } from '../../src/config.js';
import { Shares } from '../../src/domain/shares.js';
import { Limits } from '../../src/limits/limits.js';

/** Those that a server on loopback has by default: no test that is not about them meets them. */
export const usualLimits = () => new Limits(readConfig({}).limits);

/** The connections of readers, as a server has them. */
export const usualConnections = () => new Shares({ places: 10, waiting: 5_000, timeoutMs: 5_000 });
