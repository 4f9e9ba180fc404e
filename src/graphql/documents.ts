import { type DocumentNode, type FragmentDefinitionNode, Kind } from 'graphql';
import { LRUCache } from 'lru-cache';

/** A document that was found valid. */
export interface ValidDocument {
  readonly document: DocumentNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** Bytes that the documents kept may take, and one of them. */
const most = { all: 32 * 1024 * 1024, each: 2 * 1024 * 1024 };

/**
 * Documents by their text. The least used go first; but one that something still holds (a subscription) is found for
 * as long as that holds it, so that a text is never two objects, whatever else is sent.
 */
export class Documents {
  readonly #kept = new LRUCache<string, ValidDocument>({
    maxSize: most.all,
    maxEntrySize: most.each,
    sizeCalculation: ({ document }, text) => sizeOf(document, text),
  });
  readonly #held = new Map<string, WeakRef<DocumentNode>>();
  readonly #gone = new FinalizationRegistry<string>((text) => {
    if (!this.#held.get(text)?.deref()) this.#held.delete(text);
  });

  get(text: string): ValidDocument | undefined {
    const kept = this.#kept.get(text);
    if (kept) return kept;
    const document = this.#held.get(text)?.deref();
    return document && this.add(text, document);
  }

  add(text: string, document: DocumentNode): ValidDocument {
    const valid = { document, fragments: fragmentsOf(document) };
    this.#kept.set(text, valid);
    if (this.#held.get(text)?.deref() !== document) {
      this.#held.set(text, new WeakRef(document));
      this.#gone.register(document, text);
    }
    return valid;
  }
}

/** About what a parsed document takes: its text, and for each token a link in the chain of tokens and its share of the nodes. */
const sizeOf = ({ tokenCount }: DocumentNode, text: string) => 2 * text.length + 500 * (tokenCount ?? text.length) + 1;

const fragmentsOf = ({ definitions }: DocumentNode) =>
  new Map(
    definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
