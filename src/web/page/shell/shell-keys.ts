import { useLocation } from 'wouter';
import { frames } from '../live/frames.js';
import { announce } from '../ui/announce.js';
import { copyText } from '../ui/copy.js';
import { exactAddress } from '../ui/exact-path.js';
import { useKeys } from '../ui/keys.js';
import { zone } from '../ui/settings.js';
import { pause } from './pause.js';

/** The keys that every view has. */
export function useShellKeys(openHelp: () => void): void {
  const [, navigate] = useLocation();
  useKeys({ '?': openHelp }, 'list of keys, settings');
  useKeys({ 'g l': () => navigate('/') }, 'all clusters');
  useKeys({ 'g e': () => navigate('/errors') }, 'look up an error id');
  useKeys({ t: () => zone.set(zone.next()) }, 'times in the local zone, or in UTC');
  useKeys({ p: () => pause(!frames.paused) }, 'pause what is shown, go on');
  useKeys({ y: () => void copyLink() }, 'copy the link to exactly this');
}

async function copyLink(): Promise<void> {
  announce((await copyText(exactAddress())) ? 'Link copied.' : 'The browser lets nothing be copied.');
}
