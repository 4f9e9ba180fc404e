-- Why units failed: failures are counted by cause. Those that were recorded before have none.

ALTER TABLE "cluster_event" ADD COLUMN "cause" TEXT;

CREATE TABLE "step_cause" (
    "tenant_id" TEXT NOT NULL,
    "provision_step_id" UUID NOT NULL,
    "hash" TEXT NOT NULL,
    "pattern" TEXT NOT NULL,
    "reports" INTEGER NOT NULL,
    "units" INTEGER NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "sample_id" UUID NOT NULL,

    CONSTRAINT "step_cause_pkey" PRIMARY KEY ("tenant_id","provision_step_id","hash")
);
ALTER TABLE "step_cause" ADD CONSTRAINT "step_cause_tenant_id_provision_step_id_fkey" FOREIGN KEY ("tenant_id", "provision_step_id") REFERENCES "cluster_provision_step"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Counted again with every failure: no key moves.
ALTER TABLE "step_cause" SET (fillfactor = 50);
