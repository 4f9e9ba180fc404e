import { useEffect, useRef, useState } from 'react';
import type { Event } from 'stepcast/client';
import { gist } from '../ui/gist.js';
import { shown } from '../ui/text.js';

/** Lines said at once, and milliseconds between: more cannot be listened to. */
const mostLines = 5;
const pause = 3_000;

/** New rows for screen readers, since those of the table come and go with scrolling. `rows` end with the newest. */
export function ReadAloud({ rows }: { rows: readonly Event[] }) {
  const [said, say] = useState<readonly string[]>([]);
  const newest = useRef(rows);
  newest.current = rows;
  useEffect(() => {
    let last = newest.current.at(-1)?.id;
    const timer = setInterval(() => {
      const at = newest.current.findIndex(({ id }) => id === last);
      const news = newest.current.slice(at + 1);
      last = newest.current.at(-1)?.id;
      if (news.length > 0) say(sentences(news));
    }, pause);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="visually-hidden" role="log" aria-live="polite" aria-label="New lines">
      {said.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity of their own.
        <p key={index}>{line}</p>
      ))}
    </div>
  );
}

function sentences(news: readonly Event[]): string[] {
  const lines = news.slice(-mostLines).map(({ successful, instanceName, instanceId, eventInfo }) => {
    const whose = shown(instanceName ?? instanceId ?? 'the whole step');
    return `${whose} ${successful ? 'succeeded' : 'failed'}. ${gist(eventInfo ?? '')}`;
  });
  return news.length > mostLines ? [`${news.length - mostLines} lines before these.`, ...lines] : lines;
}
