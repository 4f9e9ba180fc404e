import { compare } from './support/compare.js';
import { fleet } from './support/fleet.js';
import { startClients, startPeer, startServer } from './support/server.js';
export async function report(run) {
    const server = await startServer(run);
    const apollo = await startPeer(run, 'apollo-prisma', server.env);
    const mercurius = await startPeer(run, 'mercurius-prisma', server.env);
    const noop = await startPeer(run, 'noop');
    const reporters = startClients(run, 'reporters');
    const reportsTo = (url) => async () => {
        const targets = await fleet(server.url, 10);
        const stepIds = targets.flatMap((target) => target.stepIds);
        const load = { url, connections: 50, stepIds, events: 1, seconds: run.seconds };
        const { reports, seconds } = await reporters.ask('report', load);
        return reports / seconds;
    };
    return compare(run, {
        bench: 'report',
        unit: 'reports/s',
        ours: reportsTo(server.url),
        references: [
            { name: 'Apollo + Prisma, a transaction per report', turn: reportsTo(apollo), aim: '≥ 12' },
            { name: 'Mercurius + Prisma, a transaction per report', turn: reportsTo(mercurius), aim: '≥ 8' },
            { name: 'the same stack, no-op resolver', turn: reportsTo(noop), aim: '≥ 0.7' },
        ],
    });
}
