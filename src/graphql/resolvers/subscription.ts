import { subscriptions } from '../subscriptions.js';

/** How the payloads of the streams become the root fields of messages: a message is executed with its payload as root value. */
export const Subscription = Object.fromEntries(
  Object.entries(subscriptions).map(([name, { resolve }]) => [
    name,
    { resolve: resolve as (payload: unknown) => object },
  ]),
);
