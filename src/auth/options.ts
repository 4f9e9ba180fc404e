/** How callers are authenticated, as configured. */
export interface AuthOptions {
  /**
   * `token`: by this server's own token, or API keys. `on`: by API keys, and tokens of an issuer where `jwt` is given.
   * `off`: not at all; everybody is an ADMIN.
   */
  readonly mode: 'token' | 'on' | 'off';
  readonly jwt: JwtOptions | null;
  /** Where the pages may sign their users in. */
  readonly oidc: OidcOptions | null;
}

/** Which JWTs are taken, and what they say of their bearer. */
export interface JwtOptions {
  /** Where the issuer's public keys (RFC 7517) are: a URL, or a file's path. */
  readonly jwks: string;
  readonly issuer: string;
  readonly audience: string;
  /** Names of RFC 7518 and RFC 8037; never symmetric ones. */
  readonly algorithms: readonly string[];
  /** Names of claims, or paths to them with dots. */
  readonly tenantClaim: string;
  readonly rolesClaim: string;
}

/** A public client of an OpenID provider. */
export interface OidcOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
}
