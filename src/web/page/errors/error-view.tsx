/** The failures with an error id. */
export const ErrorView = ({ errorId }: { errorId: string }) => <h1>{errorId}</h1>;
