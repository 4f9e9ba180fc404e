import type { Client } from 'graphql-ws';
import { createUrqlClient } from '../../../examples/clients/urql.js';
import { type CachingClient, Watched } from './caching-client.js';
import { documents } from './documents.js';
import { resumes } from './resumes.js';
import { staysRight } from './stays-right.js';

staysRight('urql with graphcache', openUrql, 'asks again');
resumes('urql with graphcache', openUrql);

function openUrql(url: string, socket: Client): CachingClient {
  const client = createUrqlClient(url, socket);
  const open: { unsubscribe(): void }[] = [];
  return {
    async watch(name, variables = {}) {
      const view = new Watched();
      const watching = client.query(documents[name], variables).subscribe(({ data, error }) => {
        if (error) throw error;
        view.take(data, data !== undefined);
      });
      open.push(watching);
      await view.loaded;
      return view;
    },
    follow: (name, variables) =>
      new Promise((resolve, reject) => {
        const following = client.subscription(documents[name], variables).subscribe(({ error, hasNext }) => {
          if (error) reject(error);
          else if (!hasNext) resolve();
        });
        open.push(following);
      }),
    async mutate(name, variables) {
      const { error } = await client.mutation(documents[name], variables).toPromise();
      if (error) throw error;
    },
    close: () => {
      for (const one of open) one.unsubscribe();
    },
  };
}
