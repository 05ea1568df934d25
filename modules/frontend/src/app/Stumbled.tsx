import { Notice } from "../ui/Notice";

/** In the place of the whole page, where something in it has failed that nobody thought of. */
export function Stumbled({ error, onAgain }: { error: Error; onAgain: () => void }) {
  return (
    <main className="stumbled">
      <h1>UdaConnect</h1>
      <Notice
        tone="trouble"
        title="The page has stumbled"
        action={
          <div className="buttons">
            <button type="button" className="button button-primary" onClick={onAgain}>
              Show it again
            </button>
            <a className="button" href="/">
              Begin from the start
            </a>
          </div>
        }
      >
        <p>The fault is the page’s, and nothing that is stored has come to harm. To whoever runs it, this says what it was:</p>
        <p className="stumbled-reason" translate="no">
          {error.name}: {error.message}
        </p>
      </Notice>
    </main>
  );
}
