import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

import { createGraphiQLFetcher, createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { createRoot } from 'react-dom/client';
import { examples } from './examples.js';

const graphql = new URL('/graphql', location.href);
const socket = new URL(graphql);
socket.protocol = graphql.protocol.replace('http', 'ws');

const fetcher = createGraphiQLFetcher({
  url: graphql.href,
  // Lazy: no socket is open before the first subscription runs, nor after the last one ends.
  wsClient: createClient({ url: socket.href, lazy: true, retryAttempts: Number.POSITIVE_INFINITY }),
});

createRoot(document.getElementById('root') as HTMLElement).render(
  <GraphiQL
    fetcher={fetcher}
    storage={createLocalStorage({ namespace: 'stepcast' })}
    defaultTabs={examples()}
    defaultEditorToolsVisibility="variables"
  >
    <GraphiQL.Logo>Stepcast</GraphiQL.Logo>
  </GraphiQL>,
);
