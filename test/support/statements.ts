import pg from 'pg';
import { vi } from 'vitest';
import { startApp } from './app.js';

/** A server that erases nothing meanwhile: of its periodic tasks only the look at what is due is left. */
export const startCountedApp = () => startApp({ eraseIntervalSeconds: 86_400 });

/** Of the look at what is due, and of earlier runs, which it asks for and which are remembered from one request to the next. */
const supervision = /lease_expires_at <|was_due_at|step_run/;

/** What `work` answers, and the texts of the statements that the server in this process sent for it. */
export async function statementsOf<T>(work: () => Promise<T>): Promise<{ answer: T; statements: string[] }> {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  try {
    const answer = await work();
    const texts = spy.mock.calls.map(([given]: unknown[]) => (given as { text?: string }).text ?? String(given));
    return { answer, statements: texts.filter((text) => !supervision.test(text)) };
  } finally {
    spy.mockRestore();
  }
}
