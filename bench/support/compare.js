import { median, rounded } from './statistics.js';
/**
 * Ours and the references take turns (A B A B …): what the machine does meanwhile meets them all. The first turn of
 * each warms it up and does not count. Ratios are taken within a round; the figure is their median.
 */
export async function compare(run, { bench, unit, ours, references }) {
    const turns = [ours, ...references.map(({ turn }) => turn)];
    if (!run.moment)
        await takeTurns(turns);
    const rounds = [];
    for (let round = 0; round < run.rounds; round += 1) {
        rounds.push(await takeTurns(turns));
        run.say(`${bench}: round ${round + 1} of ${run.rounds}: ${rounds.at(-1)?.map(rounded).join(', ')} ${unit}`);
    }
    return references.map((reference, index) => against(bench, unit, reference, rounds, index + 1));
}
async function takeTurns(turns) {
    const values = [];
    for (const turn of turns)
        values.push(await turn());
    return values;
}
function against(bench, unit, { name, aim }, rounds, column) {
    const value = (round, at) => round[at] ?? Number.NaN;
    const ratios = rounds.map((round) => value(round, 0) / value(round, column));
    return {
        bench,
        ours: rounded(median(rounds.map((round) => value(round, 0)))),
        unit,
        reference: name,
        referenceValue: rounded(median(rounds.map((round) => value(round, column)))),
        ratio: rounded(median(ratios)),
        spread: [rounded(Math.min(...ratios)), rounded(Math.max(...ratios))],
        aim,
    };
}
