import './style.css';
import './ui/parts.css';

import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { markDocument } from './live/connection.js';
import { watchServer } from './live/server.js';
import { rememberScrolling } from './shell/view-focus.js';
import { showHeadline } from './ui/document-title.js';
import { listenToKeys } from './ui/keys.js';
import { applyTheme } from './ui/settings.js';

applyTheme();
markDocument();
watchServer();
listenToKeys();
rememberScrolling();
showHeadline();
createRoot(document.getElementById('root') as HTMLElement).render(<App />);
