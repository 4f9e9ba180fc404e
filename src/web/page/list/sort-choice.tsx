import styles from './list-view.module.css';
import { type Sort, sorts } from './wanted.js';

const words: Readonly<Record<Sort, string>> = {
  attention: 'What needs attention',
  changed: 'Last change',
  newest: 'Newest',
  name: 'Name',
};

export interface SortChoiceProps {
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

/** In which order the clusters are. */
export const SortChoice = ({ sort, onSort }: SortChoiceProps) => (
  <label className={styles.sort}>
    Order{' '}
    <select className="field" value={sort} onChange={({ target }) => onSort(target.value as Sort)}>
      {sorts.map((one) => (
        <option key={one} value={one}>
          {words[one]}
        </option>
      ))}
    </select>
  </label>
);
