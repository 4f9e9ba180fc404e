import { compare } from './support/compare.js';
import { fleet } from './support/fleet.js';
import { startClients, startServer } from './support/server.js';
export async function growth(run) {
    const server = await startServer(run);
    const reporters = startClients(run, 'reporters');
    const thousand = 1000;
    const depths = run.moment ? [2000] : [10_000, 100_000];
    const costAt = async (depth) => {
        // The measured reports are the ones around the depth that is meant.
        const measured = 800;
        const stepId = await filled(server.url, reporters, depth - measured / 2);
        return async () => {
            const load = { url: server.url, connections: 10, stepIds: [await stepId()], events: 1, reports: measured };
            const { reports, seconds } = await reporters.ask('report', load);
            return (seconds / reports) * 1e6;
        };
    };
    const base = await costAt(thousand);
    const figures = [];
    for (const depth of depths) {
        figures.push(...(await compare(run, {
            bench: 'growth',
            unit: `µs per report, the ${depth.toLocaleString('en')}th of a step`,
            ours: await costAt(depth),
            references: [{ name: 'the 1000th', turn: base, aim: '≤ 1.15' }],
        })));
    }
    return figures;
}
async function filled(url, reporters, depth) {
    throw new Error(`${url} ${reporters} ${depth}`);
}
