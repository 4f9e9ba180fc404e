/** Runs one benchmark and closes all that it opened. */
export async function measure(bench, moment, say) {
    const opened = [];
    const run = {
        moment,
        rounds: moment ? 1 : 5,
        seconds: moment ? 0.5 : 4,
        size: (full, small) => (moment ? small : full),
        own(thing) {
            opened.push(thing);
            return thing;
        },
        say,
    };
    try {
        return await bench(run);
    }
    finally {
        for (const thing of opened.reverse())
            await thing.close();
    }
}
