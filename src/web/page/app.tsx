import { Redirect } from 'wouter';
import { usePathname, useSearch } from 'wouter/use-browser-location';
import { type Address, readAddress } from './address.js';
import { ClusterView } from './cluster/cluster-view.js';
import { ErrorView } from './errors/error-view.js';
import { LookUpView } from './errors/look-up-view.js';
import { ListView } from './list/list-view.js';
import { Nowhere } from './shell/nowhere.js';
import { Shell } from './shell/shell.js';

/** Every address of the page. What is selected within a view is in its address, too (`address.ts`). */
export function App() {
  const address = readAddress(usePathname());
  return (
    <Shell>
      <View {...address} />
    </Shell>
  );
}

function View(address: Address) {
  const search = useSearch();
  switch (address.view) {
    case 'list':
      return <ListView />;
    case 'cluster':
      return <ClusterView id={address.id} operation={address.operation} step={address.step} />;
    case 'look-up':
      return <LookUpView />;
    case 'error':
      return <ErrorView errorId={address.errorId} />;
    case 'elsewhere':
      return <Redirect to={address.path + search} replace />;
    case 'nothing':
      return <Nowhere />;
  }
}
