// Loaded into a server under test by `node --import`: tells the benchmark what cannot be seen from outside.
import pg from 'pg';
import { answer } from './child.js';
let statements = 0;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function (...args) {
    statements += 1;
    return query.apply(this, args);
};
answer({
    /** SQL statements sent since the process began. */
    statements: () => statements,
    /** Bytes of memory in use, rubbish thrown away first where `--expose-gc` lets it. */
    memory: () => {
        globalThis.gc?.();
        return process.memoryUsage().rss;
    },
    /** Microseconds of processor time used since the process began. */
    cpu: () => {
        const { user, system } = process.cpuUsage();
        return user + system;
    },
});
process.channel?.unref();
