import type { Client, ReportedOperation, Reporter } from 'stepcast/client';
import type { PostgresCluster } from './cluster.js';
import type { Instance } from './instance.js';
import { allowReplication, makeReplica, untilArrived, untilStreaming, writeProbe } from './replication.js';

/** Steps that are the same for every cluster, whatever its plugin. */
const infra = {
  launch: 'Launching instances',
  wait: 'Waiting until instances accept connections',
  stop: 'Stopping instances',
  remove: 'Removing data',
};
/** Steps of this plugin. */
const own = {
  configure: 'Configuring replication',
  start: 'Starting services',
  verify: 'Verifying replication',
};

/** Declares the steps: the plan of every operation is laid out from them. */
export async function register(client: Client): Promise<void> {
  const common = [infra.launch, infra.wait];
  const replication = [own.configure, own.start, own.verify];
  await client.registerPlugin({
    name: 'infra',
    provisioningSteps: { creating: common, scaling: common, deleting: [infra.stop, infra.remove] },
  });
  await client.registerPlugin({
    name: 'postgresql',
    version: '18',
    provisioningSteps: { creating: replication, scaling: replication, deleting: [] },
  });
}

/** Provisions PostgreSQL clusters, and reports every step of it. */
export class PostgresPlugin {
  readonly #reporter: Reporter;
  readonly #clusterId: string;
  readonly #cluster: PostgresCluster;

  constructor(reporter: Reporter, clusterId: string, cluster: PostgresCluster) {
    this.#reporter = reporter;
    this.#clusterId = clusterId;
    this.#cluster = cluster;
  }

  /** Brings up all instances of a new cluster. */
  create(): Promise<void> {
    return this.#bringUp('CREATING', this.#cluster.instances);
  }

  /** Adds replicas to a cluster that is up. */
  scale(replicas: readonly Instance[]): Promise<void> {
    return this.#bringUp('SCALING', replicas);
  }

  async delete(): Promise<void> {
    const { instances } = this.#cluster;
    this.#reporter.setStatus(this.#clusterId, 'Deleting');
    await this.#operation('DELETING', async (operation) => {
      await this.#step(operation, infra.stop, instances, (instance) => instance.stop());
      await this.#step(operation, infra.remove, instances, (instance) => instance.remove());
    });
    this.#reporter.setStatus(this.#clusterId, 'Deleted');
  }

  async #bringUp(type: 'CREATING' | 'SCALING', added: readonly Instance[]): Promise<void> {
    this.#reporter.setStatus(this.#clusterId, 'Waiting');
    await this.#operation(type, async (operation) => {
      await this.#launch(operation, added);
      this.#reporter.setStatus(this.#clusterId, 'Configuring');
      await this.#replicate(operation, added);
    });
    this.#reporter.setStatus(this.#clusterId, 'Active');
  }

  async #launch(operation: ReportedOperation, added: readonly Instance[]): Promise<void> {
    await this.#step(operation, infra.launch, added, async (instance) => {
      await instance.initialize();
      instance.start();
    });
    await this.#step(operation, infra.wait, added, (instance) => instance.untilReady());
  }

  async #replicate(operation: ReportedOperation, added: readonly Instance[]): Promise<void> {
    const { primary } = this.#cluster;
    const replicas = added.filter(({ role }) => role === 'replica');
    await this.#step(operation, own.configure, added, async (instance) => {
      if (instance === primary) return allowReplication(primary);
      await instance.stop();
      await makeReplica(instance, primary);
    });
    await this.#step(operation, own.start, replicas, async (replica) => {
      replica.start();
      await replica.untilReady();
      await untilStreaming(replica);
    });
    const probe = await writeProbe(primary);
    await this.#step(operation, own.verify, replicas, (replica) => untilArrived(probe, replica));
  }

  /** Reports an operation; when it fails, the cluster's status says why. */
  async #operation(type: 'CREATING' | 'SCALING' | 'DELETING', work: (operation: ReportedOperation) => Promise<void>) {
    try {
      await this.#reporter.operation({ clusterId: this.#clusterId, type }, work);
    } catch (error) {
      const [reason] = String((error as Error).message).split('\n');
      this.#reporter.setStatus(this.#clusterId, 'Error', reason);
      throw error;
    }
  }

  /** One step, done on all instances side by side. All are waited for, so that every failure is reported. */
  #step(
    operation: ReportedOperation,
    name: string,
    instances: readonly Instance[],
    work: (instance: Instance) => Promise<void>,
  ): Promise<void> {
    return operation.step(name, { total: instances.length }, async (step) => {
      const units = instances.map((instance) => {
        const unit = { instanceId: instance.id, instanceName: instance.name, nodeGroupId: instance.role };
        return step.unit(unit, () => this.#cluster.during(() => work(instance)));
      });
      const failures = (await Promise.allSettled(units)).flatMap((unit) =>
        unit.status === 'rejected' ? [unit.reason] : [],
      );
      if (failures.length === 1) throw failures[0];
      if (failures.length > 1) throw new AggregateError(failures, `${failures.length} instances failed in "${name}"`);
    });
  }
}
