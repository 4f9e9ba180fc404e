import { useMemo } from 'react';
import type { Cluster, Step } from 'stepcast/client';
import { useSearch } from 'wouter';
import { LiveLog } from '../live/log/log.js';
import type { LogFilter, LogScope } from '../live/log/scope.js';
import { useLive } from '../live/use-live.js';
import { readFilter, readScope, scopeOf } from './filter.js';
import { LogView } from './log-view.js';

const open = (key: string) => {
  const [scope, filter] = JSON.parse(key) as [LogScope, LogFilter];
  return new LiveLog(scope, filter, new URLSearchParams(location.search).get('event'));
};

/** A step's part of the log, live; or its operation's, or its cluster's (`?scope=`). */
export function LogTab({ step }: { cluster: Cluster; step: Step }) {
  const search = useSearch();
  const name = readScope(search);
  const { id, clusterId, operationId } = step;
  const key = JSON.stringify([scopeOf(name, { id, clusterId, operationId }), readFilter(search)]);
  const [, filter] = useMemo(() => JSON.parse(key) as [LogScope, LogFilter], [key]);
  const live = useLive(open, key);
  return <LogView key={name + id} live={live} filter={filter} scope={name} step={step} />;
}
