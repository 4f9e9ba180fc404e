-- CreateTable
CREATE TABLE "database_epoch" (
    "id" UUID NOT NULL,
    "singleton" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "database_epoch_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "database_epoch_singleton_key" ON "database_epoch"("singleton");

-- W1: one row, made once.
ALTER TABLE "database_epoch" ADD CONSTRAINT "database_epoch_singleton" CHECK (singleton);
INSERT INTO "database_epoch" (id) VALUES (gen_random_uuid());
