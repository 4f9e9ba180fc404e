import { StepcastError } from 'stepcast/client';

/**
 * What is wrong beyond a connection that is being made again. `offline`: the device has no network. `signed-out`: the server
 * does not accept who is asking. `deleted`: what was followed is gone. `misunderstood`: the page and the server do not
 * understand each other. `failing`: the server could be reached, and fails.
 */
export type Trouble = 'offline' | 'signed-out' | 'deleted' | 'misunderstood' | 'failing';

/** What a server says of a protocol or a document that it does not know, unlike what it says of a value that a viewer gave. */
const ofSchema =
  /^(the server closed the connection: 44|Cannot query field|Unknown (argument|type|fragment|directive)|Syntax Error|Field ".*" (argument|of type|must)|Variable "\$\w+" (is never used|of type)|Fragment )/;

/** The trouble that a fault of the SDK's means for the whole page; null: it only concerns what was asked for. */
export function troubleOf(fault: unknown, of: 'following' | 'request'): Trouble | null {
  // The SDK rejects with nothing else: an answer was not what its code expects.
  if (!(fault instanceof StepcastError)) return 'misunderstood';
  switch (fault.code) {
    case 'UNAUTHENTICATED':
      return 'signed-out';
    case 'FORBIDDEN':
      return of === 'following' ? 'signed-out' : null;
    case 'BAD_USER_INPUT':
      return ofSchema.test(fault.message) ? 'misunderstood' : null;
    case 'INTERNAL':
      if (of === 'request') return null;
      return fault.cause === undefined ? 'failing' : 'misunderstood';
    default:
      return null;
  }
}
