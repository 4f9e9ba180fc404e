import { storable } from '../../domain/input.js';
import type { Plugin } from '../../domain/plugin.js';
import type { ReadStore } from '../../domain/ports.js';
import type { Prisma, PrismaClient } from '../generated/client.js';
import { reached } from './faults.js';

/** What reading needs of Prisma's client. */
export type ReadClient = Pick<PrismaClient, '$queryRaw' | 'cluster' | 'plugin'>;

type Typed = 'plugins' | 'revisionsOf';

/** Look-ups by Prisma's typed client: of each it makes one statement. */
export const typedReads = ({ cluster, plugin }: ReadClient): Pick<ReadStore, Typed> => ({
  async plugins(tenantId, names) {
    const name = names && { in: names.map(storable) };
    const found = await reached(() =>
      plugin.findMany({ where: { tenantId, ...(name && { name }) }, orderBy: { name: 'asc' } }),
    );
    return found.map(fromModel);
  },

  revisionsOf: (tenantIds) =>
    reached(() =>
      cluster.findMany({
        where: { tenantId: { in: [...tenantIds] }, deletedAt: null },
        select: { tenantId: true, id: true, revision: true },
      }),
    ),
});

/** Other models are the domain's types as they are. */
const fromModel = ({ creating, scaling, deleting, ...rest }: Prisma.PluginGetPayload<object>): Plugin => ({
  ...rest,
  provisioningSteps: { creating, scaling, deleting },
});
