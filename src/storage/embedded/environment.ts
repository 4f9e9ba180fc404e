/**
 * What PostgreSQL's programs are told of our environment: nothing but what the system needs to run a program. No
 * DATABASE_URL, no tokens, no PG* and LD_* variables.
 */
export const environment = (): NodeJS.ProcessEnv => (process.platform === 'win32' ? windows() : unix);

const unix = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const windows = () =>
  Object.fromEntries(
    ['SystemRoot', 'SystemDrive', 'ComSpec', 'Path', 'TEMP', 'TMP', 'USERNAME', 'USERPROFILE', 'APPDATA']
      .map((name) => [name, process.env[name]] as const)
      .filter(([, value]) => value !== undefined),
  );
