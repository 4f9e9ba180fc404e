import type { GraphQLError } from 'graphql';
import { presentError } from '../../src/graphql/errors.js';
import { quiet } from './database.js';

/** Errors as a caller is shown them: their codes and messages. */
export const causes = (errors: readonly GraphQLError[]) =>
  errors.map((error) => {
    const { extensions, message } = presentError(error, quiet);
    return { code: extensions?.code, message };
  });
