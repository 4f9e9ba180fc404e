import { Component, type ErrorInfo, type ReactNode } from 'react';
import { pageVersion } from '../live/server.js';
import { CopyButton } from '../ui/copy-button.js';
import { Message } from '../ui/message.js';

interface Props {
  /** Another place is tried afresh. */
  readonly place: string;
  readonly children: ReactNode;
}

interface State {
  readonly fault: { readonly error: unknown; readonly place: string } | null;
  readonly place: string;
}

/** Keeps the rest of the page when a view fails, and says that it did. */
export class Boundary extends Component<Props, State> {
  override state: State = { fault: null, place: this.props.place };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { fault: { error, place: '' } };
  }

  static getDerivedStateFromProps({ place }: Props, state: State): Partial<State> | null {
    return place === state.place ? null : { place, fault: null };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    console.error(error, componentStack);
  }

  override render(): ReactNode {
    const { fault } = this.state;
    return fault ? <Failed error={fault.error} /> : this.props.children;
  }
}

function Failed({ error }: { error: unknown }) {
  const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return (
    <Message title="This view has failed" isView>
      <p>That is a fault of the page (version {pageVersion}), not of the cluster. What is recorded is not affected.</p>
      <p className="bar">
        <button type="button" className="button primary" onClick={() => location.reload()}>
          Reload
        </button>
        <CopyButton text={`${text}\n${location.href}`} label="what went wrong">
          Copy what went wrong
        </CopyButton>
      </p>
      <details>
        <summary>What went wrong</summary>
        <pre className="text-block">{text}</pre>
      </details>
    </Message>
  );
}
