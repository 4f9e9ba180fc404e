import './style.css';
import './ui/parts.css';

import { createRoot } from 'react-dom/client';
import { takeToken } from '../sign-in/session.js';
import { App } from './app.js';
import { watchAccess } from './live/access.js';
import { markDocument } from './live/connection.js';
import { watchServer } from './live/server.js';
import { returnFromSignIn } from './live/sign-in-return.js';
import { rememberScrolling } from './shell/view-focus.js';
import { showHeadline } from './ui/document-title.js';
import { listenToKeys } from './ui/keys.js';
import { applyTheme } from './ui/settings.js';

takeToken();
await returnFromSignIn();
applyTheme();
watchAccess();
markDocument();
watchServer();
listenToKeys();
rememberScrolling();
showHeadline();
createRoot(document.getElementById('root') as HTMLElement).render(<App />);
