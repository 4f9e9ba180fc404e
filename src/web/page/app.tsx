import { Redirect, Route, Switch } from 'wouter';
import { ClusterView } from './cluster/cluster-view.js';
import { ErrorView } from './errors/error-view.js';
import { ListView } from './list/list-view.js';
import { Nowhere } from './shell/nowhere.js';
import { Shell } from './shell/shell.js';

/** Every address of the page. What is selected within a view is in its address, too (`address.ts`). */
export const App = () => (
  <Shell>
    <Switch>
      <Route path="/" component={ListView} />
      <Route path="/data_processing/clusters/:id">{({ id }) => <Redirect to={`/clusters/${id}`} replace />}</Route>
      <Route path="/clusters/:id/operations/:operation/steps/:step">{(place) => <ClusterView {...place} />}</Route>
      <Route path="/clusters/:id/operations/:operation">{(place) => <ClusterView {...place} />}</Route>
      <Route path="/clusters/:id">{(place) => <ClusterView {...place} />}</Route>
      <Route path="/errors/:errorId">{({ errorId }) => <ErrorView errorId={errorId} />}</Route>
      <Route component={Nowhere} />
    </Switch>
  </Shell>
);
