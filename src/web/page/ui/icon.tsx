import {
  Ban,
  Check,
  CircleDashed,
  CircleDot,
  CircleSlash,
  Clock,
  type LucideIcon,
  TriangleAlert,
  Unplug,
  X,
} from 'lucide-react';
import type { Look } from './state.js';

const icons: Record<Look, LucideIcon> = {
  planned: CircleDashed,
  running: CircleDot,
  failing: TriangleAlert,
  stalled: Clock,
  succeeded: Check,
  failed: X,
  skipped: CircleSlash,
  cancelled: Ban,
  interrupted: Unplug,
};

/** The picture of a state. Beside it stands the word, or `label` names it. */
export function LookIcon({ look, label }: { look: Look; label?: string }) {
  const Icon = icons[look];
  return (
    <Icon
      className={`look look-${look}`}
      size={16}
      strokeWidth={2.5}
      {...(label ? { 'aria-label': label, role: 'img' } : { 'aria-hidden': true })}
    />
  );
}
