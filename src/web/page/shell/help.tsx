import { useStore } from '../live/store.js';
import { keyEntries } from '../ui/keys.js';
import { letterKeys } from '../ui/settings.js';
import { Sheet } from '../ui/sheet.js';
import { About } from './about.js';
import styles from './help.module.css';

/** The keys that do something now, the settings, and what is behind the page. */
export const Help = ({ onClose }: { onClose: () => void }) => (
  <Sheet title="Keys and settings" isBeside={false} onClose={onClose}>
    <KeyList />
    <LetterKeys />
    <h3 className={styles.heading}>About this page</h3>
    <About />
  </Sheet>
);

function KeyList() {
  const entries = useStore(keyEntries);
  const isOff = useStore(letterKeys) === 'off';
  return (
    <table className={`table ${styles.keys}`}>
      <caption className="visually-hidden">Keys</caption>
      <tbody>
        {entries.map(({ keys, words }) => (
          <tr
            key={`${words} ${keys}`}
            className={isOff && keys.every((key) => key.length < 4) ? styles.off : undefined}
          >
            <th scope="row">
              {keys.map((key) => (
                <span key={key} className={styles.key}>
                  {key.split(' ').map((one, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice.
                    <kbd key={at}>{names[one] ?? one}</kbd>
                  ))}
                </span>
              ))}
            </th>
            <td>{words}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const names: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
};

function LetterKeys() {
  const isOn = useStore(letterKeys) === 'on';
  return (
    <label className={styles.setting}>
      <input type="checkbox" checked={isOn} onChange={() => letterKeys.set(isOn ? 'off' : 'on')} />
      <span>
        Single letters and signs are shortcuts.{' '}
        <span className="muted">Switch them off if you speak to your computer.</span>
      </span>
    </label>
  );
}
