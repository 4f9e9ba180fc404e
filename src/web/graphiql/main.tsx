import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

import { createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { takeToken } from '../sign-in/session.js';
import { examples } from './examples.js';
import { fetcher, graphql } from './fetcher.js';
import { newest } from './newest.js';
import { Account, SignIn } from './sign-in.js';

takeToken();
const tabs = examples(await newest(graphql));

createRoot(document.getElementById('root') as HTMLElement).render(
  <>
    <SignIn />
    <GraphiQL
      fetcher={fetcher}
      storage={createLocalStorage({ namespace: 'stepcast' })}
      defaultTabs={tabs}
      defaultEditorToolsVisibility="variables"
      // The token is that of the sign-in, and is to be in no tab that the browser keeps.
      isHeadersEditorEnabled={false}
    >
      <GraphiQL.Logo>
        Stepcast <Account />
      </GraphiQL.Logo>
    </GraphiQL>
  </>,
);
