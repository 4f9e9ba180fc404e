// What it costs to know the callers: reports with credentials, against the same without.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Load, Loaded } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import { root } from './support/child.js';
import { compare } from './support/compare.js';
import type { Figure } from './support/figure.js';
import { fleet } from './support/fleet.js';
import { startClients, startServer } from './support/server.js';

const issuer = 'https://issuer.example';
const audience = 'stepcast';

export async function auth(run: Run): Promise<Figure[]> {
  const open = await startServer(run);
  const { jwt, jwks } = await signed(run);
  const env = {
    ...open.env,
    STEPCAST_AUTH: 'on',
    STEPCAST_JWT_JWKS: jwks,
    STEPCAST_JWT_ISSUER: issuer,
    STEPCAST_JWT_AUDIENCE: audience,
  };
  const guarded = await startServer(run, env);
  const key = await keyOf(env);
  const reporters = startClients(run, 'reporters');
  const reports = (url: string) => async () => {
    const targets = await fleet(url, 10);
    const stepIds = targets.flatMap((target) => target.stepIds);
    const load: Load = { url, connections: 50, stepIds, events: 1, seconds: run.seconds };
    const { reports, seconds } = await reporters.ask<Loaded>('report', load);
    return reports / seconds;
  };
  const against = (credentials: string, token: string) =>
    compare(run, {
      bench: 'auth',
      unit: `reports/s, by ${credentials}`,
      ours: reports(`${guarded.url}#${token}`),
      references: [{ name: 'without authentication', turn: reports(open.url), aim: '≥ 0.95' }],
    });
  return [...(await against('an API key', key)), ...(await against('a JWT', jwt))];
}

async function keyOf(env: Readonly<Record<string, string>>): Promise<string> {
  const args = [join(root, 'dist/main.js'), 'keys', 'create', '--tenant', 'default', '--role', 'ADMIN'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  return stdout.trim();
}

/** A JWT that is valid for an hour, and the file that its public key is in. */
async function signed(run: Run) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const folder = await mkdtemp(join(tmpdir(), 'stepcast-bench-'));
  run.own({ close: () => rm(folder, { recursive: true, force: true }) });
  const jwks = join(folder, 'jwks.json');
  await writeFile(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'bench' }] }));
  const jwt = await new SignJWT({ tenant_id: 'default', roles: ['ADMIN'] })
    .setProtectedHeader({ alg: 'ES256', kid: 'bench' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('bench')
    .setExpirationTime('1h')
    .sign(privateKey);
  return { jwt, jwks };
}
