// biome-ignore-all lint/a11y/useSemanticElements: rows of which few are drawn stand where they belong, which those of a <table> cannot.
// biome-ignore-all lint/a11y/useFocusableInteractive: these are only read; a row's link takes the focus.
import type { HTMLAttributes, Ref } from 'react';

type Props = HTMLAttributes<HTMLDivElement> & { ref?: Ref<HTMLDivElement> };

/** The parts of a table, for rows that are laid out by themselves. */
export const Table = (props: Props) => <div role="table" {...props} />;
export const RowGroup = (props: Props) => <div role="rowgroup" {...props} />;
export const Row = (props: Props) => <div role="row" {...props} />;
export const ColumnHeader = (props: Props) => <div role="columnheader" {...props} />;
export const RowHeader = (props: Props) => <div role="rowheader" {...props} />;
export const Cell = (props: Props) => <div role="cell" {...props} />;
