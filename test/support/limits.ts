import { readConfig } from '../../src/config.js';
import { Limits } from '../../src/limits/limits.js';

/** Those that a server on loopback has by default: no test that is not about them meets them. */
export const usualLimits = () => new Limits(readConfig({}).limits);
