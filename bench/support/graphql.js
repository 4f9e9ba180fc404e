import { HttpConnection } from './http-connection.js';
/** Asks once and returns `data`; errors are thrown. */
export async function graphql(url, query, variables = {}) {
    const connection = await HttpConnection.open(url);
    try {
        const { data, errors } = JSON.parse(await connection.post(JSON.stringify({ query, variables })));
        if (errors)
            throw new Error(`expected data, got ${JSON.stringify(errors)}`);
        return data;
    }
    finally {
        connection.close();
    }
}
