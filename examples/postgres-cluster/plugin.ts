import type { Client, ReportedOperation, Reporter, Unit } from 'stepcast/client';
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

/** Makes another attempt at an instance that did not come up possible: of it, or of one that takes its place. */
export type Recover = (instance: Instance) => Promise<Instance>;

/** Provisions PostgreSQL clusters, and reports every step of it. */
export class PostgresPlugin {
  readonly #reporter: Reporter;
  readonly #clusterId: string;
  readonly #cluster: PostgresCluster;
  /** O2: whether an operation that an engine left running, when it was killed, is to be superseded. */
  readonly #takesOver: boolean;

  constructor(reporter: Reporter, clusterId: string, cluster: PostgresCluster, { takesOver }: { takesOver: boolean }) {
    this.#reporter = reporter;
    this.#clusterId = clusterId;
    this.#cluster = cluster;
    this.#takesOver = takesOver;
  }

  /** Brings up all instances of a new cluster. */
  create(): Promise<void> {
    return this.#bringUp('CREATING', this.#cluster.instances);
  }

  /** Adds replicas to a cluster that is up. */
  scale(replicas: readonly Instance[], recover: Recover): Promise<void> {
    return this.#bringUp('SCALING', replicas, recover);
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

  async #bringUp(type: 'CREATING' | 'SCALING', added: readonly Instance[], recover?: Recover): Promise<void> {
    this.#reporter.setStatus(this.#clusterId, 'Waiting');
    await this.#operation(type, async (operation) => {
      await this.#step(operation, infra.launch, added, launch);
      const up = await this.#wait(operation, added, recover);
      this.#reporter.setStatus(this.#clusterId, 'Configuring');
      await this.#replicate(operation, up);
    });
    this.#reporter.setStatus(this.#clusterId, 'Active');
  }

  /** S5, S5b: an instance's last report counts, and one that takes another's place counts instead of it. */
  #wait(operation: ReportedOperation, added: readonly Instance[], recover?: Recover): Promise<Instance[]> {
    return operation.step(infra.wait, { total: added.length }, (step) =>
      forAll(infra.wait, added, async (instance) => {
        const attempt = (unit: Unit, work: () => Promise<void>) => step.unit(unit, () => this.#cluster.during(work));
        try {
          await attempt(unitOf(instance), () => instance.untilReady());
          return instance;
        } catch (error) {
          if (!recover || this.#cluster.mode.signal.aborted) throw error;
        }
        const next = await recover(instance);
        const replaced = next !== instance && { replacesInstanceId: instance.id };
        await attempt({ ...unitOf(next), ...replaced }, () => startAgain(next, instance));
        return next;
      }),
    );
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
      const onConflict = this.#takesOver ? 'supersede' : 'wait';
      await this.#reporter.operation({ clusterId: this.#clusterId, type, onConflict }, work);
    } catch (error) {
      const [reason] = String((error as Error).message).split('\n');
      this.#reporter.setStatus(this.#clusterId, 'Error', reason);
      throw error;
    }
  }

  /** One step, done on all instances side by side. */
  async #step(
    operation: ReportedOperation,
    name: string,
    instances: readonly Instance[],
    work: (instance: Instance) => Promise<void>,
  ): Promise<void> {
    await operation.step(name, { total: instances.length }, (step) =>
      forAll(name, instances, (instance) =>
        step.unit(unitOf(instance), () => this.#cluster.during(() => work(instance))),
      ),
    );
  }
}

const unitOf = ({ id, name, role }: Instance): Unit => ({ instanceId: id, instanceName: name, nodeGroupId: role });

async function launch(instance: Instance): Promise<void> {
  await instance.initialize();
  instance.start();
}

/** One that has just taken another's place is to be launched first. */
async function startAgain(instance: Instance, before: Instance): Promise<void> {
  if (instance === before) instance.start();
  else await launch(instance);
  await instance.untilReady();
}

/** All are waited for, so that every failure is reported. */
async function forAll<T>(
  name: string,
  instances: readonly Instance[],
  work: (instance: Instance) => Promise<T>,
): Promise<T[]> {
  const results = await Promise.allSettled(instances.map(work));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} instances failed in "${name}"`);
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
