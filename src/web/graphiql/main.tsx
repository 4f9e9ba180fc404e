import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

import { createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { examples } from './examples.js';
import { fetcher } from './fetcher.js';

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
