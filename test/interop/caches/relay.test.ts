import type { Client } from 'graphql-ws';
import {
  commitMutation,
  createOperationDescriptor,
  type Disposable,
  fetchQuery,
  requestSubscription,
} from 'relay-runtime';
import { createRelayEnvironment } from '../../../examples/clients/relay.js';
import { type CachingClient, Watched } from './caching-client.js';
import { compileDocuments } from './relay-artifacts.js';
import { resumes } from './resumes.js';
import { staysRight } from './stays-right.js';

staysRight('Relay', openRelay, 'misses it');
resumes('Relay', openRelay);

async function openRelay(url: string, socket: Client): Promise<CachingClient> {
  const environment = createRelayEnvironment(url, socket);
  const request = await compileDocuments();
  const open: Disposable[] = [];
  return {
    async watch(name, variables = {}) {
      const view = new Watched();
      const operation = createOperationDescriptor(request(name), variables);
      open.push(environment.retain(operation));
      await fetchQuery(environment, request(name), variables).toPromise();
      const loaded = environment.lookup(operation.fragment);
      view.take(loaded.data, !loaded.isMissingData);
      open.push(environment.subscribe(loaded, ({ data, isMissingData }) => view.take(data, !isMissingData)));
      return view;
    },
    follow: (name, variables) =>
      new Promise((resolve, reject) => {
        const ends = { onError: reject, onCompleted: () => resolve() };
        open.push(requestSubscription(environment, { subscription: request(name), variables, ...ends }));
      }),
    mutate: (name, variables) =>
      new Promise((resolve, reject) => {
        const ends = { onError: reject, onCompleted: () => resolve() };
        commitMutation(environment, { mutation: request(name), variables, ...ends });
      }),
    close: () => {
      for (const one of open) one.dispose();
    },
  };
}
