/** Why the server cannot start, in words for whoever starts it: what was expected, what came, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
