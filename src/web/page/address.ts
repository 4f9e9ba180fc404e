import { navigate, useSearch } from 'wouter/use-browser-location';

export { type Address, addressOf, type Place, readAddress } from './places.js';

/** One search parameter of the address, and how to set it (null: to leave it out). Typing replaces the address; choosing adds one. */
export function useParameter(
  name: string,
): [string | null, (value: string | null, how?: { replace: boolean }) => void] {
  const search = useSearch();
  const set = (value: string | null, { replace } = { replace: false }) => {
    const parameters = new URLSearchParams(location.search);
    if (value === null || value === '') parameters.delete(name);
    else parameters.set(name, value);
    const text = parameters.toString();
    navigate(location.pathname + (text && `?${text}`), { replace });
  };
  return [new URLSearchParams(search).get(name), set];
}
