-- How steps progress, how they went, and when they are to be looked at (P1-P4).

-- CreateEnum
CREATE TYPE "Stall" AS ENUM ('NO_SIGN_OF_LIFE', 'NO_PROGRESS');

-- AlterTable
ALTER TABLE "cluster_provision_step" ADD COLUMN     "curve" REAL[] DEFAULT ARRAY[]::REAL[],
ADD COLUMN     "due_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_progress_at" TIMESTAMPTZ(3),
ADD COLUMN     "stall" "Stall",
ADD COLUMN     "stalled_since" TIMESTAMPTZ(3);

-- Steps that run already are looked at from now on.
UPDATE "cluster_provision_step" SET "due_at" = now(), "last_progress_at" = "last_report_at" WHERE state = 'RUNNING';

-- CreateTable
CREATE TABLE "step_run" (
    "tenant_id" TEXT NOT NULL,
    "step_id" UUID NOT NULL,
    "plugin_name" TEXT NOT NULL,
    "step_type" "StepType" NOT NULL,
    "step_name" TEXT NOT NULL,
    "operation_id" UUID NOT NULL,
    "cluster_id" UUID NOT NULL,
    "total" INTEGER,
    "successful" BOOLEAN NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "duration" DOUBLE PRECISION NOT NULL,
    "first_at" DOUBLE PRECISION,
    "early_gap" DOUBLE PRECISION NOT NULL,
    "longest_gap" DOUBLE PRECISION NOT NULL,
    "times" REAL[],

    CONSTRAINT "step_run_pkey" PRIMARY KEY ("tenant_id","step_id")
);

-- CreateIndex
CREATE INDEX "step_run_newest" ON "step_run"("tenant_id", "plugin_name", "step_type", "step_name", "ended_at" DESC);

-- CreateIndex
CREATE INDEX "cluster_provision_step_due" ON "cluster_provision_step"("due_at") WHERE (due_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "cluster_provision_step_stalled" ON "cluster_provision_step"("tenant_id", "cluster_id") WHERE (stalled_since IS NOT NULL);
