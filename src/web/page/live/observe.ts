import type { Client, Following } from 'stepcast/client';
import { noteAnswer, noteEnd, noteLeft } from './connection.js';

/** The same client; how its requests and its followings end is noted for the connection of the page. */
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
    if (result instanceof Promise) result.then(() => noteAnswer(null), noteAnswer);
    return result;
  };
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
