import { Traceback } from '../ui/traceback.js';

/** What was reported, as it came; or that nothing was said. */
export const ReportText = ({ text, successful }: { text: string | null; successful: boolean }) =>
  successful && !text ? (
    <p className="muted">No text was reported with it.</p>
  ) : (
    <Traceback text={text} label="What was reported" />
  );
