/** All clusters. */
export const ListView = () => <h1>Clusters</h1>;
