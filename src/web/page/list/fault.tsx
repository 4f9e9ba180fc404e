import { RotateCw, TriangleAlert } from 'lucide-react';
import type { StepcastError } from 'stepcast/client';
import { Message } from '../ui/message.js';
import { shown } from '../ui/text.js';

const remedies: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: 'Sign in, then try again. The filter and the place are kept in the address.',
  FORBIDDEN: 'Ask whoever runs this server for the right to see its clusters.',
  BAD_USER_INPUT:
    'The page and the server do not understand each other: reload the page, or change the search and the filter.',
  INTERNAL: 'The server’s log has the cause. Trying again may help.',
};

/** Why clusters cannot be read, and what to do. */
export const Fault = ({ fault: { code, message }, onAgain }: { fault: StepcastError; onAgain: () => void }) => (
  <Message icon={<TriangleAlert size={20} aria-hidden="true" />} title="The clusters cannot be read">
    <p>{remedies[code] ?? 'Trying again may help.'}</p>
    <p>
      <code>{code}</code>: <span dir="auto">{shown(message)}</span>
    </p>
    <button type="button" className="button" onClick={onAgain}>
      <RotateCw size={14} aria-hidden="true" />
      Try again
    </button>
  </Message>
);
