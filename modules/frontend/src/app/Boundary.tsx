import { Component, type ReactNode } from "react";

interface State {
  error: Error | null;
  /** How often what is inside has been made anew. */
  generation: number;
}

/**
 * Keeps a failure of one part of the page from taking the rest along, and shows something else in its place.
 *
 * Programs that translate a page put elements of their own in the place of its text, and React then looks for nodes that are
 * gone (NotFoundError). Nothing is lost by that, for all that is shown is in the address: the part is made anew at once.
 */
export class Boundary extends Component<
  { fallback: (error: Error, again: () => void) => ReactNode; children: ReactNode },
  State
> {
  override state: State = { error: null, generation: 0 };
  #isRecovering = false;

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown) {
    if (this.#isRecovering || !isOfForeignNodes(error)) return;
    this.#isRecovering = true;
    setTimeout(() => (this.#isRecovering = false));
    this.#again();
  }

  readonly #again = () => this.setState(({ generation }) => ({ error: null, generation: generation + 1 }));

  override render() {
    const { error, generation } = this.state;
    if (error) return this.props.fallback(error, this.#again);
    return <Inside key={generation}>{this.props.children}</Inside>;
  }
}

function Inside({ children }: { children: ReactNode }) {
  return children;
}

function isOfForeignNodes(error: unknown): boolean {
  return error instanceof DOMException && error.name === "NotFoundError";
}
