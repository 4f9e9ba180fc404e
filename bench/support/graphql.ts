import { HttpConnection } from './http-connection.js';

/** Sends one request and returns `data`; throws errors. */
export async function graphql<Data>(url: string, query: string, variables: object = {}): Promise<Data> {
  const connection = await HttpConnection.open(url);
  try {
    const { data, errors } = JSON.parse(await connection.post(JSON.stringify({ query, variables })));
    if (errors) throw new Error(`expected data, got ${JSON.stringify(errors)}`);
    return data;
  } finally {
    connection.close();
  }
}
