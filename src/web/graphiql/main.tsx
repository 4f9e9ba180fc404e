import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

import { createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examples } from './examples.js';
import { fetcher, graphql } from './fetcher.js';
import { newest } from './newest.js';

const tabs = examples(await newest(graphql));

createRoot(document.getElementById('root') as HTMLElement).render(
  <GraphiQL
    fetcher={fetcher}
    storage={createLocalStorage({ namespace: 'stepcast' })}
    defaultTabs={tabs}
    defaultEditorToolsVisibility="variables"
    // Nobody has to say who they are.
    isHeadersEditorEnabled={false}
  >
    <GraphiQL.Logo>Stepcast</GraphiQL.Logo>
  </GraphiQL>,
);
