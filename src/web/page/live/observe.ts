import { type Client, type Following, StepcastError } from 'stepcast/client';
import { noteAnswer, noteEnd, noteLeft } from './connection.js';
import { signedIn } from './signed-in.js';

/**
 * The same client; how its requests and its followings end is noted for the connection of the page. A request that is refused
 * because the viewer is signed out waits for the next sign-in, and is made again: the page only asks, and changes nothing.
 */
export function observed(client: Client): Client {
  const entries = Object.entries(client).map(([name, member]) => [
    name,
    typeof member === 'function' ? observe(member as (...args: unknown[]) => unknown) : member,
  ]);
  return Object.fromEntries(entries) as Client;
}

function observe(method: (...args: unknown[]) => unknown) {
  return (...args: unknown[]) => {
    const result = method(...args);
    if (isFollowing(result)) return follow(result);
    return result instanceof Promise ? answered(result, () => method(...args)) : result;
  };
}

async function answered(first: Promise<unknown>, again: () => unknown): Promise<unknown> {
  for (let result: unknown = first; ; result = again()) {
    try {
      const answer = await result;
      noteAnswer(null);
      return answer;
    } catch (fault) {
      noteAnswer(fault);
      if (!(fault instanceof StepcastError) || fault.code !== 'UNAUTHENTICATED') throw fault;
      await signedIn();
    }
  }
}

const isFollowing = (value: unknown): value is Following<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

function follow(following: Following<unknown>): Following<unknown> {
  const [next, end] = [following.next.bind(following), following.return.bind(following)];
  let isWanted = true;
  following.next = async () => {
    try {
      const result = await next();
      if (result.done && isWanted) noteEnd(following, null);
      return result;
    } catch (fault) {
      noteEnd(following, fault);
      throw fault;
    }
  };
  following.return = () => {
    isWanted = false;
    noteLeft(following);
    return end();
  };
  return following;
}
