-- When a unit was last changed, so that its step's picture (`stepUnits`) is told from another server's commits what has. Units that
-- were stored before have 0: a picture begins with all of them.

-- AlterTable
ALTER TABLE "step_unit" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "step_unit" ADD CONSTRAINT "step_unit_revision" CHECK (revision >= 0);
