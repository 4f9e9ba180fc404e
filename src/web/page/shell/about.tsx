/** What is behind the page. */
export const About = () => (
  <p>
    The same is at <a href="/graphiql/">/graphiql</a>, at <code>/v1.1</code>, and in the terminal:{' '}
    <code>npm run watch</code>.
  </p>
);
