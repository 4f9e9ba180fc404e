import { rounded } from './statistics.js';
/** A figure that is held against its aim alone. */
export const single = (bench, ours, unit, aim) => ({
    bench,
    ours: rounded(ours),
    unit,
    reference: null,
    referenceValue: null,
    ratio: null,
    spread: null,
    aim,
});
/** The figure as a line to read. */
export function inWords({ bench, ours, unit, reference, referenceValue, ratio, spread, aim }) {
    const against = reference === null ? '' : `, ${reference} ${readable(referenceValue)}: ratio ${ratio}`;
    const range = spread === null ? '' : ` (${spread[0]} to ${spread[1]})`;
    return `${bench}: ${readable(ours)} ${unit}${against}${range}${aim === null ? '' : ` · aim ${aim}`}`;
}
const readable = (value) => (value ?? 0).toLocaleString('en', { maximumSignificantDigits: 4 });
