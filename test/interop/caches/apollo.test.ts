import { gql } from '@apollo/client';
import { loadDevMessages, loadErrorMessages } from '@apollo/client/dev';
import type { Client } from 'graphql-ws';
import { createApolloClient } from '../../../examples/clients/apollo.js';
import { type CachingClient, Watched } from './caching-client.js';
import { documents } from './documents.js';
import { resumes } from './resumes.js';
import { staysRight } from './stays-right.js';

loadDevMessages();
loadErrorMessages();

staysRight('Apollo Client', openApollo, 'asks again');
resumes('Apollo Client', openApollo);

function openApollo(url: string, socket: Client): CachingClient {
  const client = createApolloClient(url, socket);
  return {
    async watch(name, variables = {}) {
      const view = new Watched();
      const query = client.watchQuery({ query: gql(documents[name]), variables });
      query.subscribe(({ data, dataState, error }) => {
        if (error) throw error;
        view.take(data, dataState === 'complete');
      });
      await view.loaded;
      return view;
    },
    follow: (name, variables) =>
      new Promise((resolve, reject) => {
        client.subscribe({ query: gql(documents[name]), variables }).subscribe({
          next: ({ error }) => error && reject(error),
          error: reject,
          complete: resolve,
        });
      }),
    async mutate(name, variables) {
      await client.mutate({ mutation: gql(documents[name]), variables });
    },
    close: () => client.stop(),
  };
}
