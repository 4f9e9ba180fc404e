/**
 * What identifies somebody, wherever it stands in a text: tokens behind `Bearer`, API keys, JWTs, passwords in URLs, and values of what
 * is named so, in URLs and in JSON. Each pattern begins with a fixed text and ends within a bound, so that no text costs
 * more than its length.
 */
const secrets: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic) [\w.~+/=-]{1,8192}/gi, '$1 ***'],
  [/\bstc_[\w-]{8,512}/g, 'stc_***'],
  [/\beyJ[\w-]{4,4096}\.[\w-]{4,8192}\.[\w-]{0,2048}/g, '***'],
  [/:\/\/([^\s:@/"\\]{0,256}):[^\s"\\]{1,512}@/g, '://$1:***@'],
  [/([?#&](?:access_|refresh_|id_)?(?:token|password|sslpassword|code)=)[^&#\s"\\]{1,8192}/gi, '$1***'],
  [/("(?:authorization|cookie|password|secret|token)":")(?:[^"\\]|\\.){1,8192}/gi, '$1***'],
];

/** The text, with `***` in their place. */
export const withoutSecrets = (text: string): string =>
  secrets.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
