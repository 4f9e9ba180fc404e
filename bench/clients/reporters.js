// The reporters, in a process of their own.
import { answer } from '../support/child.js';
import { HttpConnection } from '../support/http-connection.js';
import { allRecorded, reportBody } from '../support/reports.js';
/** Each connection makes one report after the other, each after the answer to the one before. */
async function report({ url, connections, stepIds, events, seconds, reports = Infinity }) {
    const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(url)));
    const begun = performance.now();
    const end = seconds === undefined ? Infinity : begun + seconds * 1000;
    let sent = 0;
    let answered = 0;
    const work = async (connection, index) => {
        const stepId = stepIds[index % stepIds.length];
        while (sent < reports && performance.now() < end) {
            sent += 1;
            const body = await connection.post(reportBody(stepId, events));
            if (!allRecorded(body, events))
                throw new Error(`expected ${events} recorded events, got ${body.slice(0, 1000)}`);
            answered += 1;
        }
    };
    await Promise.all(open.map(work));
    const taken = (performance.now() - begun) / 1000;
    for (const connection of open)
        connection.close();
    return { reports: answered, seconds: taken };
}
/** One reader asks the same again and again: milliseconds of each answer. */
async function ask({ url, query, variables, times }) {
    const connection = await HttpConnection.open(url);
    const json = JSON.stringify({ query, variables });
    const taken = [];
    for (let time = 0; time < times; time += 1) {
        const begun = performance.now();
        const body = await connection.post(json);
        taken.push(performance.now() - begun);
        if (body.includes('"errors"'))
            throw new Error(`expected data, got ${body.slice(0, 1000)}`);
    }
    connection.close();
    return taken;
}
answer({ report, ask });
