-- The second edition of the rules: how operations end, late reports, units by id and name, replaced ones. What is
-- stored already keeps its meaning.

CREATE TYPE "Ending" AS ENUM ('FINISHED', 'COMPLETED', 'CANCELLED', 'LEASE', 'INTERRUPTED');
CREATE TYPE "UnitState" AS ENUM ('SUCCEEDED', 'FAILED', 'REPLACED');
ALTER TYPE "OperationState" ADD VALUE 'CANCELLED';
ALTER TYPE "StepState" ADD VALUE 'CANCELLED';

ALTER TABLE "cluster" ADD COLUMN "fingerprint" TEXT;

-- Whether an operation ended by itself was not kept: none that has ended comes back (O4, O7).
ALTER TABLE "cluster_operation"
    ADD COLUMN "ending" "Ending",
    ADD COLUMN "reason" TEXT,
    ADD COLUMN "auto_finish" BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN "last_report_at" TIMESTAMPTZ(3),
    ADD COLUMN "interruption_id" UUID,
    ADD COLUMN "fingerprint" TEXT;
UPDATE "cluster_operation" o SET
    "ending" = CASE o.state WHEN 'RUNNING' THEN NULL WHEN 'INTERRUPTED' THEN 'INTERRUPTED'::"Ending" ELSE 'FINISHED' END,
    "auto_finish" = EXISTS (
        SELECT FROM "cluster_provision_step" s WHERE s.tenant_id = o.tenant_id AND s.operation_id = o.id
    );

ALTER TABLE "cluster_event"
    ADD COLUMN "late" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "withdrawn" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "occurred_at" TIMESTAMPTZ(3);
UPDATE "cluster_event" SET "occurred_at" = "created_at";
ALTER TABLE "cluster_event" ALTER COLUMN "occurred_at" SET NOT NULL;

-- A unit was known by its id, or else by its name alone.
ALTER TABLE "step_unit" RENAME COLUMN "unit" TO "key";
ALTER TABLE "step_unit"
    ADD COLUMN "node_group_id" TEXT,
    ADD COLUMN "instance_id" TEXT,
    ADD COLUMN "instance_name" TEXT,
    ADD COLUMN "state" "UnitState",
    ADD COLUMN "reports" INTEGER NOT NULL DEFAULT 1,
    ADD COLUMN "first_report_at" TIMESTAMPTZ(3),
    ADD COLUMN "last_report_at" TIMESTAMPTZ(3),
    ADD COLUMN "last_failure_id" UUID;
UPDATE "step_unit" u SET
    "key" = CASE WHEN u.key LIKE 'n:%' THEN 'n:/' || substr(u.key, 3) ELSE u.key END,
    "instance_id" = CASE WHEN u.key LIKE 'i:%' THEN substr(u.key, 3) END,
    "instance_name" = CASE WHEN u.key LIKE 'n:%' THEN substr(u.key, 3) END,
    "state" = CASE WHEN u.successful THEN 'SUCCEEDED'::"UnitState" ELSE 'FAILED' END,
    "first_report_at" = coalesce(s.started_at, s.created_at),
    "last_report_at" = s.updated_at
FROM "cluster_provision_step" s
WHERE s.tenant_id = u.tenant_id AND s.id = u.provision_step_id;
UPDATE "step_unit" u SET "last_failure_id" = f.id
FROM (
    SELECT DISTINCT ON (tenant_id, provision_step_id, 4) tenant_id, provision_step_id, id,
        coalesce('i:' || instance_id, 'n:/' || instance_name) AS key
    FROM "cluster_event" WHERE NOT successful
    ORDER BY tenant_id, provision_step_id, 4, revision DESC
) AS f
WHERE f.tenant_id = u.tenant_id AND f.provision_step_id = u.provision_step_id AND f.key = u.key;
ALTER TABLE "step_unit"
    ALTER COLUMN "state" SET NOT NULL,
    ALTER COLUMN "reports" DROP DEFAULT,
    ALTER COLUMN "first_report_at" SET NOT NULL,
    ALTER COLUMN "last_report_at" SET NOT NULL,
    DROP COLUMN "successful";
CREATE INDEX "step_unit_unnumbered" ON "step_unit"("tenant_id", "provision_step_id", "instance_name") WHERE (instance_name IS NOT NULL AND instance_id IS NULL);
CREATE INDEX "step_unit_numbered" ON "step_unit"("tenant_id", "provision_step_id", "instance_name") WHERE (instance_name IS NOT NULL AND instance_id IS NOT NULL);

-- Failures of no instance counted one each, and are one now (S5a). A step that was closed short of its total has not succeeded (S6).
ALTER TABLE "cluster_provision_step"
    ADD COLUMN "own_failure_id" UUID,
    ADD COLUMN "last_report_at" TIMESTAMPTZ(3),
    ADD COLUMN "redundant_erased" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "fingerprint" TEXT;
UPDATE "cluster_provision_step" SET "redundant_erased" = "erased";
UPDATE "cluster_provision_step" SET "successful" = false WHERE state = 'FAILED' AND successful IS NULL;
UPDATE "cluster_provision_step" s SET "last_report_at" = e.last
FROM (SELECT tenant_id, provision_step_id, max(created_at) AS last FROM "cluster_event" GROUP BY 1, 2) AS e
WHERE e.tenant_id = s.tenant_id AND e.provision_step_id = s.id;
UPDATE "cluster_provision_step" s SET "own_failure_id" = f.id, "failed" = 1 + (
    SELECT count(*) FROM "step_unit" u
    WHERE u.tenant_id = s.tenant_id AND u.provision_step_id = s.id AND u.state = 'FAILED'
)
FROM (
    SELECT DISTINCT ON (tenant_id, provision_step_id) tenant_id, provision_step_id, id FROM "cluster_event"
    WHERE NOT successful AND instance_id IS NULL AND instance_name IS NULL
    ORDER BY tenant_id, provision_step_id, revision DESC
) AS f
WHERE f.tenant_id = s.tenant_id AND f.provision_step_id = s.id AND s.failed > 0;
DROP INDEX "cluster_provision_step_erasable";
CREATE INDEX "cluster_provision_step_erasable" ON "cluster_provision_step"("completed_at") WHERE (state = 'SUCCEEDED'::"StepState" AND NOT redundant_erased);

CREATE TABLE "erased_events" (
    "tenant_id" TEXT NOT NULL,
    "provision_step_id" UUID NOT NULL,
    "through" INTEGER NOT NULL,
    "ids" UUID[],

    CONSTRAINT "erased_events_pkey" PRIMARY KEY ("tenant_id","provision_step_id","through")
);
ALTER TABLE "erased_events" ADD CONSTRAINT "erased_events_tenant_id_provision_step_id_fkey" FOREIGN KEY ("tenant_id", "provision_step_id") REFERENCES "cluster_provision_step"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
