import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Event } from 'stepcast/client';
import { client } from '../live/client.js';
import type { LogScope } from '../live/log/scope.js';
import { stepNames } from '../live/log/step-names.js';
import { wholeLog } from '../live/log/whole-log.js';
import { asJson, asText } from './lines.js';
import styles from './log.module.css';
import { count } from './notes.js';

type Progress = { readonly events: number } | { readonly words: string } | null;

/** The whole log as a file, whatever is filtered: all of it, or none and why. */
export function DownloadButton({ scope, name }: { scope: LogScope; name: string }) {
  const [progress, setProgress] = useState<Progress>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const download = async (format: LogFormat) => {
    const controller = new AbortController();
    running.current = controller;
    setProgress({ events: 0 });
    const told = (events: number) => setProgress({ events });
    try {
      const parts = await wholeLog(client, scope, formats[format], { signal: controller.signal, told });
      save(parts, `${name}.${format === 'jsonl' ? 'jsonl' : 'txt'}`, format);
      setProgress(null);
    } catch (error) {
      setProgress(controller.signal.aborted ? null : { words: (error as Error).message });
    }
  };
  if (progress && 'events' in progress) {
    return (
      <span className="bar" role="status">
        {count(progress.events, 'event')} read
        <button type="button" className="button" onClick={() => running.current?.abort()}>
          Cancel
        </button>
      </span>
    );
  }
  return (
    <span className="bar">
      {progress && (
        <span role="alert" className={styles.refused}>
          {progress.words}
        </span>
      )}
      <span className="bar">
        <Download size={14} aria-hidden="true" />
        <button
          type="button"
          className="button"
          aria-label="Download the whole log as text"
          data-tip="Download the whole log as text"
          onClick={() => download('text')}
        >
          Text
        </button>
        <button
          type="button"
          className="button"
          aria-label="Download the whole log as JSON lines"
          data-tip="Download the whole log, one JSON object a line"
          onClick={() => download('jsonl')}
        >
          JSON
        </button>
      </span>
    </span>
  );
}

const join = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

const formats = {
  jsonl: (events: readonly Event[]) => join(events.map(asJson)),
  text: async (events: readonly Event[]) => {
    for (const clusterId of new Set(events.map(({ clusterId }) => clusterId))) await stepNames.know(clusterId, events);
    return join(events.map((event) => asText(event, stepNames.of(event.provisionStepId)?.stepName)));
  },
} as const;
type LogFormat = keyof typeof formats;

function save(parts: readonly string[], name: string, format: LogFormat): void {
  const type = format === 'jsonl' ? 'application/x-ndjson' : 'text/plain;charset=utf-8';
  const url = URL.createObjectURL(new Blob([...parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(-120);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
