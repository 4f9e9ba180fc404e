import { GraphQLError, GraphQLScalarType } from 'graphql';

/** A Date, sent as RFC 3339 in UTC with milliseconds. No argument takes one, so none is read. */
export const DateTime = new GraphQLScalarType<never, string>({
  name: 'DateTime',
  serialize(value) {
    if (value instanceof Date) return value.toISOString();
    throw new GraphQLError(`expected a Date to send as DateTime, got ${String(value)}`);
  },
});
